import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** A column of a table. */
export interface Column {
  readonly head: string;
  /** Whether it may be cut where the terminal is narrow. @default false */
  readonly flexible?: boolean;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
}

/** Columns are separated by two spaces; there are no rules. */
const GAP = 2;
const NO_RULES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** A flexible column keeps this many characters. */
const LEAST = 8;

/**
 * A table of lines. Where it is wider than the terminal, its flexible columns are cut, the widest first.
 *
 * @param width characters of a line. @default - nothing is cut
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width?: number,
): string {
  const widths = cutToWidth(columns, naturalWidths(columns, rows), width);
  const table = new Table({
    head: columns.map(({ head }) => head),
    chars: NO_RULES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    colWidths: widths.map((each) => each + GAP),
    colAligns: columns.map(({ align = 'left' }) => align),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Wide characters count as one here; a column of them is cut a little early. */
function naturalWidths(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly number[] {
  return columns.map(({ head }, index) =>
    Math.max(head.length, ...rows.map((row) => [...stripVTControlCharacters(row[index] ?? '')].length)),
  );
}

function cutToWidth(
  columns: readonly Column[],
  natural: readonly number[],
  width: number | undefined,
): readonly number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, each) => sum + each, GAP * (widths.length - 1));
  while (width !== undefined && total() > width) {
    const widest = widths
      .map((each, index) => ({ each, index }))
      .filter(({ each, index }) => columns[index]?.flexible && each > LEAST)
      .toSorted((a, b) => b.each - a.each)[0];
    if (widest === undefined) break;
    widths[widest.index] = widest.each - 1;
  }
  return widths;
}
