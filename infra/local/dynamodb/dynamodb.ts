import type { AwsService } from '../service/aws-service.ts';
import type { CallLog } from '../service/calls.ts';
import type { Faults } from '../service/faults.ts';
import { type Forward, forwardTo } from '../service/forward.ts';
import { startGate } from '../service/gate.ts';
import { openBoundary } from '../service/open-boundary.ts';
import { startDynoxide } from './dynoxide.ts';
import { dynamodbPermissions, type FindTable } from './permissions.ts';

/** DynamoDB behind the gate: the bytes go to an engine and come back as they are. */
export function dynamodbService(forward: Forward, find: FindTable): AwsService {
  return {
    name: 'dynamodb',
    target: 'DynamoDB_20120810',
    contentType: 'application/x-amz-json-1.0',
    permissions: (action, input) => dynamodbPermissions(action, input, find),
    perform: ({ action, body }) => forward(action, body),
  };
}

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
  const open: AwsService = { ...dynamodbService(forward, noTable), permissions: () => [] };
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
