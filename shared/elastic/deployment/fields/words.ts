import * as z from 'zod/mini';
import { withoutUndefined } from '../../../domain/without-undefined.ts';

/** What a reader should know of a field: keywords of JSON Schema (2020-12), beside those that its type gives. */
export interface FieldWords {
  /** What it is, its form and unit, and what holds where it is left out. */
  readonly description: string;
  /** Whether the rules refuse every request that has the object around it and leaves it out. @default false */
  readonly required?: boolean;
  /** The values that the rules take; from their own tables. */
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly examples?: readonly unknown[];
}

const WORDS = /* @__PURE__ */ z.registry<{
  readonly words: () => Readonly<Record<string, FieldWords>>;
  readonly defaults: Readonly<Record<string, FieldWords['default']>>;
}>();

/**
 * Says what every field of an object means; a field without words does not compile. The words are for documents:
 * functions need not load them, so bundles drop every call that is marked as pure.
 *
 * @example
 * const AGENT = z.strictObject({ fips: flag });
 * about(AGENT, () => ({ fips: { description: 'Whether the agent is a FIPS build.' } }), { fips: false });
 *
 * @param defaults - those that are the same for every deployment; the code that fills them in reads them too
 */
export function about<Shape extends z.core.$ZodShape>(
  object: z.ZodMiniObject<Shape, z.core.$strict>,
  words: () => Readonly<Record<keyof Shape & string, Omit<FieldWords, 'default'>>>,
  defaults: { readonly [Name in keyof Shape & string]?: FieldWords['default'] } = {},
): void {
  WORDS.add(object, { words, defaults });
}

/**
 * The words for every field below, by its place: `.` below an object, `[]` an item that is an object.
 *
 * @example wordsBelow(deploymentSchema)['outputs[].kafka.topic']
 */
export function wordsBelow(schema: z.core.$ZodType, at = ''): Readonly<Record<string, FieldWords>> {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
      return wordsBelow(def.innerType, at);
    case 'array':
      return wordsBelow(def.element, `${at}[]`);
    case 'union':
      return Object.assign({}, ...def.options.map((option) => wordsBelow(option, at)));
    case 'object': {
      const placeOf = (name: string) => (at === '' ? name : `${at}.${name}`);
      const below = Object.entries(def.shape).map(([name, field]) => wordsBelow(field, placeOf(name)));
      const own = Object.entries(wordsOf(schema)).map(([name, words]) => [placeOf(name), words]);
      return Object.assign(Object.fromEntries(own), ...below);
    }
    default:
      return {};
  }
}

/** The words for the fields of an object itself, with their defaults. */
function wordsOf(object: z.core.$ZodType): Readonly<Record<string, FieldWords>> {
  const { words, defaults = {} } = WORDS.get(object) ?? {};
  const said = Object.entries(words?.() ?? {});
  return Object.fromEntries(
    said.map(([name, own]) => [name, withoutUndefined({ ...own, default: defaults[name] })]),
  );
}
