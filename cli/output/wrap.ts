/**
 * Text broken at spaces where the terminal ends; the lines that follow begin with the indent.
 *
 * @param width of the terminal. @default - nothing is broken
 */
export function wrap(text: string, indent: string, width: number | undefined): string {
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, width - indent.length);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${indent}`);
}
