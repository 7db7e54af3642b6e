import type { Template } from '../template/template.ts';
import { functionPolicies, type MayInvoke } from './function-policies.ts';
import { createIam, type Iam } from './iam.ts';
import { createIdentities, type Identities } from './identities.ts';
import { type Role, rolesOf } from './principals.ts';

/** Everything that decides who may do what. */
export interface Access {
  readonly iam: Iam;
  readonly identities: Identities;
  readonly mayInvoke: MayInvoke;
  /** @throws Error where the template has no such role. */
  role(arn: string): Role;
}

/** @param log gets every refusal, with the condition keys of the request. */
export function createAccess(template: Template, log: (line: string) => void): Access {
  const roles = rolesOf(template);
  const iam = createIam(
    template.place.accountId,
    new Map([keyPolicies, bucketPolicies, queuePolicies, apiPolicies].flatMap((read) => read(template))),
  );
  return {
    iam,
    identities: createIdentities(iam, log),
    mayInvoke: functionPolicies(template),
    role(arn) {
      const found = roles.find((role) => role.arn === arn);
      if (found === undefined) throw new Error(`the template has no role ${arn}`);
      return found;
    },
  };
}

function keyPolicies(template: Template): readonly [string, unknown][] {
  return ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey']
    .flatMap((type) => template.all(type))
    .map(({ attributes, properties }) => [attributes['Arn'] ?? '', properties['KeyPolicy']]);
}

function bucketPolicies(template: Template): readonly [string, unknown][] {
  return template
    .all('AWS::S3::BucketPolicy')
    .map(({ properties }) => [`arn:aws:s3:::${String(properties['Bucket'])}`, properties['PolicyDocument']]);
}

function queuePolicies(template: Template): readonly [string, unknown][] {
  const queues = template.all('AWS::SQS::Queue');
  return template
    .all('AWS::SQS::QueuePolicy')
    .flatMap(({ properties: { Queues, PolicyDocument } }) =>
      queues
        .filter(({ ref }) => (Queues as readonly unknown[]).includes(ref))
        .map(({ attributes }): [string, unknown] => [attributes['Arn'] ?? '', PolicyDocument]),
    );
}

/** API Gateway writes the ARN of the API into the resources of its policy, `execute-api:/v1/GET/trust`. */
function apiPolicies(template: Template): readonly [string, unknown][] {
  const { region, accountId } = template.place;
  return template.all('AWS::ApiGateway::RestApi').flatMap(({ ref, properties: { Policy } }) => {
    const arn = `arn:aws:execute-api:${region}:${accountId}:${ref}`;
    if (Policy === undefined) return [];
    return [[arn, JSON.parse(JSON.stringify(Policy).replaceAll('"execute-api:/', `"${arn}/`))]];
  });
}
