import { resources } from '../eck/schemas.ts';
import {
  type Container,
  type Mount,
  named,
  onHost,
  type Pod,
  type SecretVolume,
  type Variables,
  variablesOf,
} from './containers.ts';

/** Where ECK mounts the Secret of `spec.http.tls.certificate` (pkg/controller/agent/pod.go, FleetCertsMountPath). */
const HTTP_CERTS = '/usr/share/fleet-server/config/http-certs';

/** Where the files of a Secret are in this test: below the directory that the library runs in. */
export function secretFile(secret: string, key: string): string {
  return `secrets/${secret}/${key}`;
}

/**
 * What ECK sets itself (pkg/controller/agent/pod.go, getFleetSetupFleetEnvVars and -FleetServerEnvVars), and over it what
 * the pod template says. The CAs of Fleet Server and Elasticsearch, which ECK takes from their own Secrets, are ours here.
 */
export function eckVariables(patch: string): Variables {
  const spec = agentOf(patch);
  const pod = podOf(spec);
  const container = named(pod.containers, 'agent');
  const { http, fleetServerRef } = spec;
  const secret = http?.tls.certificate.secretName ?? fleetServerRef?.clientCertificateSecretName;
  const mounts = [
    ...secretMounts(pod, container),
    ...(http === undefined ? [] : wholeSecret(HTTP_CERTS, http.tls.certificate.secretName)),
  ];
  const ca = secretFile(secret ?? secretsOf(pod)[0]?.secretName ?? '', 'ca.crt');
  const own = onHost(variablesOf(container), mounts);
  if (http !== undefined) return { ...eckFleetServer(http.tls, mounts, ca), ...own };
  return { FLEET_CA: ca, ...(secret === undefined ? {} : eckClient(secret)), ...own };
}

function eckFleetServer(
  tls: { readonly client?: { readonly authentication: boolean } },
  mounts: readonly Mount[],
  ca: string,
): Variables {
  const certs = {
    FLEET_CA: `${HTTP_CERTS}/ca.crt`,
    FLEET_SERVER_CERT: `${HTTP_CERTS}/tls.crt`,
    FLEET_SERVER_CERT_KEY: `${HTTP_CERTS}/tls.key`,
  };
  return {
    ...onHost(certs, mounts),
    FLEET_SERVER_ELASTICSEARCH_HOST: 'https://elasticsearch-es-http.default.svc:9200',
    FLEET_SERVER_ELASTICSEARCH_CA: ca,
    ...(tls.client?.authentication === true ? { FLEET_SERVER_CLIENT_AUTH: 'required' } : {}),
  };
}

/** With `clientCertificateSecretName`, ECK mounts the Secret and sets the variables. */
function eckClient(secret: string): Variables {
  return {
    ELASTIC_AGENT_CERT: secretFile(secret, 'tls.crt'),
    ELASTIC_AGENT_CERT_KEY: secretFile(secret, 'tls.key'),
  };
}

/** The paths in the pods of an Agent of ECK, and the files of the Secret that are there. */
export function eckPaths(patch: string): ReadonlyMap<string, string> {
  const pod = podOf(agentOf(patch));
  const paths = secretMounts(pod, named(pod.containers, 'agent'));
  return new Map(paths.map(({ target, source }) => [target, source]));
}

/** Whether the patch is of a resource of kind Agent. */
export function isOfEck(patch: string): boolean {
  return resources(patch).some((resource) => resource?.kind === 'Agent');
}

function agentOf(patch: string): AgentSpec {
  const agent = resources(patch).find(({ kind }) => kind === 'Agent');
  if (agent === undefined) throw new Error('the patch is of no Agent');
  return agent['spec'] as AgentSpec;
}

interface Workload {
  readonly podTemplate?: { readonly spec: Pod };
}

/** Of an Agent, as far as this test reads it. */
interface AgentSpec {
  readonly daemonSet?: Workload;
  readonly deployment?: Workload;
  readonly statefulSet?: Workload;
  readonly fleetServerRef?: { readonly clientCertificateSecretName?: string };
  readonly http?: {
    readonly tls: {
      readonly certificate: { readonly secretName: string };
      readonly client?: { readonly authentication: boolean };
    };
  };
}

/** Of whichever workload; ECK makes the container where the patch has none. */
function podOf({ daemonSet, deployment, statefulSet }: AgentSpec): Pod {
  const parts = [daemonSet, deployment, statefulSet];
  return (
    parts.find((part) => part?.podTemplate !== undefined)?.podTemplate?.spec ?? {
      containers: [{ name: 'agent' }],
    }
  );
}

function secretsOf({ volumes = [] }: Pod): readonly SecretVolume[] {
  return volumes.flatMap(({ secret }) => secret ?? []);
}

/** Each item of a Secret is a file. */
function secretMounts({ volumes = [] }: Pod, { volumeMounts = [] }: Container): readonly Mount[] {
  return volumeMounts.flatMap(({ name, mountPath }) => {
    const secret = volumes.find((volume) => volume.name === name)?.secret;
    if (secret === undefined) return [];
    return secret.items.map(({ key, path }) => ({
      target: `${mountPath}/${path}`,
      source: secretFile(secret.secretName, key),
    }));
  });
}

function wholeSecret(mountPath: string, secret: string): readonly Mount[] {
  return ['tls.crt', 'tls.key', 'ca.crt'].map((key) => ({
    target: `${mountPath}/${key}`,
    source: secretFile(secret, key),
  }));
}
