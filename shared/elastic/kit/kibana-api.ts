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
  readonly update: KibanaCall;
  /**
   * For a POSIX shell with curl and awk: fills in what only the host knows, then changes the object, or creates it if it
   * is missing. Reads `KIBANA_URL` and `KIBANA_API_KEY`. Absent on Windows.
   */
  readonly command?: string;
}
