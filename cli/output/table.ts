import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** A column of a table. */
export interface Column {
  readonly head: string;
  /** Whether it may be cut where the terminal is narrow. @default false */
  readonly flexible?: boolean;
  /** Whether it is left out where the terminal is too narrow even for cut columns. @default false */
  readonly optional?: boolean;
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
 * A table of lines. Where it is wider than the terminal, optional columns are left out, the last one first, and flexible
 * columns are cut, the widest first.
 *
 * @param width characters of a line. @default - nothing is left out or cut
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const natural = naturalWidths(columns, rows);
  const shown = fittingColumns(columns, natural, width);
  const pick = <T>(all: readonly T[]) => shown.flatMap((index) => all.slice(index, index + 1));
  const chosen = pick(columns);
  const table = new Table({
    head: chosen.map(({ head }) => head),
    chars: NO_RULES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    colWidths: cutToWidth(chosen, pick(natural), width).map((each) => each + GAP),
    colAligns: chosen.map(({ align = 'left' }) => align),
  });
  table.push(...rows.map((row) => pick(row)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The indices of the columns that are shown. */
function fittingColumns(
  columns: readonly Column[],
  natural: readonly number[],
  width: number,
): readonly number[] {
  let shown = columns.map((_, index) => index);
  const least = (index: number) => {
    const full = natural[index] ?? 0;
    return columns[index]?.flexible ? Math.min(full, LEAST) : full;
  };
  while (totalOf(shown.map(least)) > width) {
    const dropped = shown.findLast((index) => columns[index]?.optional);
    if (dropped === undefined) break;
    shown = shown.filter((index) => index !== dropped);
  }
  return shown;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, GAP * (widths.length - 1));
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
  width: number,
): readonly number[] {
  const widths = [...natural];
  while (totalOf(widths) > width) {
    const widest = widths
      .map((each, index) => ({ each, index }))
      .filter(({ each, index }) => columns[index]?.flexible && each > LEAST)
      .toSorted((a, b) => b.each - a.each)[0];
    if (widest === undefined) break;
    widths[widest.index] = widest.each - 1;
  }
  return widths;
}
