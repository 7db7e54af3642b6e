import * as z from 'zod/mini';
import type { FieldError } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import { describeFormat, type Format } from '../schema/format.ts';
import { freeText } from '../schema/free-text.ts';
import { placeOf, pointerOf } from './pointer.ts';

/** What reads one part of a request; its output is what the handler gets. */
export type Schema<Output> = z.ZodMiniType<Output>;

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** A string that a parser of ours reads: `parse` returns undefined for what breaks the format's rule. */
export function text<Output>(parse: (text: string) => Output | undefined, format: Format) {
  return z.pipe(
    freeText().check(describeFormat(format)),
    z.transform((input: string, context): Output => {
      const output = parse(input);
      if (output !== undefined) return output;
      const problem = format.problem?.(input);
      const why = problem === undefined ? '' : `; it ${problem}`;
      context.issues.push({ code: 'custom', message: `must be ${format.rule}${why}`, input });
      return z.NEVER;
    }),
  );
}

/** One wrong field. */
export interface Finding extends FieldError {
  /** Whether the field does not exist at all. */
  readonly unknown: boolean;
}

export type Reading<Output> =
  | { readonly value: Output; readonly findings?: undefined }
  | { readonly findings: readonly Finding[] };

/**
 * Reads `value` and reports everything that is wrong at once.
 *
 * @param base where the value is: `[]` for the body, `['query']`, `['path']`.
 */
export function readWith<Output>(
  schema: Schema<Output>,
  value: unknown,
  base: readonly string[],
): Reading<Output> {
  const result = schema.safeParse(value, { error: words });
  if (result.success) return { value: result.data };
  return { findings: result.error.issues.flatMap((issue) => findings(issue, base)) };
}

function findings(issue: Issue, base: readonly string[]): readonly Finding[] {
  if (issue.code === 'invalid_key')
    return issue.issues.map((one) => wrongName([...base, ...issue.path], one));
  if (issue.code !== 'unrecognized_keys') return [finding([...base, ...issue.path], issue.message)];
  const lines = issue.message.split('\n');
  return issue.keys.map((key, index) => finding([...base, ...issue.path, key], lines[index] ?? '', true));
}

/** A key of a record: the words are about the record, since its name is what can't be shown. */
function wrongName(path: readonly PropertyKey[], { message }: Issue): Finding {
  const { pointer } = finding(path, message);
  return { ...finding(path.slice(0, -1), `has a name that ${message}`), pointer };
}

/** A finding at a place of the request. `words` go on after the field's name: `must be a string`. */
export function finding(path: readonly PropertyKey[], words: string, unknown = false): Finding {
  const end = words.endsWith('?') ? '' : '.';
  return { pointer: pointerOf(path), detail: `${placeOf(path) || 'The body'} ${words}${end}`, unknown };
}

/** What is wrong and what would be right, in words; never with the value, which may be a secret. */
function words(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return mustBe(issue, kind(issue.expected));
    case 'invalid_value':
      return mustBe(issue, issue.values.map((value) => JSON.stringify(value)).join(' or '));
    case 'unrecognized_keys':
      return unknownNames(issue.keys, namesOf(issue));
    case 'too_small':
      return size(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return size(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_union':
      return 'must have one of the forms that are allowed';
    default:
      return 'does not have the required form';
  }
}

function mustBe({ input }: RawIssue, what: string): string {
  return `${input === undefined ? 'is required and ' : ''}must be ${what}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function kind(expected: string): string {
  return KINDS[expected] ?? expected;
}

function size(origin: string, relation: string, limit: number | bigint): string {
  const unit = { string: 'character', array: 'item' }[origin];
  if (unit === undefined) return `must be ${relation} ${limit}`;
  return `must have ${relation} ${limit} ${unit}${limit === 1 ? '' : 's'}`;
}

/** The names that the object could have had. */
function namesOf(issue: RawIssue): readonly string[] {
  const definition: unknown = issue.inst?._zod.def;
  const hasShape = typeof definition === 'object' && definition !== null && 'shape' in definition;
  return hasShape ? Object.keys(definition.shape as object) : [];
}

/** A line for each of the keys. */
function unknownNames(keys: readonly string[], names: readonly string[]): string {
  const known = names.length === 0 ? 'none are allowed here' : `the fields are ${names.join(', ')}`;
  const words = `is not a known field; ${known}`;
  return keys.map((key) => words + didYouMean(key, names)).join('\n');
}
