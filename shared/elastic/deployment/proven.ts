/**
 * A value that a deployment has if it breaks no rule.
 *
 * @param field - such as `outputs.type`
 * @throws RangeError where it is missing: then no rule refuses what it should
 */
export function proven<Value>(value: Value | undefined, field: string): Value {
  if (value === undefined) throw new RangeError(`no rule refused a deployment without a valid ${field}`);
  return value;
}
