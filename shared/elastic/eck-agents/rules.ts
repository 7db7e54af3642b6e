import type { ProfileName } from '../../domain/profile.ts';
import { fleetUrlRule } from '../agent/rules.ts';
import { resourceName } from '../deployment/cluster-names.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { eckVersionRule } from '../deployment/eck.ts';
import { containerOf, LONGEST_AGENT, serviceNameOf, wayOf } from '../deployment/eck-agent.ts';
import { type EckSettings, WORKLOAD_KINDS } from '../deployment/fields/eck.ts';
import type { FleetServerSettings } from '../deployment/fields/fleet-server.ts';
import { choiceRule, type Results, type Rules, type Violation } from '../deployment/rule.ts';
import { serverNameRule } from '../deployment/server-names.ts';
import type { DeploymentSubject } from '../deployment/subject.ts';
import { clientAuthRule } from '../fleet-server/rules.ts';

/** The rules of an Agent of ECK. */
export const eckAgentRules: Rules = ({ deployment, subject, version }) => {
  const { eck = {}, fleetServer, model } = deployment;
  const fleetServers = subject.profile === 'fleet-server';
  return [
    model !== undefined &&
      model !== 'on-premises' && [
        '/model',
        'container.runtime "eck" needs the model on-premises, because ECK connects its Agents to the Fleet Server and Elasticsearch of the cluster: change the model, or use the runtime "kubernetes"',
      ],
    ...eckRules(eck),
    ...containerRules(deployment, subject.profile),
    ...foreignRules(deployment),
    ...(fleetServers ? fleetServerRules(deployment, fleetServer) : []),
    fleetServers &&
      subject.keyKind === 'ed25519' && [
        '/container/runtime',
        "ECK cannot read an Ed25519 key for Fleet Server's certificate: enroll with an RSA, P-256, P-384 or P-521 key",
      ],
    ...(fleetServers ? [nameRule(deployment, subject)] : []),
    subject.profile === 'output-client' &&
      wayOf(deployment, subject.profile, version) === 'mounted' && [
        '/eck',
        'a certificate for Elasticsearch only needs ECK 3.5.0 or later with an Enterprise licence: upgrade, or use a certificate of profile fleet-server, which Fleet Server can present to Elasticsearch in every version',
      ],
  ];
};

function eckRules(eck: EckSettings): Results {
  const { workloadKind, secretName, jobImage } = eck;
  return [
    eckVersionRule(eck),
    choiceRule('/eck/workloadKind', 'workloadKind', workloadKind, WORKLOAD_KINDS, {
      wayOut: ", as in the Agent's spec",
    }),
    resourceName('/eck/secretName', secretName, 57),
    jobImage !== undefined && [
      '/eck/jobImage',
      'jobImage does not apply to an Agent, whose job uses container.image: move it there',
    ],
    ...METRICS_ONLY.map(
      (field): Violation | false =>
        eck[field] !== undefined && [
          `/eck/${field}`,
          `${field} is a setting of the operator's metrics endpoint and does not apply to Agents: leave it out`,
        ],
    ),
  ];
}

/** Fields of `eck` that only the profile `eck-metrics` reads, beside `jobImage`. */
const METRICS_ONLY = [
  'install',
  'helmRelease',
  'operatorName',
  'operatorNamespace',
  'clusterDomain',
  'prometheusFlavor',
  'prometheusName',
  'prometheusNamespace',
  'prometheusServiceAccount',
  'caSecretName',
  'metricsPort',
  'kubeRbacProxyImage',
] as const satisfies readonly (keyof EckSettings)[];

function containerRules(deployment: Deployment, profile: ProfileName): Results {
  const { container, eck } = deployment;
  const { workload } = containerOf(deployment, profile);
  const tokenSecret = container?.tokenSecret;
  return [
    workload.length > LONGEST_AGENT && [
      '/container/workload',
      `workload must be the name of the Agent, of at most ${LONGEST_AGENT} characters: ECK refuses longer ones`,
    ],
    container?.uid !== undefined && [
      '/container/uid',
      'uid does not apply to ECK, since every user of the pod can read a mounted Secret: leave it out',
    ],
    tokenSecret !== undefined &&
      tokenSecret === (eck?.secretName ?? `${workload}-fleetseal`) && [
        '/container/tokenSecret',
        'tokenSecret is the Secret with the certificate: give the token a Secret of its own',
      ],
  ];
}

/** Settings that ECK makes itself, or that its Agents cannot have. */
function foreignRules({ agent = {}, trust = {}, outputs, fleetUrl }: Deployment): Results {
  return [
    ...Object.entries(trust).map(
      ([peer, choice]): Violation | false =>
        choice !== undefined &&
        choice !== 'fleetseal' && [
          `/trust/${peer}`,
          `trust.${peer} does not apply to ECK, which gives its pods the CAs of their servers: leave it out`,
        ],
    ),
    outputs !== undefined && [
      '/outputs',
      'outputs does not apply to ECK, whose Kibana resource has them (xpack.fleet.outputs): leave it out',
    ],
    agent.alreadyEnrolled === true && [
      '/agent/alreadyEnrolled',
      'alreadyEnrolled does not apply to ECK, where all pods move when their Agent resource changes: leave it out',
    ],
    (agent.tags ?? []).length > 0 && [
      '/agent/tags',
      "tags does not apply to ECK: leave it out, and set ELASTIC_AGENT_TAGS in the Agent's pod template",
    ],
    Object.keys(agent.headers ?? {}).length > 0 && [
      '/agent/headers',
      "headers does not apply to ECK: leave it out, and set FLEET_HEADER (from 9.5.0 FLEET_HEADERS) in the Agent's pod template",
    ],
    fleetUrlRule(fleetUrl, false),
  ];
}

function fleetServerRules({ fleetServer }: Deployment, settings: FleetServerSettings = {}): Results {
  return [
    clientAuthRule(settings.clientAuth),
    ...(['serviceTokenPath', 'bindHost', 'port', 'elasticsearchCaFingerprint'] as const).map(
      (field): Violation | false =>
        fleetServer?.[field] !== undefined && [
          `/fleetServer/${field}`,
          `fleetServer.${field} does not apply to ECK, which sets it from the Agent's elasticsearchRefs and Service: leave it out`,
        ],
    ),
    ...(['listenerCertificatePath', 'listenerKeyPath', 'listenerKeyPassphrasePath'] as const).map(
      (field): Violation | false =>
        fleetServer?.[field] !== undefined && [
          `/fleetServer/${field}`,
          `fleetServer.${field} is a file that the pods of ECK do not have, since they present the certificate of a Secret: leave it out`,
        ],
    ),
  ];
}

/** The agents of the cluster compare the name of the Service with the certificate. */
function nameRule(deployment: Deployment, subject: DeploymentSubject): Violation | false {
  const { workload: name, namespace } = containerOf(deployment, 'fleet-server');
  return serverNameRule(subject, {
    at: [serviceNameOf({ name, namespace })],
    who: 'agents of the cluster reach this Fleet Server as',
    fields: 'workload and namespace',
  });
}
