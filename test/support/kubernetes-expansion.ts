/**
 * What Kubernetes makes of `$(NAME)` in a value of `env`, `command` or `args`, where every name is defined, as `<NAME>`
 * (kubernetes third_party/forked/golang/expansion/expand.go; `test/interop` asks the original).
 */
export function expanded(text: string): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (found, name) => (found === '$$' ? '$' : `<${name}>`));
}
