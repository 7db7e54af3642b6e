/**
 * The part of a text that programs of Elastic replace in the values of their YAML: `${x}` by a variable, `$$` and `$}` by
 * their second character (elastic/go-ucfg, variables.go, lexer); undefined if every reader takes the text as it is. There
 * is no escape that works in each of them.
 */
export function replacedPart(text: string): string | undefined {
  return /\$[{$}]/.exec(text)?.[0];
}
