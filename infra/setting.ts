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
