/**
 * A text in which every dollar sign stands for itself, for readers that take `$$` as one: Docker Compose, which replaces
 * `$NAME` and `${NAME}` by variables (docs.docker.com, Compose, Interpolation), and Kubernetes in `command`,
 * `args`, `env` and the commands of probes, where it is `$(NAME)` (API reference, EnvVar; forked/golang/expansion). All
 * are doubled, not only those before a parenthesis: `$$(NAME)` would otherwise become `$$$(NAME)`, a dollar sign and a
 * variable.
 */
export function literalDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}
