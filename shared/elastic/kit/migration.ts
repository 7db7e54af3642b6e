/** How a host that is already in Fleet moves to fleetseal, with no handshake refused on the way. */
export interface Migration {
  /** In order. Each step is finished on every host before the next begins. */
  readonly steps: readonly MigrationStep[];
  /** Points the agents of a policy at the files of this kit. Absent if the agent takes no paths from a policy. */
  readonly agentPolicy?: AgentPolicyCall;
}

/** One step: what to do, why it is safe now, and what to run here. */
export interface MigrationStep {
  readonly title: string;
  readonly detail: string;
  /** To run on this host, in its shell; empty if the step is done elsewhere. */
  readonly commands: readonly string[];
}

/** A call of Kibana's API. Replace each `{{...}}` with your own value. */
export interface AgentPolicyCall {
  readonly method: 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /**
   * For a POSIX shell with curl and awk: changes only this of the policy, and prints what that was. Reads `KIBANA_URL`,
   * `KIBANA_API_KEY` and `AGENT_POLICY_ID`.
   */
  readonly command: string;
}
