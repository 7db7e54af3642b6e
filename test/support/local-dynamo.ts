import { dynamodbService } from '../../infra/local/dynamodb/dynamodb.ts';
import { startDynoxide } from '../../infra/local/dynamodb/dynoxide.ts';
import type { AwsService } from '../../infra/local/service/aws-service.ts';
import type { CallLog } from '../../infra/local/service/calls.ts';
import { forwardTo } from '../../infra/local/service/forward.ts';
import { startGate } from '../../infra/local/service/gate.ts';
import type { Faults } from './faults.ts';
import { openBoundary } from './open-boundary.ts';

/** A local DynamoDB that runs alone, for tests of what speaks to DynamoDB. */
export interface LocalDynamo {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  readonly calls: CallLog;
  readonly faults: Faults;
  stop(): Promise<void>;
}

/**
 * Starts a DynamoDB without tables; any credentials do and every operation of the engine is open.
 *
 * @param options.data file that keeps the tables. @default in memory
 * @param options.endpoint an engine that runs already. @default the embedded one
 */
export async function startDynamo(
  options: { readonly data?: string; readonly endpoint?: string } = {},
): Promise<LocalDynamo> {
  const engine =
    options.endpoint === undefined
      ? await startDynoxide(options.data)
      : { url: options.endpoint, stop: async () => {} };
  const forward = forwardTo({ url: engine.url, service: 'dynamodb', region: 'eu-central-1' });
  const boundary = openBoundary();
  const open: AwsService = {
    ...dynamodbService(forward, noTable),
    permissions: () => [],
    // No template names its streams.
    perform: ({ action, body }) => forward(action, body),
  };
  const gate = await startGate(open, boundary);
  return {
    url: gate.url,
    calls: boundary.calls,
    faults: boundary.faults,
    async stop() {
      await gate.close();
      await engine.stop();
    },
  };
}

function noTable(name: string): never {
  throw new Error(`no permissions are evaluated here, yet the table ${name} was looked up`);
}
