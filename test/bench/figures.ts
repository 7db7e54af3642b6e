/** A figure of the bench: what it is, and what it may be at most. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ratio' | 'KB' | 'ms';
  /** What we aim at; a figure above it is told, and fails nothing. */
  readonly aim?: number;
  /** Above it the bench fails: the aim and room for a noisy machine. */
  readonly limit?: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

export function fails({ value, limit }: Figure): boolean {
  return limit !== undefined && !(value <= limit);
}

/** One line per figure: value, aim, limit and the verdict. */
export function table(figures: readonly Figure[]): string {
  const head = ['figure', 'value', 'unit', 'aim', 'limit', ''];
  const rows = figures.map((figure) => [
    figure.name,
    text(figure.value),
    figure.unit,
    figure.aim === undefined ? '' : `<= ${figure.aim}`,
    figure.limit === undefined ? '' : `<= ${figure.limit}`,
    verdict(figure),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}

function verdict(figure: Figure): string {
  if (fails(figure)) return 'FAIL';
  return figure.aim !== undefined && figure.value > figure.aim ? 'above the aim' : 'ok';
}

function text(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
