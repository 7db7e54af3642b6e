/**
 * A script of shared/hosts with other values for the variables at its head: the line that assigns each one is replaced.
 * Everything else stays as it is in the file.
 *
 * @param variables - by name, `key` in sh and `$key` in PowerShell; the values are words, quoted for that shell
 * @throws RangeError unless exactly one line of the script assigns the variable
 */
export function withVariables(script: string, variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables).reduce((text, [name, word]) => withVariable(text, name, word), script);
}

function withVariable(script: string, name: string, word: string): string {
  const start = name.startsWith('$') ? `${name} = ` : `${name}=`;
  const parts = `\n${script}`.split(new RegExp(`(?<=\\n *)${start.replace('$', '\\$')}.*`));
  if (parts.length !== 2)
    throw new RangeError(`${parts.length - 1} lines of the script assign ${name}; there must be one`);
  return parts.join(start + word).slice(1);
}
