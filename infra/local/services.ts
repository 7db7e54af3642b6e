import { type EngineOptions, startDynamoEngine, startKmsEngine } from './engines.ts';
import { type Access, createAccess } from './iam/access.ts';
import type { Call } from './service/calls.ts';
import type { Clock } from './service/clock.ts';
import { type Intercept, startGate } from './service/gate.ts';
import type { Journal } from './service/journal.ts';
import type { Template } from './template/template.ts';

/** What must be stopped, last first. */
export type Closers = (() => Promise<void> | void)[];

/** URLs of the services. */
export interface Endpoints {
  readonly kms: string;
  readonly dynamodb: string;
}

/** For tests: what they observe and control. */
interface Watch {
  readonly clock: Clock;
  readonly calls: Journal<Call>;
  readonly intercept: Intercept | undefined;
}

/** KMS and DynamoDB, each behind its gate. */
export async function startServices(
  template: Template,
  engines: EngineOptions,
  { clock, calls, intercept }: Watch,
  log: (line: string) => void,
  closers: Closers,
): Promise<{ readonly access: Access; readonly endpoints: Endpoints }> {
  const dynamodb = await startDynamoEngine(template, engines);
  closers.push(dynamodb.stop);
  const kms = await startKmsEngine(template, engines);
  closers.push(kms.stop);
  const access = createAccess(template, log);
  const { caller, authorize } = access.identities;
  const boundary = { clock, caller, authorize, record: calls.add, intercept };
  const kmsGate = await startGate(kms.service, boundary);
  const dynamodbGate = await startGate(dynamodb.service, boundary);
  closers.push(kmsGate.close, dynamodbGate.close);
  return { access, endpoints: { kms: kmsGate.url, dynamodb: dynamodbGate.url } };
}
