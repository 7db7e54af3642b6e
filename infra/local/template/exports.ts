import type { Resource } from './assembly.ts';

/** The exports of a template: by their names, what they hold, as text. */
export type Exports = Readonly<Record<string, string>>;

/**
 * The reasons for which CloudFormation does not update the stack with exports that other stacks import. It is deployed first, so it is
 * what those were deployed with that counts: an export that they import can neither go nor change (CloudFormation user
 * guide, "Get exported outputs from a deployed CloudFormation stack").
 *
 * @param deployed all resources; those of stacks that are no longer in the template are deleted first.
 */
export function exportProblems(
  deployed: { readonly resources: readonly Resource[]; readonly exports: Exports },
  template: { readonly resources: readonly Resource[]; readonly exports: Exports },
): readonly string[] {
  const stacks = new Set(template.resources.map(({ stack }) => stack));
  const imports = new Map(
    deployed.resources
      .filter(({ stack }) => stacks.has(stack))
      .flatMap(({ stack, properties }) => importedBy(properties).map((name) => [name, stack] as const)),
  );
  return [...imports].flatMap(([name, stack]) => {
    const [before, after] = [deployed.exports[name], template.exports[name]];
    if (after === undefined) return [`Export ${name} cannot be deleted as it is in use by ${stack}`];
    return before === undefined || before === after
      ? []
      : [`Cannot update export ${name} as it is in use by ${stack}`];
  });
}

/** Names of the exports in the properties of a resource. */
function importedBy(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, argument]) =>
    name === 'Fn::ImportValue' ? [String(argument)] : importedBy(argument),
  );
}
