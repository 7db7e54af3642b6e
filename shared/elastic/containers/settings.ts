/** `deployment.container`, as a caller says it. */
export interface ContainerSettings {
  /** What runs the container: `docker`, `kubernetes` (Elastic's own manifests) or `eck`. @default docker */
  readonly runtime?: string | undefined;
  /** Of the agents' pods; not for docker. @default - by runtime, see {@link DEFAULT_CONTAINERS} */
  readonly namespace?: string | undefined;
  /** What runs the pods: the DaemonSet, or the resource of kind Agent; not for docker. @default elastic-agent */
  readonly workload?: string | undefined;
  /**
   * The Secret in the pods' namespace that holds fleetseal's bootstrap token (`token`) and the API's address (`url`);
   * not for docker. @default fleetseal-token
   */
  readonly tokenSecret?: string | undefined;
  /** docker: the agent's own. Elsewhere: that which enrolls, with sh, openssl, curl and sed. @default - by runtime */
  readonly image?: string | undefined;
  /** Whom the key file belongs to: the user that the agent runs as. @default - by runtime, see {@link DEFAULT_CONTAINERS} */
  readonly uid?: number | undefined;
}

export const RUNTIMES = ['docker', 'kubernetes', 'eck'] as const;

export type Runtime = (typeof RUNTIMES)[number];

export function isRuntime(text: string): text is Runtime {
  return (RUNTIMES as readonly string[]).includes(text);
}

/** What a runtime has unless the deployment says otherwise. */
const DEFAULT_CONTAINERS: Readonly<Record<Runtime, { readonly namespace: string; readonly uid: number }>> = {
  // The user elastic-agent of Elastic's image.
  docker: { namespace: '', uid: 1000 },
  // Elastic's manifest puts its DaemonSet there, and runs it as root.
  kubernetes: { namespace: 'kube-system', uid: 0 },
  eck: { namespace: 'default', uid: 0 },
};

/** Settings that broke no rule, with their defaults. */
export interface Container {
  readonly runtime: Runtime;
  readonly namespace: string;
  readonly workload: string;
  readonly tokenSecret: string;
  readonly image: string | undefined;
  readonly uid: number;
}

export function resolveContainer(asked: ContainerSettings = {}): Container {
  const { runtime = 'docker' } = asked;
  if (!isRuntime(runtime)) throw new RangeError(`not a runtime: ${runtime}`);
  return {
    runtime,
    namespace: asked.namespace ?? DEFAULT_CONTAINERS[runtime].namespace,
    workload: asked.workload ?? 'elastic-agent',
    tokenSecret: asked.tokenSecret ?? 'fleetseal-token',
    image: asked.image,
    uid: asked.uid ?? DEFAULT_CONTAINERS[runtime].uid,
  };
}
