import type { ProfileName } from '../domain/profile.ts';
import { restartLine } from './command-line/agent.ts';
import { containerName } from './containers/container-name.ts';
import { runsBy } from './deployment/container.ts';
import { isNative } from './deployment/eck-operator.ts';
import type { ResolvedDeployment } from './deployment/resolved-deployment.ts';
import { type Feature, formatStackVersion, has } from './deployment/versions.ts';
import { podCommands, podReason } from './eck-agents/activation.ts';
import { OPERATOR_RELOADS, SIDECAR_RELOADS } from './eck-metrics/notes.ts';
import type { Kit } from './kit/kit.ts';
import { serverCommands } from './output-servers/activation.ts';
import { RELOADS } from './output-servers/notes.ts';
import { PRODUCT_NAMES, productOf } from './output-servers/products.ts';

/*
 * What a renewed certificate needs before it is in use, by part of the host: the agent's connection to Fleet Server, the
 * listener of Fleet Server, outputs, Elastic Defend. New files stand at the same paths; a host that moves to fleetseal
 * for the first time also needs the paths.
 *
 * - It depends on the profile, the version of the stack and the form of outputs. Without a deployment, the result
 *   applies to every version: what it says to do is never too little.
 * - `automatic`, `restart` and `reenroll` are for programs; `reason` says why, in words for people, and `commands` are
 *   what to run on the host, empty where there is nothing to run there.
 * - Rotation scripts act on it after they replaced the files, so it says what is sure: what no document or source of
 *   Elastic promises is a restart.
 */

/** `automatic`: without a restart, at the next connection or with the next policy. `reenroll`: the agent's own paths must change. */
type ActivationMode = 'automatic' | 'restart' | 'reenroll';

/** What is needed before new files at the same paths are used, by part; a part that does not apply is absent. */
export interface Activation {
  /** The agent's connection to Fleet Server. */
  readonly agent?: ActivationMode;
  /** Fleet Server's listener. */
  readonly fleetServer?: ActivationMode;
  readonly outputs?: ActivationMode;
  readonly elasticDefend?: ActivationMode;
  /** To run on the host after the files are replaced; empty if there is nothing to do. */
  readonly commands: readonly string[];
  readonly reason: string;
}

/** What {@link activation} depends on. */
export interface ActivationQuery {
  readonly profile: ProfileName;
  /** @default - nothing is known: the result applies to every version */
  readonly deployment?: ResolvedDeployment | undefined;
  /** Of the deployment, with the new certificate. @default - `commands` post no outputs */
  readonly kit?: Kit | undefined;
  /** Whether the host has, or gets, other roots than with its certificate before. @default false */
  readonly trustChanged?: boolean | undefined;
}

/** elastic-agent-libs transport/tlscommon, measured with Fleet Server 9.5: the pool of client CAs is built at the start. */
const LISTENER_TRUST =
  "The trust bundle has changed since the certificate before: Fleet Server's listener trusts other roots only after a restart, in every version.";

/** Inline PEM is never reloaded (elastic-agent-libs, cert_reloader.go). */
const INLINE =
  'The policy itself contains the certificate and key. The new ones are used after the outputs are posted again, with the kibanaApi.command of each output in the new kit, which reads KIBANA_URL and KIBANA_API_KEY. Agents apply the new policy without a restart.';

/** How a renewed certificate comes into use, by profile and deployment. */
export function activation({ profile, deployment, kit, trustChanged = false }: ActivationQuery): Activation {
  if (profile !== 'agent' && profile !== 'fleet-server' && profile !== 'output-client')
    return {
      commands: deployment === undefined ? [] : commandsOfServer(profile, deployment),
      reason: serverReason(profile, deployment),
    };
  if (deployment?.agent.alreadyEnrolled) return firstActivation(profile, deployment);
  const forms = profile === 'output-client' && deployment ? deployment.outputs : [];
  const posts = postCommands(kit);
  if (forms.length > 0 && forms.every(({ form }) => form === 'inline'))
    return { outputs: 'automatic', commands: posts, reason: INLINE };
  const version = deployment?.stackVersion;
  const mode = has(version, 'reload') ? 'automatic' : 'restart';
  const defend = deployment?.agent.elasticDefend === true;
  // The client CAs of a listener are fleetseal's roots, also where its own certificate is another CA's.
  const newTrust = profile === 'fleet-server' && trustChanged;
  const listens = profile === 'fleet-server' && deployment?.fleetServer.listener.foreign !== true;
  return {
    ...(profile === 'output-client' ? {} : { agent: mode }),
    ...(newTrust ? { fleetServer: 'restart' } : listens ? { fleetServer: mode } : {}),
    outputs: mode,
    ...(defend ? { elasticDefend: 'restart' } : {}),
    commands: [...(mode === 'automatic' && !defend && !newTrust ? [] : commands(deployment)), ...posts],
    reason: [
      versionReason(deployment),
      ...(newTrust ? [LISTENER_TRUST] : []),
      ...extraReasons(deployment),
    ].join(' '),
  };
}

/** The commands of the outputs that contain the certificate itself, which have to be filled in. */
function postCommands(kit: Kit | undefined): readonly string[] {
  return (kit?.outputs ?? []).flatMap(({ fill, kibanaApi }) =>
    fill === undefined || kibanaApi.command === undefined ? [] : [kibanaApi.command],
  );
}

/** Of profiles without an agent; empty where no command of the host is known, or none is needed. */
function commandsOfServer(
  profile: 'output-server' | 'proxy' | 'eck-metrics',
  deployment: ResolvedDeployment,
): readonly string[] {
  if (profile === 'output-server') return serverCommands(deployment);
  // The kit is for each of them: what does not run here is left alone.
  return profile === 'proxy' && deployment.os === 'linux'
    ? [
        'for unit in nginx haproxy envoy apache2 httpd caddy traefik; do if systemctl is-active --quiet "$unit"; then sudo systemctl try-reload-or-restart "$unit"; fi; done',
      ]
    : [];
}

/** Of profiles without an agent; of every product if it is not known which one has the certificate. */
function serverReason(
  profile: 'output-server' | 'proxy' | 'eck-metrics',
  deployment: ResolvedDeployment | undefined,
): string {
  // nginx.org, Controlling nginx; HAProxy management guide; Envoy, SDS key rotation; traefik, pkg/provider/file/file.go.
  if (profile === 'proxy')
    return 'After the files are replaced, reload the proxy, restart Envoy, or touch dynamic.yml of Traefik: the files are read only then. The script that refreshes the revocation lists does that itself when they change.';
  if (profile === 'eck-metrics') {
    if (deployment === undefined) return `${OPERATOR_RELOADS} Before ECK 2.16: ${SIDECAR_RELOADS}`;
    return isNative(deployment.eck.version) ? OPERATOR_RELOADS : SIDECAR_RELOADS;
  }
  const types = deployment === undefined ? [] : deployment.outputs.map(({ type }) => productOf(type));
  const products = PRODUCT_NAMES.filter((product) => types.length === 0 || types.includes(product));
  return products.map((product) => RELOADS[product]).join(' ');
}

/**
 * For a host that moves to fleetseal: the first time, the agent must also be given the paths. A policy can give an agent
 * its paths, and a newer container reads its variables at every start. No listener is sure to take other paths: Kibana
 * puts those of a Fleet Server host beside the input's `server`, under which an agent merges the flags of the host
 * last (kibana, full_agent_policy.ts; elastic-agent, fleet_server_bootstrap.go).
 */
function firstActivation(profile: ProfileName, deployment: ResolvedDeployment): Activation {
  const { stackVersion, os, agent, directoryVariable } = deployment;
  const learns = (feature: Feature): ActivationMode =>
    directoryVariable === undefined && has(stackVersion, feature) ? 'restart' : 'reenroll';
  const container = os === 'container';
  return {
    ...(profile === 'output-client' ? {} : { agent: learns(container ? 'containerOverrides' : 'policyTls') }),
    ...(profile === 'fleet-server' && !deployment.fleetServer.listener.foreign
      ? { fleetServer: 'reenroll' as const }
      : {}),
    outputs: 'restart',
    ...(agent.elasticDefend ? { elasticDefend: 'restart' } : {}),
    // A restart would not give a container the variables.
    commands: container ? [] : commands(deployment),
    reason: container
      ? 'Start the container with the variables of the kit; if a part says reenroll, start it once with FLEET_FORCE=1. After the move, leave alreadyEnrolled out.'
      : 'Follow migration.steps of the kit. Files at the paths that the host uses today need only a restart. For other paths, a part that says restart can get them from Fleet, and a part that says reenroll must be enrolled again. After the move, leave alreadyEnrolled out.',
  };
}

function commands(deployment: ResolvedDeployment | undefined): readonly string[] {
  if (deployment === undefined) return ['elastic-agent restart'];
  if (deployment.os !== 'container') return [restartLine(deployment)];
  if (deployment.eckAgent !== undefined) return podCommands(deployment.eckAgent, deployment);
  return runsBy('docker', deployment) ? [`sudo docker restart ${containerName(deployment)}`] : [];
}

function versionReason(deployment: ResolvedDeployment | undefined): string {
  const version = deployment?.stackVersion;
  if (version === undefined)
    return 'It depends on the version: from 9.5.0 new files at the same paths are used without a restart, before that after a restart, which is always safe.';
  const name = `Elastic Agent ${formatStackVersion(version)}`;
  if (has(version, 'reload'))
    return `${name} reads new files at the same paths without a restart, at the next connection.`;
  if (has(version, 'reloadOptIn'))
    return `${name} reads the files only when it starts; from 9.5.0 it reads new ones without a restart. Until then, an output does so if its Advanced YAML sets ssl.certificate_reload.enabled to true; for the connection to Fleet Server neither a flag nor a policy can set it.`;
  return `${name} reads the files only when it starts; from 9.5.0 it reads new ones without a restart.`;
}

function extraReasons(deployment: ResolvedDeployment | undefined): readonly string[] {
  if (deployment === undefined) return [];
  const { keyPassphraseFile, agent, os, directoryVariable } = deployment;
  return [
    ...(keyPassphraseFile === undefined
      ? []
      : ['A new passphrase needs a restart in every version: it is read only at startup.']),
    ...(agent.elasticDefend
      ? [
          'Elastic does not document that Elastic Defend reads new files without a restart: restart the agent.',
        ]
      : []),
    ...(os === 'container' ? restartOf(deployment) : []),
    ...(directoryVariable === undefined
      ? []
      : [
          `Outputs find the files by ${directoryVariable}: if the agent's service does not have it yet, run serviceEnvironment of the kit.`,
        ]),
    ...(deployment.profile === 'output-client' && deployment.outputs.some(({ form }) => form === 'inline')
      ? [`For the outputs of form "inline": ${INLINE}`]
      : []),
    ...(deployment.eckAgent === undefined ? ['Changed paths need a new enrollment.'] : []),
  ];
}

function restartOf(deployment: ResolvedDeployment): readonly string[] {
  if (deployment.eckAgent !== undefined) {
    const reason = podReason(deployment.eckAgent, deployment);
    return reason === undefined ? [] : [reason];
  }
  return [
    runsBy('kubernetes', deployment)
      ? 'Pods renew automatically, and their liveness probe restarts the agent when it needs it.'
      : 'To restart, restart the container.',
  ];
}
