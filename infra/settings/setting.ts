import * as z from 'zod/mini';

/** Describes a setting for the table in docs/settings.md. */
export function about<Schema extends z.ZodMiniType>(description: string, schema: Schema): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}

/** A whole number from `min` to `max`. */
export function whole(min: number, max: number, reason = '') {
  const rule = `must be a whole number from ${min} to ${max}${reason}`;
  return z.int(rule).check(z.gte(min, rule), z.lte(max, rule));
}

/** What {@link namesAt} reads of JSON Schema. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

/** The names that an object of settings may have at this place, in any of its alternatives; none where there is no object. */
export function namesAt(settings: z.ZodMiniType, path: readonly PropertyKey[]): readonly string[] {
  return namesIn(z.toJSONSchema(settings, { io: 'input' }) as Schema, path);
}

function namesIn({ properties, items, oneOf = [] }: Schema, path: readonly PropertyKey[]): readonly string[] {
  const [first, ...rest] = path;
  const parts: Readonly<Record<string, Schema>> = Object.assign(
    {},
    properties,
    ...oneOf.map((one) => one.properties),
  );
  if (first === undefined) return Object.keys(parts);
  const part = typeof first === 'number' ? items : parts[String(first)];
  return part === undefined ? [] : namesIn(part, rest);
}
