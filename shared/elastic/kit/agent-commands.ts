/** How docker runs the container. */
export interface DockerParts {
  /** For a POSIX shell, once: creates the directory of the agent's state, which outlives the container. */
  readonly prepare: string;
  /** The exact argv for docker. */
  readonly arguments: readonly string[];
  /** The same as a line to paste. */
  readonly shell: string;
  /** The same as `compose.yaml`. */
  readonly compose: string;
}

/** A call of elastic-agent: exact argv, and the same as a line to paste for the system's shell. */
export interface Command {
  readonly arguments: readonly string[];
  /** Linux and macOS. */
  readonly shell?: string;
  /** Windows, in an elevated PowerShell. */
  readonly powershell?: string;
}

/** How an agent is installed and enrolled. */
export interface AgentCommands {
  readonly install?: Command;
  readonly enroll?: Command;
  /** Variables of a container. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Only with runtime docker. */
  readonly docker?: DockerParts;
}
