import type { Deployment } from './deployment.ts';
import type { ContainerSettings } from './fields/container.ts';
import { CONTAINER_DEFAULTS, RUNTIMES } from './fields/container.ts';
import type { ResolvedDeployment } from './resolved-deployment.ts';

/** One of {@link RUNTIMES}. */
export type Runtime = (typeof RUNTIMES)[number];

/** Whether the text is one of {@link RUNTIMES}. */
function isRuntime(text: string): text is Runtime {
  return (RUNTIMES as readonly string[]).includes(text);
}

/** The user elastic-agent of Elastic's image (Dockerfile.elastic-agent.tmpl; packages.yml, agent_docker_spec). */
export const IMAGE_UID = 1000;

/** Settings that broke no rule, with their defaults. */
export interface Container {
  readonly runtime: Runtime;
  readonly namespace: string;
  readonly workload: string;
  readonly tokenSecret: string;
  readonly image: string | undefined;
  readonly uid: number;
}

/** Fills in the defaults of settings that broke no rule. */
export function resolveContainer(asked: ContainerSettings = {}): Container {
  const { runtime = CONTAINER_DEFAULTS.runtime } = asked;
  if (!isRuntime(runtime)) throw new RangeError(`not a runtime: ${runtime}`);
  return {
    runtime,
    namespace: asked.namespace ?? (runtime === 'eck' ? 'default' : 'kube-system'),
    workload: asked.workload ?? 'elastic-agent',
    tokenSecret: asked.tokenSecret ?? 'fleetseal-token',
    image: asked.image,
    uid: asked.uid ?? (runtime === 'docker' ? IMAGE_UID : 0),
  };
}

/** Whether the deployment is a container that this runtime runs. */
export function runsBy(runtime: Runtime, { os, asked }: ResolvedDeployment): boolean {
  return os === 'container' && runtimeOf(asked) === runtime;
}

function runtimeOf({ container }: Deployment): string {
  return container?.runtime ?? CONTAINER_DEFAULTS.runtime;
}
