import type { FieldWords } from '../../../shared/elastic/deployment/fields/words.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The schema with the words of every field in it; they stand for those that the schema has itself.
 *
 * @param fields - by the place of the field: `.` below an object, `[]` an item that is an object
 * @throws Error naming every field without a description (what a reference names has its own), and all words without a
 * field.
 */
export function withWords(schema: Schema, fields: Readonly<Record<string, FieldWords>>): Schema {
  const places = new Map<string, boolean>();
  const described = describeBelow(schema, '', fields, places);
  const missing = [...places].filter(([, said]) => !said).map(([place]) => place);
  const left = Object.keys(fields).filter((place) => !places.has(place));
  if (missing.length + left.length > 0)
    throw new Error(`fields without words: ${missing.join(', ')}; words without a field: ${left.join(', ')}`);
  return described;
}

/** @param places - gets the place of every field, and whether it has a description. */
function describeBelow(
  schema: Schema,
  at: string,
  fields: Readonly<Record<string, FieldWords>>,
  places: Map<string, boolean>,
): Schema {
  const below = (child: unknown, place: string) => describeBelow(child as Schema, place, fields, places);
  const {
    properties,
    items,
    anyOf,
    required = [],
  } = schema as {
    properties?: Readonly<Record<string, Schema>>;
    items?: Schema;
    anyOf?: readonly Schema[];
    required?: readonly string[];
  };
  const placeOf = (name: string) => (at === '' ? name : `${at}.${name}`);
  const named = Object.entries(properties ?? {}).map(([name, child]) => {
    const place = placeOf(name);
    const isReference = '$ref' in child;
    places.set(place, isReference || 'description' in child || Object.hasOwn(fields, place));
    const { required: _, ...words } = fields[place] ?? {};
    const first = isReference && !Object.hasOwn(words, 'description') ? {} : { description: '' };
    return [name, { ...first, ...below(child, place), ...words }];
  });
  const needed = Object.keys(properties ?? {}).filter(
    (name) => required.includes(name) || fields[placeOf(name)]?.required,
  );
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(named) }),
    ...(needed.length === 0 ? {} : { required: needed }),
    ...(items === undefined ? {} : { items: below(items, `${at}[]`) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map((one) => below(one, at)) }),
  };
}
