import type { Answer, AwsService } from './aws-service.ts';
import type { CallLog } from './calls.ts';
import { dynamodbPermissions, type FindTable } from './dynamodb-permissions.ts';
import { startDynoxide } from './dynoxide.ts';
import type { Faults } from './faults.ts';
import { startGate } from './gate.ts';
import { openBoundary } from './open-boundary.ts';

/** Sends a request to where the tables really are, and answers what comes back. */
export type Forward = (action: string, body: Buffer) => Promise<Answer>;

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

/** Forwards to an engine on this machine that takes any signature. */
export function forwardTo(url: string): Forward {
  return async (action, body) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${action}`,
        'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: new Uint8Array(body),
    });
    const headers = Object.fromEntries(
      ['x-amzn-requestid', 'x-amz-crc32'].flatMap((name) => {
        const value = response.headers.get(name);
        return value === null ? [] : [[name, value]];
      }),
    );
    return { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) };
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
  const boundary = openBoundary();
  const open: AwsService = { ...dynamodbService(forwardTo(engine.url), noTable), permissions: () => [] };
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
