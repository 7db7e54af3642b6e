import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  Effect,
  type IRole,
  Policy,
  PolicyDocument,
  PolicyStatement,
  Role,
  type RoleProps,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../shared/config/environment.ts';
import type { Bundles } from '../bundle.ts';
import { FUNCTIONS, type FunctionName, type FunctionRow } from '../functions.ts';
import { TABLE_PERMISSIONS } from '../permissions.ts';
import type { LedgerTable } from './ledger-table.ts';

/** What all functions share. */
export interface ServiceFunctionContext {
  readonly bundles: Bundles;
  readonly table: LedgerTable;
  /** Every variable; each function gets those that its row names. */
  readonly environment: Environment;
  readonly logRetentionDays: number;
}

export interface ServiceFunctionProps extends ServiceFunctionContext {
  readonly name: FunctionName;
  /** @default - a new role */
  readonly role?: IRole;
  /** @default - one that CloudFormation makes up */
  readonly functionName?: string;
  /** @default - no limit but the account's */
  readonly reservedConcurrency?: number | undefined;
}

/** The role of one function; a role that signs is made beside the keys, any other beside its function. */
function functionRole(scope: Construct, id: string, name: FunctionName, more: Partial<RoleProps> = {}): Role {
  return new Role(scope, id, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `fleetseal: function ${name}`,
    ...more,
  });
}

/**
 * A role that signs. Only the function with this name may sign with it: not another function that was given the role,
 * nor a caller who assumed it. Stays with the keys when the stack goes.
 *
 * Its Deny holds for a request without `lambda:SourceFunctionArn` too, since negated operators match an absent key (IAM
 * user guide, "IAM JSON policy elements: Condition operators"). Lambda sets that key for calls from a function's
 * execution environment, to the ARN without version; it has no effect in a key policy (Lambda developer guide, "Using
 * source function ARN to control function access behavior").
 *
 * The function is named, not referred to: it may be in a stack that depends on the role's.
 */
export function signingRole(scope: Construct, id: string, name: FunctionName, functionName: string): Role {
  const functionArn = Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: functionName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const onlyTheFunctionSigns = new PolicyStatement({
    sid: 'OnlyTheFunctionSigns',
    effect: Effect.DENY,
    actions: ['kms:Sign'],
    resources: ['*'],
    conditions: { ArnNotEquals: { 'lambda:SourceFunctionArn': functionArn } },
  });
  const role = functionRole(scope, id, name, {
    inlinePolicies: { OnlyTheFunctionSigns: new PolicyDocument({ statements: [onlyTheFunctionSigns] }) },
  });
  role.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  return role;
}

/** One row of the table of functions: the function, its log group, and a policy with exactly what it needs. */
export class ServiceFunction extends Construct {
  readonly fn: LambdaFunction;
  /** To be there before the function first runs. */
  readonly policy: Policy;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const row: FunctionRow = FUNCTIONS[props.name];
    const role = props.role ?? functionRole(this, 'Role', props.name);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          // Ends in `:*`, the streams of this group: Lambda names them.
          resources: [logGroup.logGroupArn],
        }),
        ...TABLE_PERMISSIONS[props.name].map((grant) => props.table.statement(grant)),
      ],
    });
    this.fn = new LambdaFunction(this, 'Function', {
      ...(props.functionName === undefined ? {} : { functionName: props.functionName }),
      description: row.description,
      code: Code.fromAsset(props.bundles.directory(props.name)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: row.memory,
      timeout: Duration.seconds(row.timeout),
      role: Role.fromRoleArn(this, 'FunctionRole', role.roleArn, { mutable: false }),
      environment: Object.fromEntries(
        row.variables.map((variable) => [variable, props.environment[variable]]),
      ),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    this.fn.node.addDependency(this.policy);
  }
}
