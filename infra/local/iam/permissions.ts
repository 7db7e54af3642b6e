import type { Resolved, Template } from '../template/template.ts';
import type { Role } from './principals.ts';

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

/** Everything that roles are allowed, by their own policies and by those of the keys: one entry per action and resource. */
export function grantedPermissions(
  roles: readonly Role[],
  keys: readonly Resolved[],
): readonly GrantedPermission[] {
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

/** Asks the functions' own policies: may this service invoke that function on behalf of this resource? */
export type MayInvoke = (service: string, functionArn: string, sourceArn: string) => boolean;

/** Reads the functions' resource policies (CloudFormation template reference, AWS::Lambda::Permission). */
export function functionPolicies(template: Template): MayInvoke {
  const grants = template.all('AWS::Lambda::Permission').map(({ properties }) => properties);
  return (service, functionArn, sourceArn) =>
    grants.some(
      ({ Action, FunctionName, Principal, SourceArn }) =>
        Action === 'lambda:InvokeFunction' &&
        Principal === service &&
        (FunctionName === functionArn || functionArn.endsWith(`:function:${String(FunctionName)}`)) &&
        (SourceArn === undefined || matchesGlob(String(SourceArn), sourceArn)),
    );
}

/** Whether `text` has the form of an IAM pattern: `*` is any text, also with slashes, `?` one character. */
function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
