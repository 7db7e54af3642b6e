import type { Resource } from './assembly.ts';

/**
 * Puts resources into the order in which CloudFormation creates them: each after what it depends on, by `DependsOn` or by
 * reference.
 *
 * @param all every resource, stacks in the order of their deployment.
 */
export function inCreationOrder(all: readonly Resource[]): readonly Resource[] {
  const byName = new Map(all.map((resource) => [`${resource.stack}/${resource.logicalId}`, resource]));
  const ordered = new Set<Resource>();
  const visiting = new Set<Resource>();
  const visit = (resource: Resource): void => {
    if (visiting.has(resource)) return;
    visiting.add(resource);
    for (const name of [...(resource.dependsOn ?? []), ...references(resource.properties)]) {
      const dependency = byName.get(`${resource.stack}/${name}`);
      if (dependency !== undefined) visit(dependency);
    }
    ordered.add(resource);
  };
  for (const resource of all) visit(resource);
  return [...ordered];
}

/** Logical ids that a value refers to. Names of parameters and pseudo parameters among them are of no resource. */
function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, argument]) => {
    if (name === 'Ref') return [String(argument)];
    if (name === 'Fn::GetAtt')
      return [Array.isArray(argument) ? argument[0] : String(argument).split('.')[0]];
    const [text] = name === 'Fn::Sub' ? [argument].flat() : [];
    const named =
      typeof text === 'string' ? [...text.matchAll(/\$\{(\w+)[^}]*\}/g)].map(([, id = '']) => id) : [];
    return [...named, ...references(argument)];
  });
}
