import * as z from 'zod/mini';
import { HEADER_NAME_FORM } from '../../../domain/header-name.ts';
import { describeFormat, type Format } from '../../../schema/format.ts';
import { freeText } from '../../../schema/free-text.ts';
import { withoutLogin } from './login.ts';

/*
 * The kinds of fields of a deployment: the type, the rule of free text, and what is kept of the value when the deployment
 * is recorded. Every field is of one of them and may be left out. What a field may say is checked by the rules, all at
 * once and each with its reason: so a field with a list of values is a text here.
 */

/** What is kept of a value; undefined: nothing. */
type Treatment = (value: unknown) => unknown;

const RECORDED = z.registry<{ readonly treatment: Treatment }>();

/** @param keep - @default the value */
function recorded<Schema extends z.ZodMiniType>(
  schema: Schema,
  keep: (value: z.infer<Schema>) => unknown = (value) => value,
): Schema {
  RECORDED.add(schema, { treatment: (value) => keep(value as z.infer<Schema>) });
  return schema;
}

/** What is kept of the value of a field; nothing where the field is of none of the kinds below. */
export function treatmentOf(field: z.core.$ZodType): Treatment {
  return RECORDED.get(field)?.treatment ?? (() => undefined);
}

/** Recorded as it is, like every kind that says nothing else. */
export const word = recorded(freeText());
export const text = z.optional(word);
export const lines = recorded(freeText({ lineBreaks: true }));
export const texts = z.optional(z.array(word));
export const flag = z.optional(recorded(z.boolean()));
export const number = z.optional(recorded(z.int().check(z.nonnegative())));

/** An address: recorded without its login. */
const address = recorded(freeText(), withoutLogin);
export const url = z.optional(address);
export const urls = z.optional(z.array(address));

/** Not recorded: the kit has its own placeholder and note for it. */
export const secret = z.optional(recorded(freeText(), () => undefined));

/** The name of an HTTP header. */
export const HEADER_NAME: Format = {
  id: 'HeaderName',
  rule: 'the name of an HTTP header: letters, digits and "-"; RFC 9110 allows more, but no space, ":" or "="',
  pattern: HEADER_NAME_FORM,
};

const headerName = freeText().check(describeFormat(HEADER_NAME));

/** Who gets the headers: names the placeholders of their values. */
export type HeaderKind = 'HEADER' | 'PROXY_HEADER';

/** Stands for the value of a header that is not recorded. */
export function headerPlaceholder(kind: HeaderKind, name: string): string {
  return `{{${kind}_${name}}}`;
}

/** HTTP headers by name: recorded without their values, any of which may be a credential. */
export function headers(kind: HeaderKind) {
  const schema = z.record(headerName, freeText());
  return z.optional(
    recorded(schema, (values) =>
      Object.fromEntries(Object.keys(values).map((name) => [name, headerPlaceholder(kind, name)])),
    ),
  );
}

/** A value of several forms, none of them secret: recorded as it is. */
export function choice<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.optional(recorded(schema));
}
