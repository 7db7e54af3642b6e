/** A request to Kibana, without its credentials. */
export interface KibanaCall {
  readonly method: 'POST' | 'PUT';
  /** Below the address of Kibana, including its space if there is one. */
  readonly path: string;
  /** What Kibana requires of every write (elastic.co, Kibana APIs, "Request headers"). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How an object of Fleet's settings is created and changed. */
export interface KibanaApi {
  readonly create: KibanaCall;
  /** Resets what the body leaves out: add it, or run the command. */
  readonly update: KibanaCall;
  /**
   * For a POSIX shell with curl and awk: fills in what only the host knows, then creates the object, or changes what the
   * kit says of the one that exists, and prints what that was. Reads `KIBANA_URL` and `KIBANA_API_KEY`, and
   * `FLEETSEAL_REPLACE` (kibana-merge.awk). Absent where it needs a file of a Windows host.
   */
  readonly command?: string;
}
