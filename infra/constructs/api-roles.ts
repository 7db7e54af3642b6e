import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ROUTES, type Route } from '../../shared/config/routes.ts';
import { PROFILE_NAMES, PROFILES, type ProfileName } from '../../shared/domain/profile.ts';
import type { ApiEndpoint } from './api-endpoint.ts';
import { STAGE } from './api-policy.ts';
import { findingArn } from './finding-arn.ts';

export interface ApiRolesProps {
  readonly endpoint: ApiEndpoint;
  readonly authority: string;
}

/** An admin route, as `METHOD /path`; a parameter of the path may have a value. */
type Call = `${Route['method']} ${string}`;

const KIT_OF_CERTIFICATE: Call = 'GET /certificates/{serial}/kit';
/** A wildcard in a policy also matches slashes: to read a certificate includes its kit, which contains no secret. */
const READ: readonly Call[] = ['GET /certificates', 'GET /certificates/{serial}', KIT_OF_CERTIFICATE];
const READ_REVOCATION: readonly Call[] = ['GET /certificates/{serial}/history', 'GET /blocks'];
const REVOKE: readonly Call[] = [
  'POST /certificates/{serial}/revoke',
  'POST /certificates/revoke',
  'POST /names/{profile}/{name}/revoke',
  'POST /tokens/{id}/revoke',
];
const BLOCK: readonly Call[] = [
  'PUT /blocks/{profile}/{name}',
  'DELETE /blocks/{profile}/{name}',
  'POST /blocks/keys',
];
const READ_ROOTS: Call = 'GET /roots';
const CHANGE_ROOTS: readonly Call[] = [
  'POST /roots',
  'DELETE /roots/{id}',
  'POST /roots/{id}/certify',
  'POST /roots/{id}/acknowledge',
  'POST /roots/{id}/activate',
  'POST /roots/{id}/retire',
];
const READ_ISSUERS: Call = 'GET /issuers';
/** For the CA admin only: the life of the CA itself. */
const CHANGE_ISSUERS: readonly Call[] = [
  'POST /issuers',
  'PUT /issuers/{id}/certificate',
  'POST /issuers/{id}/activate',
  'POST /issuers/{id}/drain',
  'POST /issuers/{id}/retire',
  'POST /issuers/{id}/compromise',
];
const READ_REPLACEMENTS: Call = 'GET /replacements';
const CHANGE_REPLACEMENTS: readonly Call[] = ['POST /replacements', 'DELETE /replacements/{id}'];
const READ_TOKENS: readonly Call[] = ['GET /tokens', 'GET /tokens/{id}'];
const REVOKE_TOKENS: Call = 'DELETE /tokens/{id}';
const MAKE_TOKENS: readonly Call[] = ['POST /tokens', 'POST /profiles/{profile}/tokens'];
/** Renders what a host needs; may record the deployment of a certificate, which is one of any profile. */
const RENDER_KITS: Call = 'POST /kits';

/** The calls that make tokens of these profiles only: a policy can limit the path of a request, not its body. */
function issuing(profiles: readonly ProfileName[]): readonly Call[] {
  const make = profiles.map((profile): Call => `POST /profiles/${profile}/tokens`);
  return [...make, ...READ_TOKENS, REVOKE_TOKENS, RENDER_KITS, KIT_OF_CERTIFICATE];
}

/** Whether a server may present certificates of the profile. */
const isServer = (profile: ProfileName) => PROFILES[profile].extendedKeyUsage.includes('serverAuth');

/** The admin routes that each role of docs/operations.md may call: one managed policy for each. */
const API_ROLES = {
  TokenIssuer: {
    description: 'Makes bootstrap tokens for clients; lists and revokes tokens, and renders kits.',
    calls: issuing(PROFILE_NAMES.filter((profile) => !isServer(profile))),
  },
  ServerTokens: {
    description: 'Makes bootstrap tokens for servers; lists and revokes tokens, and renders kits.',
    calls: issuing(PROFILE_NAMES.filter(isServer)),
  },
  Revoker: {
    description: 'Revokes certificates and tokens, blocks names and keys, and reads all of these.',
    calls: [...READ, ...READ_TOKENS, ...READ_REVOCATION, ...REVOKE, ...BLOCK, REVOKE_TOKENS],
  },
  Auditor: {
    description: 'Reads tokens, certificates, their histories, blocks, issuers, and roots.',
    calls: [...READ, ...READ_TOKENS, ...READ_REVOCATION, READ_ISSUERS, READ_ROOTS, READ_REPLACEMENTS],
  },
  CaAdmin: {
    description: 'Calls every admin route.',
    calls: [
      ...READ,
      ...READ_TOKENS,
      ...READ_REVOCATION,
      ...MAKE_TOKENS,
      ...REVOKE,
      ...BLOCK,
      REVOKE_TOKENS,
      RENDER_KITS,
      READ_ROOTS,
      ...CHANGE_ROOTS,
      READ_ISSUERS,
      ...CHANGE_ISSUERS,
      READ_REPLACEMENTS,
      ...CHANGE_REPLACEMENTS,
    ],
  },
} as const satisfies Readonly<
  Record<string, { readonly description: string; readonly calls: readonly Call[] }>
>;

/** The name of a role of operators. */
export type ApiRole = keyof typeof API_ROLES;

/**
 * Managed policies to attach to the people and programs that call the admin routes. They are retained, because IAM does
 * not delete a policy that is attached.
 *
 * Their names contain the authority and the Region, since an account has one list of policies for all Regions. A name of
 * its own keeps the ARN, and permission sets of IAM Identity Center refer to policies by name. CloudFormation refuses to
 * replace a resource with such a name, so an attached policy cannot be replaced by a new one that nobody has.
 */
export class ApiRoles extends Construct {
  private readonly endpoint: ApiEndpoint;

  constructor(scope: Construct, id: string, { endpoint, authority }: ApiRolesProps) {
    super(scope, id);
    this.endpoint = endpoint;
    for (const [role, { description, calls }] of Object.entries(API_ROLES)) {
      const policy = new ManagedPolicy(this, role, {
        managedPolicyName: `fleetseal-${authority}-${Stack.of(this).region}-${role}`,
        // IAM cannot change a description, so this one contains nothing that may change.
        description: `fleetseal ${authority}: ${role}`,
        statements: [
          new PolicyStatement({
            actions: ['execute-api:Invoke'],
            resources: calls.map((call) => invocation(endpoint, call)),
          }),
        ],
      });
      policy.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
      new CfnOutput(Stack.of(this), `${role}Policy`, { value: policy.managedPolicyArn, description });
      for (const call of calls.filter((call) => call.includes('{')))
        Validations.of(policy).acknowledge({
          id: `AwsSolutions-IAM5[Resource::${finding(endpoint, call)}]`,
          reason:
            'A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
        });
    }
  }

  /** Allows a principal the calls of a role. */
  grant(grantee: IGrantable, role: ApiRole): Grant {
    const resourceArns = API_ROLES[role].calls.map((call) => invocation(this.endpoint, call));
    return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns });
  }
}

/** @throws Error where the API has no such admin route. */
function invocation(endpoint: ApiEndpoint, call: Call): string {
  const [, method = '', path = ''] = /^(\S+) (\S+)$/.exec(call) ?? [];
  const routes: readonly Route[] = Object.values(ROUTES).flat();
  if (!routes.some((route) => route.access === 'iam' && route.method === method && leadsTo(path, route.path)))
    throw new Error(`${call} is not an admin route of the API`);
  return endpoint.arnForCall(method, wildcards(path));
}

/** Whether the path is that of the route, with values for some of its parameters. */
function leadsTo(path: string, route: string): boolean {
  const [given, template] = [path.split('/'), route.split('/')];
  return (
    given.length === template.length &&
    template.every((part, index) => part === given[index] || part.startsWith('{'))
  );
}

/** The resource of {@link invocation} as cdk-nag writes it: references as `<logical id>`. */
function finding(endpoint: ApiEndpoint, call: Call): string {
  const [method, path = ''] = call.split(' ');
  return findingArn(endpoint, 'execute-api', `<${endpoint.logicalId}>/${STAGE}/${method}${wildcards(path)}`);
}

function wildcards(path: string): string {
  return path.replaceAll(/\{\w+\}/g, '*');
}
