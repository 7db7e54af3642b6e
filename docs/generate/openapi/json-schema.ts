import * as z from 'zod/mini';
import { freeTextForm } from '../../../shared/domain/free-text.ts';

export type Json = Record<string, unknown>;

/** Responses may get more fields, so their objects stay open; bounds that only say "safe integer" say nothing. */
export function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      if (io === 'output') delete jsonSchema.additionalProperties;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return rest;
}

/**
 * The same with what has an id said once: zod defines it within each schema that uses it.
 *
 * @param named gets the definitions.
 * @throws Error where schemas of different fields have one id, as `z.extend` makes them: one would stand for the other.
 */
export function withReferences(value: unknown, named: Map<string, Json>): unknown {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, named));
  if (typeof value !== 'object' || value === null) return value;
  const { $defs = {}, ...rest } = value as Json;
  for (const [id, { id: _, ...definition }] of Object.entries($defs as Record<string, Json>)) {
    const known = named.get(id);
    if (known !== undefined && fieldsOf(known) !== fieldsOf(definition)) {
      throw new Error(`two schemas are named ${id}: ${fieldsOf(known)}; ${fieldsOf(definition)}`);
    }
    named.set(id, withReferences(definition, named) as Json);
  }
  const entries = Object.entries(rest).map(([key, item]) => [
    key,
    key === '$ref' ? String(item).replace('#/$defs/', '#/components/schemas/') : withReferences(item, named),
  ]);
  return Object.fromEntries(entries);
}

function fieldsOf(definition: Json): string {
  return Object.keys((definition['properties'] ?? {}) as Json).join(', ');
}

/** The strings of a caller that have no form of their own, without and with line breaks. */
export const TEXTS = {
  Text: {
    description: 'No control or format characters, no "{{", no "${'.concat('".'),
    type: 'string',
    pattern: freeTextForm().source,
  },
  Lines: {
    description: 'The same, with line breaks.',
    type: 'string',
    pattern: freeTextForm({ lineBreaks: true }).source,
  },
} as const;

/** The same with free texts said once, see {@link TEXTS}. A list of values, or another type, says more. */
export function withTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTexts);
  if (typeof value !== 'object' || value === null) return value;
  const { pattern, ...rest } = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withTexts(item)]),
  );
  const [name] = Object.entries(TEXTS).find(([, text]) => text.pattern === pattern) ?? [];
  if (name === undefined) return pattern === undefined ? rest : { ...rest, pattern };
  if (Object.hasOwn(rest, 'enum') || rest['type'] !== 'string') return rest;
  const { type: _, ...others } = rest;
  return { ...others, $ref: `#/components/schemas/${name}` };
}
