import { CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import type { CfnRestApi, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ROUTES, type Route } from '../../shared/config/routes.ts';
import { STAGE } from './http-api.ts';

export interface ApiRolesProps {
  readonly api: RestApi;
  readonly authority: string;
}

/** Every admin route, as `METHOD /path`. */
type Call = `${Route['method']} ${string}`;

const KIT_OF_CERTIFICATE: Call = 'GET /certificates/{serial}/kit';
/** In a policy a wildcard also stands for slashes: who may read a certificate may read its kit, which holds no secret. */
const READ: readonly Call[] = ['GET /certificates', 'GET /certificates/{serial}', KIT_OF_CERTIFICATE];
const READ_TOKENS: readonly Call[] = ['GET /tokens', 'GET /tokens/{id}'];
const WRITE_TOKENS: readonly Call[] = ['POST /tokens', 'DELETE /tokens/{id}'];
/** Renders what a host needs; writes nothing. */
const RENDER_KITS: readonly Call[] = ['POST /kits'];

/** Who of an organization may call which admin routes: one managed policy for each role of `docs`. */
const API_ROLES: Readonly<Record<string, { readonly description: string; readonly calls: readonly Call[] }>> =
  {
    TokenIssuer: {
      description: 'Makes, lists and revokes bootstrap tokens, and renders kits.',
      calls: [...WRITE_TOKENS, ...READ_TOKENS, ...RENDER_KITS, KIT_OF_CERTIFICATE],
    },
    Revoker: { description: 'Finds certificates; their revocation comes with its routes.', calls: READ },
    Auditor: { description: 'Reads tokens and certificates.', calls: [...READ, ...READ_TOKENS] },
    CaAdmin: {
      description: 'Calls every admin route.',
      calls: [...READ, ...READ_TOKENS, ...WRITE_TOKENS, ...RENDER_KITS],
    },
  };

/** Managed policies to attach to the people and programs that call the admin routes. */
export class ApiRoles extends Construct {
  constructor(scope: Construct, id: string, { api, authority }: ApiRolesProps) {
    super(scope, id);
    for (const [role, { description, calls }] of Object.entries(API_ROLES)) {
      const policy = new ManagedPolicy(this, role, {
        description: `fleetseal ${authority}: ${description}`,
        statements: [
          new PolicyStatement({
            actions: ['execute-api:Invoke'],
            resources: calls.map((call) => invocation(api, call)),
          }),
        ],
      });
      new CfnOutput(Stack.of(this), `${role}Policy`, { value: policy.managedPolicyArn, description });
      for (const call of calls.filter((call) => call.includes('{')))
        Validations.of(policy).acknowledge({
          id: `AwsSolutions-IAM5[Resource::${finding(api, call)}]`,
          reason:
            'The wildcard stands for the id of a token or the serial number of a certificate in the path.',
        });
    }
  }
}

/** @throws Error where the API has no such admin route. */
function invocation(api: RestApi, call: Call): string {
  const routes: readonly Route[] = Object.values(ROUTES).flat();
  const route = routes.find(({ method, path, access }) => access === 'iam' && `${method} ${path}` === call);
  if (route === undefined) throw new Error(`${call} is no admin route of the API`);
  return api.arnForExecuteApi(route.method, wildcards(route.path), STAGE);
}

/** The resource of {@link invocation} as cdk-nag writes it: references as `<logical id>`. */
function finding(api: RestApi, call: Call): string {
  const id = Stack.of(api).getLogicalId(api.node.defaultChild as CfnRestApi);
  const [method, path = ''] = call.split(' ');
  return `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${id}>/${STAGE}/${method}${wildcards(path)}`;
}

function wildcards(path: string): string {
  return path.replaceAll(/\{\w+\}/g, '*');
}
