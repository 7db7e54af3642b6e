/** `Shape` where every property that may be undefined is optional instead. */
export type WithoutUndefined<Shape> = {
  [Name in keyof Shape as undefined extends Shape[Name] ? never : Name]: Shape[Name];
} & {
  [Name in keyof Shape as undefined extends Shape[Name] ? Name : never]?: Exclude<Shape[Name], undefined>;
};

/**
 * A copy without the properties that are undefined, in the same order. For what tells absent from undefined: JSON Schema,
 * `exactOptionalPropertyTypes`, the attributes of a DynamoDB item, another object that is spread below. Nested objects
 * stay as they are.
 *
 * @example withoutUndefined({ limit: 50, cursor: undefined }) // { limit: 50 }
 */
export function withoutUndefined<Shape extends object>(shape: Shape): WithoutUndefined<Shape> {
  return Object.fromEntries(
    Object.entries(shape).filter(([, value]) => value !== undefined),
  ) as WithoutUndefined<Shape>;
}
