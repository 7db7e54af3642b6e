/**
 * A script that sets the variable of `directoryVariable` for the service of the agent, and restarts an agent that runs
 * without it: one of the two, by the system of the host. It changes no other variable, and can be run again at any time.
 */
export interface ServiceEnvironment {
  /** Linux and macOS, for `sudo sh`. */
  readonly shell?: string;
  /** Windows, for an elevated PowerShell. */
  readonly powershell?: string;
}
