import { withoutUndefined } from '../../domain/without-undefined.ts';
import { agentRules } from '../agent/rules.ts';
import { containerRules } from '../containers/rules.ts';
import { serviceNameOf } from '../deployment/eck-agent.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import type { Section } from '../kit/section.ts';
import type { CertificateRequest } from '../kubernetes/enroll-script.ts';
import { certificateToken } from '../kubernetes/token-request.ts';
import { yaml, yamlDocuments } from '../syntax/yaml.ts';
import { restartsByHand } from './activation.ts';
import { agentCommands } from './commands.ts';
import { eckAgentNotes } from './notes.ts';
import { agentPatch } from './patch.ts';
import { eckAgentRules } from './rules.ts';
import { renewal } from './secret.ts';

/*
 * Agents and Fleet Servers that ECK runs, and the client certificate that they present to Elasticsearch: runtime eck,
 * profiles agent, fleet-server and output-client. On ECK this section replaces all others.
 *
 * - Everything is in one Secret of the Agent's namespace, of type kubernetes.io/tls with ca.crt; there are no files.
 * - Two ways (deployment/eck-agent.ts): `managed`, by fields of ECK from 3.5.0 with an Enterprise licence; `mounted`,
 *   by a volume and variables in the pod template, in every version. The newest that is possible is used.
 * - Renders the changes to the caller's own resources as patches, the job that makes and renews the certificate, and
 *   the commands, in the order in which no pod starts without its files.
 * - ECK sets what pods connect to by references: fields of the request that these replace are named in a note.
 */

/** Agents and Fleet Servers that ECK runs, and the client certificate that they present to Elasticsearch. */
export const eckAgentsSection: Section = {
  profiles: ['agent', 'fleet-server', 'output-client'],
  fields: [
    'fleetUrl',
    'fleetEnrollmentToken',
    'agent',
    'fleetServer',
    'container',
    'eck',
    'outputs',
    'directoryVariable',
  ],
  rules: [containerRules, eckAgentRules, agentRules],
  render: renderEckAgent,
};

function renderEckAgent({ deployment, certificate }: KitRequest): KitPart {
  const { eckAgent: agent } = deployment;
  if (agent === undefined) return {};
  const { name, keyKind, ipAddresses } = certificate;
  const dnsNames = certificate.dnsNames ?? (agent.profile === 'fleet-server' ? [serviceNameOf(agent)] : []);
  const request: CertificateRequest = { name, keyKind, dnsNames, ipAddresses };
  const patch = agentPatch(agent, deployment);
  const manifests = renewal(agent, request, restartsByHand(agent, deployment));
  return {
    // Everything is in the Secret.
    files: [],
    ...(agent.profile === 'agent' && agent.way === 'mounted'
      ? { output: { yaml: outputYaml(deployment) } }
      : {}),
    kubernetes: withoutUndefined({
      manifests: manifests.length === 0 ? undefined : yamlDocuments(manifests),
      patches: patch && yaml(patch),
      tokenRequest: certificateToken(agent.profile, request, `Agent ${agent.namespace}/${agent.name} of ECK`),
      commands: agentCommands(agent, request, patch),
    }),
    notes: eckAgentNotes(agent, deployment),
  };
}

/** For `xpack.fleet.outputs[].ssl` of the Kibana resource: the paths at which the Secret is mounted. */
function outputYaml(deployment: ResolvedDeployment): string {
  const { certificate, key } = deployment.paths;
  return yaml({ 'ssl.certificate': certificate, 'ssl.key': key });
}
