import { AppError } from '../errors/app-error.ts';
import { resolveContainer } from './deployment/container.ts';
import type { Deployment } from './deployment/deployment.ts';
import { AGENT_DEFAULTS, AGENT_PROXY_DEFAULTS, type AgentSettings } from './deployment/fields/agent.ts';
import { TRUST_PEERS, type Trust } from './deployment/fields/trust.ts';
import { type Model, systemOf } from './deployment/models.ts';
import { DEFAULT_DIRECTORIES, normalizePath, type OperatingSystem } from './deployment/paths.ts';
import type { ResolvedDeployment } from './deployment/resolved-deployment.ts';
import { routed } from './deployment/route.ts';
import type { DeploymentSubject } from './deployment/subject.ts';
import { parseStackVersion } from './deployment/versions.ts';
import { brokenRules } from './deployment-rules.ts';

/**
 * Checks a deployment and fills in its defaults.
 *
 * @example
 * const deployment = checkDeployment({ model: 'on-premises', os: 'linux', fleetUrl }, { profile: 'agent', keyKind: 'rsa' });
 *
 * @throws AppError `deployment_refused` with every rule that it breaks: the field, the rule and the way out.
 */
export function checkDeployment(deployment: Deployment, subject: DeploymentSubject): ResolvedDeployment {
  const errors = brokenRules(deployment, subject);
  const [first, ...others] = errors;
  if (first !== undefined) {
    const message =
      others.length === 0
        ? first.detail
        : `${errors.length} rules refuse the deployment: ${errors.map(({ detail }) => detail).join('; ')}`;
    throw new AppError('deployment_refused', message, { errors });
  }
  return resolve(deployment, subject);
}

function resolve(asked: Deployment, subject: DeploymentSubject): ResolvedDeployment {
  const deployment = routed(asked, subject.profile);
  const os = systemOf(deployment) as OperatingSystem;
  const { agent = {}, trust = {}, keyPassphraseFile } = deployment;
  const version = deployment.stackVersion;
  return {
    asked,
    model: deployment.model as Model,
    profile: subject.profile,
    keyKind: subject.keyKind,
    stackVersion: version === undefined ? undefined : parseStackVersion(version),
    os,
    fleetUrl: deployment.fleetUrl ?? '',
    fleetEnrollmentToken: deployment.fleetEnrollmentToken,
    directory: normalizePath(os, deployment.directory ?? DEFAULT_DIRECTORIES[os]),
    keyPassphraseFile: keyPassphraseFile === undefined ? undefined : normalizePath(os, keyPassphraseFile),
    agent: resolveAgent(agent),
    containerUid: resolveContainer(deployment.container).uid,
    trust: Object.fromEntries(TRUST_PEERS.map((peer) => [peer, resolveTrust(os, trust[peer])])),
  } as ResolvedDeployment;
}

function resolveAgent(agent: AgentSettings): ResolvedDeployment['agent'] {
  const { proxy = {} } = agent;
  return {
    unprivileged: agent.unprivileged ?? AGENT_DEFAULTS.unprivileged,
    user: agent.user,
    group: agent.group,
    tags: agent.tags ?? [],
    headers: agent.headers ?? {},
    proxy: {
      url: proxy.url,
      headers: proxy.headers ?? {},
      disabled: proxy.disabled ?? AGENT_PROXY_DEFAULTS.disabled,
    },
    elasticDefend: agent.elasticDefend ?? AGENT_DEFAULTS.elasticDefend,
    fips: agent.fips ?? AGENT_DEFAULTS.fips,
  };
}

function resolveTrust(os: OperatingSystem, trust: Trust = 'fleetseal'): Trust {
  return typeof trust === 'object' && 'path' in trust ? { path: normalizePath(os, trust.path) } : trust;
}
