/**
 * A figure of the bench. Only what is counted may have a limit: times depend on the processor, and so do ratios of
 * unlike work (OpenSSL signs RSA three times faster where AVX-512 IFMA is there).
 */
export type Figure = Counted | Timed;

interface Counted {
  readonly name: string;
  readonly value: number;
  readonly unit: 'KB' | 'MB' | 'hosts' | 'signatures' | 'refusals';
  /** The bench fails above it. @default - printed only */
  readonly limit?: number;
}

interface Timed {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ratio' | 'ms' | 'per second';
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

/** Undefined for what has no limit. */
export function limitOf(figure: Figure): number | undefined {
  return 'limit' in figure ? figure.limit : undefined;
}

export function fails(figure: Figure): boolean {
  const limit = limitOf(figure);
  return limit !== undefined && !(figure.value <= limit);
}

/** One line per figure: value, unit, limit and the verdict. */
export function table(figures: readonly Figure[]): string {
  const head = ['figure', 'value', 'unit', 'limit', ''];
  const rows = figures.map((figure) => [
    figure.name,
    text(figure.value),
    figure.unit,
    limitOf(figure) === undefined ? '' : `<= ${limitOf(figure)}`,
    limitOf(figure) === undefined ? '' : fails(figure) ? 'FAIL' : 'ok',
  ]);
  return columns([head, ...rows]);
}

/** Lines with aligned columns; the first is the head. */
export function columns(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return lines.map(line).join('\n');
}

function text(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
