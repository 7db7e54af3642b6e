/** `deployment.agent`, as the caller sends it: also of a Fleet Server host, for its own agent. */
export interface AgentSettings {
  /** Whether the agent is already in Fleet, with other certificates: the kit moves it to fleetseal. @default false */
  readonly alreadyEnrolled?: boolean | undefined;
  /** Runs as an account without privileges. @default false */
  readonly unprivileged?: boolean | undefined;
  /** An account and a group that exist. @default - elastic-agent-user and elastic-agent, which install creates */
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Sent to Fleet Server with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Between the agent and Fleet Server. @default - from the environment (HTTPS_PROXY) */
  readonly proxy?: ProxySettings | undefined;
  /** Whether the policy holds the Elastic Defend integration. @default false */
  readonly elasticDefend?: boolean | undefined;
  /** Whether the agent is the FIPS build. @default false */
  readonly fips?: boolean | undefined;
}

interface ProxySettings {
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ignores the proxies of the environment too. @default false */
  readonly disabled?: boolean | undefined;
}
