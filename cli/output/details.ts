/** Names and values of one thing, a line each; a value of several lines goes on below its name. */
export function renderDetails(entries: readonly (readonly [string, string | undefined])[]): string {
  const shown = entries.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [{ name, value }],
  );
  const width = Math.max(0, ...shown.map(({ name }) => name.length)) + 2;
  return shown
    .map(({ name, value }) => `${name.padEnd(width)}${value.replaceAll('\n', `\n${' '.repeat(width)}`)}\n`)
    .join('');
}
