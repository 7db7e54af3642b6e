import { type Engine, type EngineOptions, startDynamoEngine, startKmsEngine } from './engines.ts';
import { type Access, createAccess } from './iam/access.ts';
import { type Boundary, startGate } from './service/gate.ts';
import type { Template } from './template/template.ts';

/** What must be stopped, last first. */
export type Closers = (() => Promise<void> | void)[];

/** URLs of the services. */
export interface Endpoints {
  readonly kms: string;
  readonly dynamodb: string;
}

/** KMS and DynamoDB, each behind its gate; `cleanUp` as of an engine, for both. */
export async function startServices(
  template: Template,
  engines: EngineOptions,
  watch: Pick<Boundary, 'clock' | 'record' | 'intercept'>,
  closers: Closers,
): Promise<Pick<Engine, 'cleanUp'> & { readonly access: Access; readonly endpoints: Endpoints }> {
  const dynamodb = await startDynamoEngine(template, engines);
  closers.push(dynamodb.stop);
  const kms = await startKmsEngine(template, engines);
  closers.push(kms.stop);
  const access = createAccess(template, engines.log);
  const boundary = { ...access.identities, ...watch };
  const kmsGate = await startGate(kms.service, boundary);
  const dynamodbGate = await startGate(dynamodb.service, boundary);
  closers.push(kmsGate.close, dynamodbGate.close);
  const cleanUp = async () => {
    await dynamodb.cleanUp();
    await kms.cleanUp();
  };
  return { access, endpoints: { kms: kmsGate.url, dynamodb: dynamodbGate.url }, cleanUp };
}
