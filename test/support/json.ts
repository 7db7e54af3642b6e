/**
 * What is at a path of parsed JSON or YAML, for example `kit.files.0.path`; `*` stands for every item of a list, as in
 * `items.*.id`. Undefined where there is nothing.
 */
export function at(value: unknown, path: string): unknown {
  return step(value, path.split('.'));
}

/** The text at the path. @throws Error that names the path where there is something else. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  return typeof found === 'string' ? found : fail(path, 'text', value);
}

/** The number at the path. @throws Error that names the path where there is something else. */
export function numberAt(value: unknown, path: string): number {
  const found = at(value, path);
  return typeof found === 'number' ? found : fail(path, 'number', value);
}

/** The list at the path. @throws Error that names the path where there is something else. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : fail(path, 'list', value);
}

/** The list of texts at the path. @throws Error that names the path where there is something else. */
export function textsAt(value: unknown, path: string): readonly string[] {
  return listAt(value, path).map((_, index) => textAt(value, `${path}.${index}`));
}

/** The object at the path. @throws Error that names the path where there is something else. */
export function objectAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  const found = at(value, path);
  return isObject(found) && !Array.isArray(found) ? found : fail(path, 'object', value);
}

function step(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (name === '*') return Array.isArray(value) ? value.map((item) => step(item, rest)) : undefined;
  return isObject(value) && Object.hasOwn(value, name) ? step(value[name], rest) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function fail(path: string, kind: string, value: unknown): never {
  throw new Error(`no ${kind} at ${path} of ${JSON.stringify(value)}`);
}
