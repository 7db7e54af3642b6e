import { rolesOf } from '../../infra/local/iam/principals.ts';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import type { Place } from '../../infra/local/template/place.ts';
import { createTemplate } from '../../infra/local/template/template.ts';

/** One permission that the template gives a role. */
export interface GrantedPermission {
  readonly role: string;
  /** Name of the policy that grants it. */
  readonly policy: string;
  /** May hold wildcards, as the resource may. */
  readonly action: string;
  readonly resource: string;
  /** The statement's condition, resolved. */
  readonly condition: unknown;
}

interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: { readonly AWS?: string | readonly string[] } | string;
  readonly Condition?: unknown;
}

/**
 * Everything that roles are allowed, by their own policies and by those of the keys: one entry per action and resource.
 *
 * @param assembly directory of the assembly.
 * @param place the account and Region of the local cloud that runs it.
 */
export function grantedPermissions(assembly: string, place: Place): readonly GrantedPermission[] {
  const template = createTemplate(readAssembly(assembly), place);
  const [roles, keys] = [rolesOf(template), template.all('AWS::KMS::Key')];
  const own = roles.flatMap((role) =>
    role.policies.flatMap(({ name, policy }) =>
      allowing(policy).flatMap((statement) => spread(role.name, name, statement, list(statement.Resource))),
    ),
  );
  const byKeys = keys.flatMap((key) =>
    allowing(key.properties['KeyPolicy']).flatMap((statement) =>
      roles
        .filter((role) => principalsOf(statement).includes(role.arn))
        .flatMap((role) => spread(role.name, key.logicalId, statement, [key.attributes['Arn'] ?? ''])),
    ),
  );
  return [...own, ...byKeys];
}

function allowing(policy: unknown): readonly Statement[] {
  const { Statement = [] } = policy as { Statement?: readonly Statement[] };
  return Statement.filter(({ Effect }) => Effect === 'Allow');
}

function principalsOf({ Principal }: Statement): readonly string[] {
  return typeof Principal === 'object' ? list(Principal.AWS) : [];
}

function spread(
  role: string,
  policy: string,
  statement: Statement,
  resources: readonly string[],
): GrantedPermission[] {
  return list(statement.Action).flatMap((action) =>
    resources.map((resource) => ({ role, policy, action, resource, condition: statement.Condition })),
  );
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
