import { plain } from '../output/plain.ts';
import { wrap } from '../output/wrap.ts';
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
    const rest =
      wayOut === undefined ? '' : `${indent}${wrap(`-> ${plain(wayOut)}`, indent, terminal.width)}\n`;
    return `${head}${wrap(plain(message), indent, terminal.width)}\n${rest}`;
  });
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  const summary = `${count.ok} ok, ${count.warning} ${count.warning === 1 ? 'warning' : 'warnings'}, ${count.failed} failed${skipped}`;
  return `${lines.join('')}\n${summary}\n`;
}
