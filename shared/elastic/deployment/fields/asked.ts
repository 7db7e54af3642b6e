import type * as z from 'zod/mini';

/** What a caller may send for the fields of a schema: every field may be left out, and nothing of it changes. */
export type Asked<Schema extends z.ZodMiniType> = Lasting<z.infer<Schema>>;

type Lasting<T> = T extends readonly (infer Item)[]
  ? readonly Lasting<Item>[]
  : T extends object
    ? { readonly [Field in keyof T]: Lasting<T[Field]> }
    : T;
