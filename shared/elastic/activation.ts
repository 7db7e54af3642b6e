import type { ProfileName } from '../domain/profile.ts';
import { restartLine } from './agent/command.ts';
import { runsBy } from './containers/settings.ts';
import type { ResolvedDeployment } from './deployment.ts';
import { OPERATOR_RELOADS, SIDECAR_RELOADS } from './eck-metrics/notes.ts';
import { isNative, resolveEck } from './eck-metrics/settings.ts';
import { keepsListener } from './fleet-server/settings.ts';
import type { Kit } from './kit.ts';
import { isEnrolled } from './migration/move.ts';
import { RELOADS } from './output-servers/notes.ts';
import { PRODUCT_NAMES, productOf } from './output-servers/products.ts';
import { resolveOutputs } from './outputs/settings.ts';
import { type Feature, formatStackVersion, has } from './versions.ts';

/** `automatic`: without a restart, at the next connection or with the next policy. `reenroll`: the agent's own paths must change. */
type ActivationMode = 'automatic' | 'restart' | 'reenroll';

/** What it takes for new files at the same paths to be used, by part; a part that does not apply is absent. */
export interface Activation {
  /** The agent's connection to Fleet Server. */
  readonly agent?: ActivationMode;
  /** Fleet Server's listener. */
  readonly fleetServer?: ActivationMode;
  readonly outputs?: ActivationMode;
  readonly elasticDefend?: ActivationMode;
  /** To run on the host after the files were replaced; empty where nothing is to be done there. */
  readonly commands: readonly string[];
  readonly reason: string;
}

/** What the answer depends on. */
export interface ActivationQuery {
  readonly profile: ProfileName;
  /** @default - nothing is known: the answer is what holds for every version */
  readonly deployment?: ResolvedDeployment | undefined;
  /** Of the deployment, with the new certificate. @default - `commands` post no outputs */
  readonly kit?: Kit | undefined;
}

/** Inline PEM is never read again by itself (elastic-agent-libs, cert_reloader.go). */
const INLINE =
  'The policy itself holds certificate and key: the new ones are used once the outputs were posted again, by the kibanaApi.command of each in the new kit, which reads KIBANA_URL and KIBANA_API_KEY. Agents take the new policy without a restart.';

/** How a renewed certificate comes into use. */
export function activation({ profile, deployment, kit }: ActivationQuery): Activation {
  if (profile !== 'agent' && profile !== 'fleet-server' && profile !== 'output-client')
    return { commands: [], reason: serverReason(profile, deployment) };
  if (deployment !== undefined && isEnrolled(deployment)) return firstActivation(profile, deployment);
  const forms = profile === 'output-client' && deployment ? resolveOutputs(deployment) : [];
  const posts = postCommands(kit);
  if (forms.length > 0 && forms.every(({ form }) => form === 'inline'))
    return { outputs: 'automatic', commands: posts, reason: INLINE };
  const version = deployment?.stackVersion;
  const mode = has(version, 'reload') ? 'automatic' : 'restart';
  const defend = deployment?.agent.elasticDefend === true;
  return {
    ...(profile === 'output-client' ? {} : { agent: mode }),
    ...(profile === 'fleet-server' && !(deployment && keepsListener(deployment.asked))
      ? { fleetServer: mode }
      : {}),
    outputs: mode,
    ...(defend ? { elasticDefend: 'restart' } : {}),
    commands: [...(mode === 'automatic' && !defend ? [] : commands(deployment)), ...posts],
    reason: [versionReason(deployment), ...extraReasons(deployment)].join(' '),
  };
}

/** The outputs that hold the certificate itself are those that have to be filled in. */
function postCommands(kit: Kit | undefined): readonly string[] {
  return (kit?.outputs ?? []).flatMap(({ fill, kibanaApi }) =>
    fill === undefined || kibanaApi.command === undefined ? [] : [kibanaApi.command],
  );
}

/** The parts that are no agents; every part where it is not known which it is. */
function serverReason(
  profile: 'output-server' | 'proxy' | 'eck-metrics',
  deployment: ResolvedDeployment | undefined,
): string {
  // nginx.org, Controlling nginx; HAProxy management guide; Envoy, SDS key rotation.
  if (profile === 'proxy')
    return 'Reload nginx or HAProxy, restart Envoy, after the files were replaced: they are read at the start.';
  if (profile === 'eck-metrics') {
    if (deployment === undefined) return `${OPERATOR_RELOADS} Before ECK 2.16: ${SIDECAR_RELOADS}`;
    return isNative(resolveEck(deployment.asked.eck).version) ? OPERATOR_RELOADS : SIDECAR_RELOADS;
  }
  const types = deployment === undefined ? [] : resolveOutputs(deployment).map(({ type }) => productOf(type));
  const products = PRODUCT_NAMES.filter((product) => types.length === 0 || types.includes(product));
  return products.map((product) => RELOADS[product]).join(' ');
}

/**
 * For a host that moves over: the first time, the agent has to learn of the files too. A policy can tell an agent its
 * paths, and a newer container reads its variables at every start. No listener takes other paths for certain: Kibana
 * puts those of a Fleet Server host beside the input's `server`, under which an agent merges the flags of the host
 * last (kibana, full_agent_policy.ts; elastic-agent, fleet_server_bootstrap.go).
 */
function firstActivation(profile: ProfileName, deployment: ResolvedDeployment): Activation {
  const { stackVersion, os, agent } = deployment;
  const learns = (feature: Feature): ActivationMode => (has(stackVersion, feature) ? 'restart' : 'reenroll');
  const container = os === 'container';
  return {
    ...(profile === 'output-client' ? {} : { agent: learns(container ? 'containerOverrides' : 'policyTls') }),
    ...(profile === 'fleet-server' && !keepsListener(deployment.asked)
      ? { fleetServer: 'reenroll' as const }
      : {}),
    outputs: 'restart',
    ...(agent.elasticDefend ? { elasticDefend: 'restart' } : {}),
    commands: commands(deployment),
    reason: container
      ? 'The container is started with the variables of the kit; where it says reenroll, with FLEET_FORCE=1 once. Once it has moved over, leave alreadyEnrolled out.'
      : 'Follow migration.steps of the kit. Files at the paths that the host uses today need a restart only; where it says restart, other paths can be made known from Fleet, where it says reenroll, by enrolling again. Once it has moved over, leave alreadyEnrolled out.',
  };
}

function commands(deployment: ResolvedDeployment | undefined): readonly string[] {
  if (deployment === undefined) return ['elastic-agent restart'];
  return deployment.os === 'container' ? [] : [restartLine(deployment)];
}

function versionReason(deployment: ResolvedDeployment | undefined): string {
  const version = deployment?.stackVersion;
  if (version === undefined)
    return 'It depends on the version: from 9.5.0 new files at the same paths are used by themselves, before that after a restart, which is always safe.';
  const name = `Elastic Agent ${formatStackVersion(version)}`;
  if (has(version, 'reload'))
    return `${name} reads new files at the same paths by itself, at the next connection.`;
  if (has(version, 'reloadOptIn'))
    return `${name} reads the files when it starts; from 9.5.0 it reads new ones by itself. Until then an output does so where its Advanced YAML sets ssl.certificate_reload.enabled to true; for the connection to Fleet Server neither a flag nor a policy can.`;
  return `${name} reads the files when it starts; from 9.5.0 it reads new ones by itself.`;
}

function extraReasons(deployment: ResolvedDeployment | undefined): readonly string[] {
  if (deployment === undefined) return [];
  const { keyPassphraseFile, agent, os } = deployment;
  return [
    ...(keyPassphraseFile === undefined
      ? []
      : ['A new passphrase needs a restart in every version: it is read once.']),
    ...(agent.elasticDefend
      ? ['Elastic does not say that Elastic Defend reads new files by itself: restart for it.']
      : []),
    ...(os === 'container' ? [restartOf(deployment)] : []),
    ...(deployment.profile === 'output-client' &&
    resolveOutputs(deployment).some(({ form }) => form === 'inline')
      ? [`For the outputs of form "inline": ${INLINE}`]
      : []),
    'Changed paths need a new enrollment.',
  ];
}

function restartOf(deployment: ResolvedDeployment): string {
  if (runsBy('eck', deployment))
    return "Pods of ECK are restarted where they need it: by ECK itself, or by the kit's job where ECK does not know of the certificate.";
  return runsBy('kubernetes', deployment)
    ? 'Pods renew by themselves, and their liveness probe restarts the agent where it needs it.'
    : 'To restart, restart the container.';
}
