/** Whether a record passes the filters of an event source mapping. */
export type EventFilter = (record: unknown) => boolean;

type Pattern = Readonly<Record<string, unknown>>;

/**
 * Reads `FilterCriteria`: a record passes where one of the patterns matches, and all where there is none (Lambda
 * developer guide, "Control which events Lambda sends to your function").
 *
 * @throws Error for a rule that the local cloud does not know.
 */
export function eventFilter(criteria: unknown): EventFilter {
  const { Filters = [] } = (criteria ?? {}) as { Filters?: readonly { Pattern: string }[] };
  const filters = Filters.map(({ Pattern }) => matcher(JSON.parse(Pattern) as Pattern));
  return (record) => filters.length === 0 || filters.some((matches) => matches(record));
}

/** Reads the `EventPattern` of a rule, which has the same form. @throws Error for a rule that the local cloud does not know. */
export function eventPattern(pattern: unknown): EventFilter {
  return matcher(pattern as Pattern);
}

/** Every member of a pattern must match; a list holds the rules for a value, of which one must match. */
function matcher(pattern: Pattern): EventFilter {
  const members = Object.entries(pattern).map(([name, part]) => {
    const matches = Array.isArray(part) ? anyOf(part.map(rule)) : matcher(part as Pattern);
    return (record: unknown) => matches((record as Pattern | undefined)?.[name]);
  });
  return (record) => members.every((matches) => matches(record));
}

function anyOf(rules: readonly EventFilter[]): EventFilter {
  return (value) => rules.some((matches) => matches(value));
}

function rule(expected: unknown): EventFilter {
  if (typeof expected !== 'object' || expected === null) return (value) => value === expected;
  const { prefix, exists, ...unknown } = expected as { prefix?: string; exists?: boolean };
  if (Object.keys(unknown).length > 0 || (prefix === undefined) === (exists === undefined))
    throw new Error(`the local cloud does not know the filter rule ${JSON.stringify(expected)}`);
  if (prefix === undefined) return (value) => (value !== undefined) === exists;
  return (value) => typeof value === 'string' && value.startsWith(prefix);
}
