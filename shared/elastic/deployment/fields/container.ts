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
