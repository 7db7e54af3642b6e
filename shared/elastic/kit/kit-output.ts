import type { KibanaApi } from './kibana-api.ts';

/** Settings of clients of Elasticsearch other than agents, which one that requires certificates locks out. */
export interface ElasticsearchClients {
  /** Lines for `kibana.yml`. */
  readonly kibanaYml: string;
  /** For the configuration of a Beat, or of APM Server. */
  readonly beatsYml: string;
  /** An output for a pipeline of Logstash. Absent with a passphrase, for which it has no option. */
  readonly logstash?: string;
  /** A request to the first host. Absent on Windows. */
  readonly curl?: string;
}

/** One output, rendered for every place where it can be set. */
export interface KitOutput {
  readonly name: string;
  readonly type: string;
  /** For Advanced YAML in Fleet. */
  readonly yaml: string;
  /** For `elastic-agent.yml` of a standalone agent. */
  readonly standalone: string;
  /** For `kibana.yml`. */
  readonly kibanaYml: string;
  readonly kibanaApi: KibanaApi;
  /** Only with profile `output-client`, type `elasticsearch` and form `path`. */
  readonly clients?: ElasticsearchClients;
  /**
   * Inline form only: a filter for a POSIX shell that replaces each `{{file:...}}` in any of the texts with the contents
   * of the file.
   * @example printf '%s' "$yaml" | sh -c "$fill"
   */
  readonly fill?: string;
}
