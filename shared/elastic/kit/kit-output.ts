import type { KibanaApi } from './kibana-api.ts';

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
  /**
   * Inline form only: a filter for a POSIX shell that replaces each `{{file:...}}` in any of the texts with the contents
   * of the file.
   * @example printf '%s' "$yaml" | sh -c "$fill"
   */
  readonly fill?: string;
}
