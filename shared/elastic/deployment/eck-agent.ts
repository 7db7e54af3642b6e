import type { ProfileName } from '../../domain/profile.ts';
import { type Container, resolveContainer } from './container.ts';
import type { Deployment } from './deployment.ts';
import { eckVersionOf, parseEckVersion } from './eck.ts';
import { WORKLOAD_KINDS } from './fields/eck.ts';
import { FLEET_SERVER_DEFAULTS } from './fields/fleet-server.ts';
import { showsCertificate } from './fleet-server.ts';
import { systemOf } from './models.ts';
import { isBefore, lacks, type StackVersion } from './versions.ts';

/** Whether the deployment is of pods that ECK creates from a resource of kind Agent. */
export function onEck(deployment: Deployment): boolean {
  return deployment.container?.runtime === 'eck' && systemOf(deployment) === 'container';
}

/** One of {@link WORKLOAD_KINDS}. */
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/**
 * The first version of ECK whose Agents have `clientCertificateSecretName` and, as Fleet Servers,
 * `spec.http.tls.client.authentication` (elastic.co, "Fleet Server client certificate authentication on ECK").
 */
export const FIRST_MANAGED: StackVersion = { major: 3, minor: 5, patch: 0 };

/** ECK refuses longer names (pkg/controller/common/name/name.go, MaxResourceNameLength). */
export const LONGEST_AGENT = 36;

/**
 * How an Agent gets its certificate. `managed`: by fields of ECK, with an Enterprise licence. `mounted`: by a volume
 * and variables in its pod template, in every version (config/recipes/mtls/manual).
 */
export type Way = 'managed' | 'mounted';

/** An Agent that broke no rule, with its defaults. */
export interface EckAgent {
  readonly profile: ProfileName;
  readonly way: Way;
  /** Whether the caller set `eck.enterpriseLicense`. */
  readonly licenceKnown: boolean;
  readonly eckVersion: StackVersion;
  readonly eckVersionKnown: boolean;
  readonly name: string;
  readonly namespace: string;
  readonly kind: WorkloadKind;
  /** A Secret of type kubernetes.io/tls, with `tls.crt`, `tls.key` and `ca.crt`. */
  readonly secretName: string;
  readonly tokenSecret: string;
  /** The image of the job that makes and renews the certificate. */
  readonly image: string | undefined;
  /** Fleet Server's client authentication. */
  readonly clientAuth: string;
  readonly policyId: string | undefined;
  /** Whether Fleet Server presents its certificate to Elasticsearch. */
  readonly showsCertificate: boolean;
  /** Fields of the request that references of the Agent stand for. */
  readonly notUsed: readonly string[];
}

/** The Agent of a deployment that broke no rule, with its defaults filled in; undefined if ECK does not run it. */
export function resolveEckAgent(
  asked: Deployment,
  profile: ProfileName,
  stackVersion: StackVersion | undefined,
): EckAgent | undefined {
  if (!onEck(asked)) return undefined;
  const { eck = {}, fleetServer = {} } = asked;
  const { workload: name, namespace, image } = containerOf(asked, profile);
  return {
    profile,
    way: wayOf(asked, profile, stackVersion),
    licenceKnown: eck.enterpriseLicense !== undefined,
    eckVersion: eckVersionOf(eck),
    eckVersionKnown: eck.eckVersion !== undefined,
    name,
    namespace,
    kind: kindOf(asked, profile),
    secretName: eck.secretName ?? `${name}-fleetseal`,
    // One for each Agent, since a bootstrap token is for one profile.
    tokenSecret: asked.container?.tokenSecret ?? `${name}-fleetseal-token`,
    image,
    clientAuth: fleetServer.clientAuth ?? FLEET_SERVER_DEFAULTS.clientAuth,
    policyId: fleetServer.policyId,
    showsCertificate: showsCertificate(asked),
    notUsed: [
      asked.fleetUrl !== undefined && 'fleetUrl',
      asked.fleetEnrollmentToken !== undefined && 'fleetEnrollmentToken',
      fleetServer.elasticsearchUrl !== undefined && 'fleetServer.elasticsearchUrl',
    ].filter((field) => field !== false),
  };
}

/** `deployment.container` with the defaults for ECK; the workload is the Agent, named after its profile by default. */
export function containerOf({ container }: Deployment, profile: ProfileName): Container {
  const workload = container?.workload ?? (profile === 'agent' ? 'elastic-agent' : 'fleet-server');
  return { ...resolveContainer(container), workload };
}

/** As in Elastic's recipes: agents on every node, Fleet Server as a Deployment. */
function kindOf({ eck }: Deployment, profile: ProfileName): WorkloadKind {
  const usual = profile === 'agent' ? 'daemonSet' : 'deployment';
  return WORKLOAD_KINDS.find((kind) => kind === eck?.workloadKind) ?? usual;
}

/** Managed if possible; unknown versions are taken for the newest. */
export function wayOf(
  deployment: Deployment,
  profile: ProfileName,
  stackVersion: StackVersion | undefined,
): Way {
  const { eck = {}, fleetServer = {} } = deployment;
  const optional =
    profile === 'fleet-server' && (fleetServer.clientAuth ?? FLEET_SERVER_DEFAULTS.clientAuth) !== 'required';
  const old = isBefore(parseEckVersion(eck) ?? FIRST_MANAGED, FIRST_MANAGED);
  // A certificate for Elasticsearch needs no later version of Fleet Server than every kit does.
  const tooOld = profile !== 'output-client' && lacks(stackVersion, 'eckClientAuthentication');
  return old || eck.enterpriseLicense === false || optional || tooOld ? 'mounted' : 'managed';
}

/** The name of a Fleet Server's Service, by which its agents reach it (pkg/controller/association, ServiceURL). */
export function serviceNameOf({
  name,
  namespace,
}: {
  readonly name: string;
  readonly namespace: string;
}): string {
  return `${name}-agent-http.${namespace}.svc`;
}

/** The workload that ECK creates: the Agent's name and `-agent`. */
export function workloadOf({ name, kind }: Pick<EckAgent, 'name' | 'kind'>): string {
  return `${kind.toLowerCase()}/${name}-agent`;
}
