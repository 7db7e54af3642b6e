import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Access } from '../iam/access.ts';
import { newCredentials, sessionPrincipal } from '../iam/principals.ts';
import type { Credentials } from '../service/credentials.ts';
import type { Resolved, Template } from '../template/template.ts';
import { asynchronousLimits } from './asynchronous.ts';
import {
  createFunction,
  type FunctionDefinition,
  type InstanceHandle,
  type LambdaHost,
  type LocalFunction,
} from './lambda.ts';

/** The functions of the template, by ARN. Each instance gets credentials of its function's role. */
export function createFunctions(
  template: Template,
  access: Access,
  host: Omit<LambdaHost, 'enroll' | 'dismiss' | 'log'> & {
    /** Gets what functions write, line by line, with the name of the function's log group. */
    log(line: string, logGroupName: string): void;
  },
): ReadonlyMap<string, LocalFunction> {
  const functions = functionsOf(template).map(({ logGroupName, ...definition }) =>
    createFunction(definition, {
      ...host,
      log: (line) => host.log(line, logGroupName),
      enroll: (instance) => enrollSession(access, definition, instance),
      dismiss: access.identities.remove,
    }),
  );
  return new Map(functions.map((local) => [local.arn, local]));
}

/** New credentials of the function's role. @param instance the instance that gets them. @default - a caller outside */
export function enrollSession(
  { identities, role }: Access,
  { name, arn, roleArn }: Pick<FunctionDefinition, 'name' | 'arn' | 'roleArn'>,
  instance: InstanceHandle = { requestId: () => undefined, kill: async () => {} },
): Credentials {
  const own = role(roleArn);
  const accountId = arn.split(':')[4] ?? '';
  const credentials = newCredentials('session');
  const principal = sessionPrincipal(accountId, own, name, arn);
  identities.add({
    credentials,
    principal,
    caller: { function: name, role: own.name, arn: principal.arn, ...instance },
  });
  return credentials;
}

/** Reads the functions of the template. */
function functionsOf(
  template: Template,
): readonly (FunctionDefinition & { readonly logGroupName: string })[] {
  const configs = template.all('AWS::Lambda::EventInvokeConfig').map(({ properties }) => properties);
  return template.all('AWS::Lambda::Function').map((resource) => {
    const { Role, Timeout, MemorySize, Environment, LoggingConfig, ReservedConcurrentExecutions } =
      resource.properties;
    const variables = (Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {};
    return {
      name: resource.ref,
      logGroupName: String((LoggingConfig as { LogGroup?: unknown } | undefined)?.LogGroup),
      arn: resource.attributes['Arn'] ?? '',
      logicalId: resource.logicalId,
      roleArn: String(Role),
      ...codeOf(resource, template),
      // Lambda's defaults (CloudFormation template reference, AWS::Lambda::Function).
      timeoutSeconds: Number(Timeout ?? 3),
      memoryMb: Number(MemorySize ?? 128),
      reserved: ReservedConcurrentExecutions === undefined ? undefined : Number(ReservedConcurrentExecutions),
      environment: {
        ...logEnvironment(LoggingConfig),
        ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
      },
      asynchronous: asynchronousLimits(configs.find(({ FunctionName }) => FunctionName === resource.ref)),
    };
  });
}

/** Loggers read the log format from the environment (Lambda developer guide, "Defined runtime environment variables"). */
function logEnvironment(config: unknown): Record<string, string> {
  const { LogFormat, ApplicationLogLevel } = (config ?? {}) as {
    LogFormat?: string;
    ApplicationLogLevel?: string;
  };
  if (LogFormat !== 'JSON') return {};
  return { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: ApplicationLogLevel ?? 'INFO' };
}

/** `Handler` is `<file>.<export>`; the file is an ES module. */
function codeOf(
  { logicalId, properties }: Resolved,
  template: Template,
): { module: string; handler: string } {
  const { S3Key } = (properties['Code'] ?? {}) as { S3Key?: unknown };
  if (typeof S3Key !== 'string')
    throw new Error(`${logicalId}: the local cloud runs functions from file assets only`);
  const [file = '', handler = ''] = String(properties['Handler']).split('.');
  const directory = template.asset(S3Key);
  const path = ['.mjs', '.js'].map((extension) => join(directory, file + extension)).find(existsSync);
  if (path === undefined) throw new Error(`${logicalId}: ${file}.mjs is missing in ${directory}`);
  return { module: pathToFileURL(path).href, handler };
}
