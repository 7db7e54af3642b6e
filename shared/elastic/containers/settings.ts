import type { Deployment, ResolvedDeployment } from '../deployment.ts';

/** `deployment.container`, as a caller sends it. */
export interface ContainerSettings {
  /** What runs the container: `docker`, `kubernetes` (Elastic's own manifest) or `eck`. @default docker */
  readonly runtime?: string | undefined;
  /** The agents' pods' namespace; not for docker. @default - kube-system, as in Elastic's manifest; with ECK default */
  readonly namespace?: string | undefined;
  /** What runs the pods: the DaemonSet, or the resource of kind Agent; not for docker. @default elastic-agent */
  readonly workload?: string | undefined;
  /**
   * The Secret in the pods' namespace that holds fleetseal's bootstrap token (`token`) and the API's address (`url`);
   * not for docker. @default - fleetseal-token; with ECK the workload's name and `-fleetseal-token`
   */
  readonly tokenSecret?: string | undefined;
  /**
   * With docker, the agent's image, by default Elastic's of `stackVersion`. Otherwise the image that enrolls, with sh,
   * openssl, curl and the CAs of the system; kubernetes requires it.
   */
  readonly image?: string | undefined;
  /** The user that the agent runs as, who owns the key file. @default - 1000 with docker, otherwise 0 */
  readonly uid?: number | undefined;
}

/** What may run a container. */
export const RUNTIMES = ['docker', 'kubernetes', 'eck'] as const;

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
  const { runtime = 'docker' } = asked;
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
  return container?.runtime ?? 'docker';
}
