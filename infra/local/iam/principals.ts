import { randomBytes } from 'node:crypto';
import type { Credentials } from '../service/credentials.ts';
import type { Resolved, Template } from '../template/template.ts';
import type { NamedPolicy, Principal } from './iam.ts';

/** A role of the template, with its policies. */
export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly logicalId: string;
  readonly policies: readonly NamedPolicy[];
}

/** The roles of the template, with their inline, attached and managed policies. */
export function rolesOf(template: Template): readonly Role[] {
  const policies = [...template.all('AWS::IAM::Policy'), ...template.all('AWS::IAM::ManagedPolicy')];
  return template.all('AWS::IAM::Role').map((role) => ({
    name: role.ref,
    arn: role.attributes['Arn'] ?? '',
    logicalId: role.logicalId,
    policies: [
      ...list(role.properties['Policies']).map(inline),
      ...policies.filter((policy) => isAttached(policy, role)).map(named),
    ],
  }));
}

/** The managed policies of the template, for IAM users. */
export function managedPoliciesOf(
  template: Template,
): readonly (NamedPolicy & { readonly logicalId: string })[] {
  return template
    .all('AWS::IAM::ManagedPolicy')
    .map((policy) => ({ ...named(policy), logicalId: policy.logicalId }));
}

/** An IAM user with these policies. */
export function userPrincipal(accountId: string, name: string, policies: readonly NamedPolicy[]): Principal {
  const arn = `arn:aws:iam::${accountId}:user/${name}`;
  return { arn, principalArn: arn, name, policies };
}

/**
 * A session of a role.
 *
 * @param functionArn the function whose execution environment has the session, since Lambda puts its ARN into the
 * credentials. @default - none: not a function
 */
export function sessionPrincipal(
  accountId: string,
  role: Role,
  session: string,
  functionArn?: string,
): Principal {
  return {
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${session}`,
    principalArn: role.arn,
    name: role.name,
    policies: role.policies,
    ...(functionArn === undefined ? {} : { context: { 'lambda:SourceFunctionArn': functionArn } }),
  };
}

/** New keys of a user (`AKIA`), or of a session (`ASIA`, with a token). IAM user guide, "Unique identifiers". */
export function newCredentials(kind: 'user' | 'session'): Credentials {
  const id = Array.from(randomBytes(16), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
  const secretAccessKey = randomBytes(30).toString('base64url');
  return kind === 'user'
    ? { accessKeyId: `AKIA${id}`, secretAccessKey }
    : { accessKeyId: `ASIA${id}`, secretAccessKey, sessionToken: randomBytes(48).toString('base64url') };
}

function named(policy: Resolved): NamedPolicy {
  const { ManagedPolicyName, PolicyName, PolicyDocument } = policy.properties;
  return { name: String(ManagedPolicyName ?? PolicyName ?? policy.logicalId), policy: PolicyDocument };
}

function inline(policy: unknown): NamedPolicy {
  const { PolicyName, PolicyDocument } = policy as { PolicyName: string; PolicyDocument: unknown };
  return { name: PolicyName, policy: PolicyDocument };
}

/** AWS managed policies are not in the template; only the Lambda runtime uses what they allow. */
function isAttached(policy: Resolved, role: Resolved): boolean {
  return (
    list(policy.properties['Roles']).includes(role.ref) ||
    list(role.properties['ManagedPolicyArns']).includes(policy.ref)
  );
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
