/** What a reader should know of a field: keywords of JSON Schema (2020-12), beside those that its type gives. */
export interface FieldWords {
  /** What it is, its form and unit, and what holds where it is left out. */
  readonly description: string;
  /** The values that the rules take; from their own tables. */
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly examples?: readonly unknown[];
}

type Schema = Readonly<Record<string, unknown>>;

/**
 * The schema with the words of every field in it.
 *
 * @param fields - by the place of the field: `.` below an object, `[]` an item that is an object
 * @throws Error naming every field without words, and all words without a field.
 */
export function withWords(schema: Schema, fields: Readonly<Record<string, FieldWords>>): Schema {
  const places = new Set<string>();
  const described = describeBelow(schema, '', fields, places);
  const missing = [...places].filter((place) => !Object.hasOwn(fields, place));
  const left = Object.keys(fields).filter((place) => !places.has(place));
  if (missing.length + left.length > 0)
    throw new Error(`fields without words: ${missing.join(', ')}; words without a field: ${left.join(', ')}`);
  return described;
}

/** @param places - gets the place of every field. */
function describeBelow(
  schema: Schema,
  at: string,
  fields: Readonly<Record<string, FieldWords>>,
  places: Set<string>,
): Schema {
  const below = (child: unknown, place: string) => describeBelow(child as Schema, place, fields, places);
  const { properties, items, anyOf } = schema as {
    properties?: Readonly<Record<string, Schema>>;
    items?: Schema;
    anyOf?: readonly Schema[];
  };
  const named = Object.entries(properties ?? {}).map(([name, child]) => {
    const place = at === '' ? name : `${at}.${name}`;
    places.add(place);
    const { description, ...words } = fields[place] ?? { description: '' };
    return [name, { description, ...below(child, place), ...words }];
  });
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(named) }),
    ...(items === undefined ? {} : { items: below(items, `${at}[]`) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map((one) => below(one, at)) }),
  };
}
