import { plain } from '../output/plain.ts';
import type { Style, Terminal } from '../terminal.ts';
import type { Finding } from './finding.ts';

const STYLES: Readonly<Record<Finding['status'], Style>> = {
  ok: 'green',
  warning: 'yellow',
  failed: 'red',
  skipped: 'dim',
};

/** Every finding with its way out, and how many there are of each kind. */
export function renderFindings(
  findings: readonly Finding[],
  count: Readonly<Record<Finding['status'], number>>,
  terminal: Terminal,
): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(9 + width + 2);
  const lines = findings.map(({ check, status, message, wayOut }) => {
    const head = `${terminal.style(STYLES[status], status.padEnd(7))}  ${check.padEnd(width)}  `;
    const rest = wayOut === undefined ? '' : `${indent}${wrapped(`-> ${plain(wayOut)}`, indent, terminal)}\n`;
    return `${head}${wrapped(plain(message), indent, terminal)}\n${rest}`;
  });
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  const summary = `${count.ok} ok, ${count.warning} ${count.warning === 1 ? 'warning' : 'warnings'}, ${count.failed} failed${skipped}`;
  return `${lines.join('')}\n${summary}\n`;
}

/** Broken at spaces where the terminal ends; the lines that follow begin below the first. */
function wrapped(text: string, indent: string, { width }: Terminal): string {
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
