import { CONTAINER_DEFAULTS, type ContainerSettings, RUNTIMES } from './fields/container.ts';
import type { OperatingSystem } from './paths.ts';
import { proven } from './proven.ts';

/** One of {@link RUNTIMES}. */
export type Runtime = (typeof RUNTIMES)[number];

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
  const name = asked.runtime ?? CONTAINER_DEFAULTS.runtime;
  const runtime = proven(
    RUNTIMES.find((known) => known === name),
    'container.runtime',
  );
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
export function runsBy(
  runtime: Runtime,
  { os, container }: { readonly os: OperatingSystem; readonly container: Container },
): boolean {
  return os === 'container' && container.runtime === runtime;
}
