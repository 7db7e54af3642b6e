import { withoutUndefined } from '../../domain/without-undefined.ts';
import type { EckAgent } from '../deployment/eck-agent.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { literalDollars } from '../syntax/dollars.ts';

/** Where ECK mounts the Secret of `spec.http.tls.certificate` (pkg/controller/agent/pod.go, FleetCertsMountPath). */
const HTTP_CERTS = '/usr/share/fleet-server/config/http-certs';

const VOLUME = 'fleetseal';

/** The part of a resource of kind Agent that a kit adds: fields, and new elements of lists. */
export interface AgentPatch {
  readonly apiVersion: string;
  readonly kind: 'Agent';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The patch of the Agent; undefined if it is in a list whose other elements must stay: see {@link elasticsearchPatch}.
 *
 * @see elastic/cloud-on-k8s config/crds/v1/resources/agent.k8s.elastic.co_agents.yaml
 */
export function agentPatch(agent: EckAgent, deployment: ResolvedDeployment): AgentPatch | undefined {
  if (agent.profile === 'output-client') return undefined;
  const { name, namespace } = agent;
  return {
    apiVersion: 'agent.k8s.elastic.co/v1alpha1',
    kind: 'Agent',
    metadata: { name, namespace },
    spec: agent.profile === 'fleet-server' ? fleetServer(agent) : client(agent, deployment),
  };
}

/** A JSON patch (RFC 6902): an Agent has one Elasticsearch, whose other fields are kept. */
export function elasticsearchPatch({ secretName }: EckAgent) {
  return [{ op: 'add', path: '/spec/elasticsearchRefs/0/clientCertificateSecretName', value: secretName }];
}

/** Whether the patch has lists, which in a merge would replace those of the Agent. */
export function changesPods({ way }: EckAgent): boolean {
  return way === 'mounted';
}

/** The text that shows that a pod template has the patch, in the JSON that kubectl writes. */
export function markOf({ profile, secretName }: EckAgent): string {
  return profile === 'fleet-server'
    ? `"FLEET_CA","value":"${HTTP_CERTS}/ca.crt"`
    : `"secretName":"${secretName}"`;
}

function client(agent: EckAgent, deployment: ResolvedDeployment) {
  if (agent.way === 'managed') return { fleetServerRef: { clientCertificateSecretName: agent.secretName } };
  const { certificate, key, ca } = deployment.paths;
  const container = {
    name: 'agent',
    env: variables({ ELASTIC_AGENT_CERT: certificate, ELASTIC_AGENT_CERT_KEY: key }),
    // The whole volume: a file mounted by subPath would never be renewed.
    volumeMounts: [{ name: VOLUME, mountPath: deployment.directory, readOnly: true }],
  };
  const fileOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const items = [
    { key: 'tls.crt', path: fileOf(certificate) },
    { key: 'tls.key', path: fileOf(key) },
    { key: 'ca.crt', path: fileOf(ca) },
  ];
  const volume = { name: VOLUME, secret: { secretName: agent.secretName, items } };
  return pods(agent, { containers: [container], volumes: [volume] });
}

/**
 * The listener, the pod's own agent and, where it is mounted, the client of Elasticsearch use one certificate. ECK
 * mounts it, and restarts the pods when it changes.
 */
function fleetServer(agent: EckAgent) {
  const certificate = { secretName: agent.secretName };
  const policy = withoutUndefined({ policyID: agent.policyId });
  if (agent.way === 'managed')
    return { ...policy, http: { tls: { certificate, client: { authentication: true } } } };
  const [crt, key] = [`${HTTP_CERTS}/tls.crt`, `${HTTP_CERTS}/tls.key`];
  const env = variables({
    FLEET_SERVER_CLIENT_AUTH: agent.clientAuth,
    // From 3.5, ECK's own value would be its trust bundle, which lacks the roots.
    FLEET_CA: `${HTTP_CERTS}/ca.crt`,
    ELASTIC_AGENT_CERT: crt,
    ELASTIC_AGENT_CERT_KEY: key,
    ...(agent.showsCertificate ? { FLEET_SERVER_ES_CERT: crt, FLEET_SERVER_ES_CERT_KEY: key } : {}),
  });
  return {
    ...policy,
    http: { tls: { certificate } },
    ...pods(agent, { containers: [{ name: 'agent', env }] }),
  };
}

function pods({ kind }: EckAgent, spec: Readonly<Record<string, unknown>>) {
  return { [kind]: { podTemplate: { spec } } };
}

function variables(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([name, value]) => ({ name, value: literalDollars(value) }));
}
