/**
 * Every field of a type as text, with its type: `agent.tags[]: string`. Optional and readonly do not count; a union
 * gives the fields of all its members.
 */
type Fields<T, Path extends string = ''> = T extends undefined
  ? never
  : T extends string
    ? string extends T
      ? `${Path}: string`
      : `${Path}: "${T}"`
    : T extends number
      ? `${Path}: number`
      : T extends boolean
        ? `${Path}: boolean`
        : T extends null
          ? `${Path}: null`
          : T extends readonly (infer Item)[]
            ? Fields<Item, `${Path}[]`>
            : T extends object
              ? { [Key in keyof T & string]-?: Fields<T[Key], `${Path}.${Key}`> }[keyof T & string]
              : `${Path}: unknown`;

/** The fields that only one of two types has; `never` where they agree. */
export type Drift<A, B> =
  | `${Exclude<Fields<A>, Fields<B>>} (first only)`
  | `${Exclude<Fields<B>, Fields<A>>} (second only)`;

/** Compiles only where nothing drifts: `agree<Drift<A, B>>()`; the compiler's message names the fields. */
export function agree<_Nothing extends never>(): void {}
