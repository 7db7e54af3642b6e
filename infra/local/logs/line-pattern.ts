/** Whether a line of a log matches a filter pattern. */
export type LinePattern = (line: string) => boolean;

/** A comparison: `$.a.b = "text"`, `$.a.b IS TRUE`, `$.a.b < 500`. */
const COMPARISON = /^\$\.([\w.]+) (?:= "([^"]*)"|IS (TRUE|FALSE)|< (\d+))$/;

/**
 * Reads a filter pattern for JSON lines: one comparison in braces, or several in parentheses, joined by `&&` (CloudWatch Logs
 * user guide, "Filter pattern syntax").
 *
 * @throws Error for a pattern that the local cloud does not know.
 */
export function linePattern(pattern: string): LinePattern {
  const inner = /^\{ (.*) \}$/.exec(pattern)?.[1] ?? '';
  const comparisons = inner.split(' && ').map((one) => comparison(one.replace(/^\((.*)\)$/, '$1'), pattern));
  return (line) => {
    const parsed = parse(line);
    return comparisons.every((matches) => matches(parsed));
  };
}

function comparison(text: string, pattern: string): (line: unknown) => boolean {
  const [, path = '', equal, is, below] = COMPARISON.exec(text) ?? [];
  if (path === '') throw new Error(`the local CloudWatch Logs does not know the filter pattern ${pattern}`);
  return (line) => {
    const value = path.split('.').reduce(memberOf, line);
    if (equal !== undefined) return value === equal;
    if (is !== undefined) return value === (is === 'TRUE');
    return typeof value === 'number' && value < Number(below);
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
