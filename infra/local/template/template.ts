import type { Assembly, Resource } from './assembly.ts';
import { inCreationOrder } from './dependencies.ts';
import type { Exports } from './exports.ts';
import { type References, resolveValue } from './intrinsics.ts';
import { physical } from './physical.ts';
import type { Physical, Place } from './place.ts';
import { replicasOf } from './replicas.ts';

/** A resource with its names, and with all intrinsic functions replaced by their values. */
export type Resolved = Resource & Physical;

/** The resources of all stacks, resolvable. */
export interface Template {
  readonly place: Place;
  readonly types: ReadonlySet<string>;
  /** Names of the stacks. */
  readonly stacks: ReadonlySet<string>;
  /** Resolved resources of a type, in the template's order. Attributes of custom resources must be known by then. */
  all(type: string): readonly Resolved[];
  /** Custom resources, unresolved, in the order in which they are created. */
  readonly custom: readonly Resource[];
  resolve(resource: Resource): Resolved;
  /** What the stacks export. What a custom resource will say is in it as the template has it. */
  exports(): Exports;
  /** Sets the names of a resource that is created elsewhere, for `Ref` and `Fn::GetAtt`. */
  answered(resource: Resource, answer: Physical): void;
  /** Directory of the file asset with this object key. */
  asset(objectKey: string): string;
}

export function createTemplate(assembly: Assembly, place: Place): Template {
  const { resources } = assembly;
  const custom = inCreationOrder(resources).filter(({ type }) => type.startsWith('Custom::'));
  const names = new Map<string, Physical>();
  for (const check of custom) {
    const replicas = replicasOf(check, place);
    if (replicas !== undefined) names.set(keyOf(check), replicas);
  }
  const others = new Map(
    resources.filter((one) => !custom.includes(one)).map((one) => [keyOf(one), one] as const),
  );
  // When first asked for, since a name may contain that of another resource.
  const nameOf = (key: string): Physical | undefined => {
    const resource = others.get(key);
    if (!names.has(key) && resource !== undefined)
      names.set(key, physical(withNames(resource, references), place));
    return names.get(key);
  };
  const references = referencesOf(assembly, nameOf, place);
  const resolve = (resource: Resource): Resolved => ({
    ...resource,
    ...(nameOf(keyOf(resource)) ?? { ref: '', attributes: {} }),
    properties: resolveValue(resource.properties, resource.stack, references) as Resource['properties'],
  });
  return {
    place,
    types: new Set(resources.map(({ type }) => type)),
    stacks: new Set(resources.map(({ stack }) => stack)),
    all: (type) => resources.filter((resource) => resource.type === type).map(resolve),
    custom,
    resolve,
    exports: () =>
      Object.fromEntries(
        [...assembly.exports].map(([name, { value, stack }]) => [name, textOf(value, stack, references)]),
      ),
    answered: (resource, answer) => void names.set(keyOf(resource), answer),
    asset: (objectKey) =>
      assembly.assets.get(objectKey) ?? fail(`the assembly does not contain the asset ${objectKey}`),
  };
}

function textOf(value: unknown, stack: string, references: References): string {
  try {
    return String(resolveValue(value, stack, references));
  } catch {
    return JSON.stringify(value);
  }
}

function keyOf({ stack, logicalId }: Pick<Resource, 'stack' | 'logicalId'>): string {
  return `${stack}/${logicalId}`;
}

/** The resource with the properties resolved that may be its name (`TableName`, `Name`, ...). */
function withNames(resource: Resource, references: References): Resource {
  const { properties, stack } = resource;
  const names = Object.entries(properties).filter(([name]) => name.endsWith('Name'));
  const resolved = names.map(([name, value]) => [name, resolveValue(value, stack, references)]);
  return { ...resource, properties: { ...properties, ...Object.fromEntries(resolved) } };
}

function referencesOf(
  assembly: Assembly,
  nameOf: (key: string) => Physical | undefined,
  place: Place,
): References {
  return {
    place,
    parameter: (stack, name) => assembly.parameters.get(`${stack}/${name}`),
    resource: (stack, logicalId) =>
      nameOf(keyOf({ stack, logicalId })) ??
      fail(`${stack}: a resource refers to ${logicalId}, which does not exist, or not yet`),
    exported: (name) => assembly.exports.get(name) ?? fail(`no stack exports ${name}`),
  };
}

function fail(message: string): never {
  throw new Error(message);
}
