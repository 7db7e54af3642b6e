import type { KeyKind } from '../../domain/key-kind.ts';
import type { ProfileName } from '../../domain/profile.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import { withCanonicalAddresses } from './canonical.ts';
import { type Container, resolveContainer } from './container.ts';
import type { Deployment } from './deployment.ts';
import { type EckAgent, resolveEckAgent } from './eck-agent.ts';
import { type Eck, resolveEck } from './eck-operator.ts';
import { AGENT_DEFAULTS, AGENT_PROXY_DEFAULTS, type AgentSettings } from './fields/agent.ts';
import type { Trust } from './fields/trust.ts';
import { type FleetServer, resolveFleetServer } from './fleet-server.ts';
import { type KitPaths, type KitPlace, kitPaths } from './kit-paths.ts';
import { isModel, type Model, systemOf } from './models.ts';
import { type Output, resolveOutputs } from './outputs.ts';
import { normalizePath, type OperatingSystem } from './paths.ts';
import { canonicalPem } from './peer-ca.ts';
import { directoryOf } from './places.ts';
import { proven } from './proven.ts';
import { type ResolvedProxy, resolveProxy } from './proxy.ts';
import { peersAtProxy, routed } from './route.ts';
import type { DeploymentSubject } from './subject.ts';
import { parseStackVersion, type StackVersion } from './versions.ts';

/** Only this file makes the value that has it. */
const CHECKED = Symbol('checked');

/**
 * A deployment that breaks no rule, with its defaults filled in: all that sections of a kit read. Parts that a profile
 * does not use have their defaults. Addresses and CAs are those that the holder of the certificate uses: behind a proxy,
 * the proxy's.
 */
export interface ResolvedDeployment extends KitPlace {
  readonly [CHECKED]: true;
  readonly model: Model;
  readonly keyKind: KeyKind;
  readonly stackVersion: StackVersion | undefined;
  /** Empty if the deployment has none, as of profiles that do not connect to Fleet Server. */
  readonly fleetUrl: string;
  readonly fleetEnrollmentToken: string | undefined;
  readonly keyPassphraseFile: string | undefined;
  readonly paths: KitPaths;
  readonly agent: Agent;
  readonly fleetServer: FleetServer;
  readonly outputs: readonly Output[];
  readonly proxy: ResolvedProxy | undefined;
  readonly container: Container;
  /** The resource of kind Agent; undefined if ECK does not run the agent. */
  readonly eckAgent: EckAgent | undefined;
  /** The operator whose metrics are scraped. */
  readonly eck: Eck;
}

/** The agent of a host. */
export interface Agent {
  readonly alreadyEnrolled: boolean;
  /** DEB or RPM: there is nothing to install. */
  readonly fromPackage: boolean;
  readonly unprivileged: boolean;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly tags: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly proxy: {
    readonly url: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly disabled: boolean;
  };
  readonly elasticDefend: boolean;
  readonly fips: boolean;
}

/** Fills in the defaults of a deployment that breaks no rule: only `checkDeployment` may. */
export function resolveDeployment(sent: Deployment, subject: DeploymentSubject): ResolvedDeployment {
  const { profile, keyKind } = subject;
  const asked = withCanonicalAddresses(sent);
  const deployment = routed(asked, profile);
  const { stackVersion, keyPassphraseFile: passphrase, model = '' } = deployment;
  const place = placeOf(deployment, profile, peersAtProxy(asked, profile));
  const { os } = place;
  const version = stackVersion === undefined ? undefined : parseStackVersion(stackVersion);
  const paths = kitPaths(place);
  const keyPassphraseFile = passphrase === undefined ? undefined : normalizePath(os, passphrase);
  return {
    [CHECKED]: true,
    ...place,
    model: proven(isModel(model) ? model : undefined, 'model'),
    keyKind,
    stackVersion: version,
    fleetUrl: deployment.fleetUrl ?? '',
    fleetEnrollmentToken: deployment.fleetEnrollmentToken,
    keyPassphraseFile,
    paths,
    agent: resolveAgent(deployment.agent),
    fleetServer: resolveFleetServer(asked, { os, keyPassphraseFile, paths }),
    outputs: resolveOutputs(asked, profile),
    proxy: resolveProxy(asked),
    container: resolveContainer(asked.container),
    eckAgent: resolveEckAgent(asked, profile, version),
    eck: resolveEck(asked.eck),
  };
}

function placeOf(deployment: Deployment, profile: ProfileName, atProxy: KitPlace['atProxy']): KitPlace {
  const os = proven(systemOf(deployment), 'os');
  const { trust = {} } = deployment;
  return {
    os,
    profile,
    directory: directoryOf(deployment, profile, os),
    directoryVariable: deployment.directoryVariable,
    trust: {
      fleetServer: resolveTrust(os, trust.fleetServer),
      elasticsearch: resolveTrust(os, trust.elasticsearch),
      logstash: resolveTrust(os, trust.logstash),
      kafka: resolveTrust(os, trust.kafka),
      proxy: resolveTrust(os, trust.proxy),
    },
    atProxy,
  };
}

function resolveAgent({ user, group, proxy = {}, ...asked }: AgentSettings = {}): Agent {
  const agent = { tags: [], headers: {}, ...AGENT_DEFAULTS, ...withoutUndefined(asked) };
  const usual = { headers: {}, ...AGENT_PROXY_DEFAULTS };
  return { ...agent, user, group, proxy: { ...usual, url: undefined, ...withoutUndefined(proxy) } };
}

function resolveTrust(os: OperatingSystem, trust: Trust = 'fleetseal'): Trust {
  if (typeof trust !== 'object') return trust;
  return 'path' in trust ? { path: normalizePath(os, trust.path) } : { pem: canonicalPem(trust.pem) };
}
