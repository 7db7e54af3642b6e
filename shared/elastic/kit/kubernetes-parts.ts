/** What goes into a cluster. */
export interface KubernetesParts {
  /** YAML of several documents, for `kubectl apply`. */
  readonly manifests?: string;
  /** YAML, for `helm upgrade --values`. */
  readonly helmValues?: string;
  /** YAML of several documents: the changes to your own resources, which the commands make too. */
  readonly patches?: string;
  /** The body of `POST /v1/tokens` that makes the pods' bootstrap token, with `{{...}}` for values that the service does not know. */
  readonly tokenRequest?: Readonly<Record<string, unknown>>;
  /** For a POSIX shell, in order; some have several lines. */
  readonly commands: readonly string[];
}
