import { readFileSync } from 'node:fs';
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  DynamoDBClient,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { KMSClient, SignCommand, type SignCommandInput } from '@aws-sdk/client-kms';
import type { RecordedCall } from './replay.ts';

/*
 * Enrolls hosts by the bundled handler, as Lambda does, one after the other, in turns with the same four calls by clients
 * of the SDK as they come. Prints the CPU that both took: `enrollment.ts` runs it in a process of its own, so that nothing
 * else counts.
 */

/** What to do; the path of a file with it, as JSON, is the argument. */
export interface EnrollmentPlan {
  /** Path of the bundle. */
  readonly handler: string;
  readonly token: string;
  /** Of `POST /v1/enroll`, one for each enrollment. */
  readonly bodies: readonly string[];
  /** Rounds that do not count. */
  readonly warmUp: number;
  readonly perRound: number;
  /** URL where responses are repeated. */
  readonly repeating: string;
}

/** Milliseconds of CPU (user and system), one figure for each round. */
export interface EnrollmentSpent {
  readonly enrollment: readonly number[];
  readonly calls: readonly number[];
}

const plan: EnrollmentPlan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const print = process.stdout.write.bind(process.stdout);
// The log counts as work, and not its way to a terminal.
process.stdout.write = () => true;
const enrollment: number[] = [];
const calls: number[] = [];
const { handler } = await import(plan.handler);
const rounds = plan.bodies.length / plan.perRound;
let callAll: (() => Promise<void>) | undefined;
for (let round = 0; round < rounds; round++) {
  const bodies = plan.bodies.slice(round * plan.perRound, (round + 1) * plan.perRound);
  const whole = await cpuOf(bodies.map((body) => () => enroll(body)));
  callAll ??= plainCalls(await recordedCalls());
  const bare = await cpuOf(bodies.map(() => callAll ?? neverRecorded));
  if (round < plan.warmUp) continue;
  enrollment.push(whole);
  calls.push(bare);
}
print(JSON.stringify({ enrollment, calls } satisfies EnrollmentSpent));
// The clients keep their connections open.
process.exit(0);

/** Milliseconds of CPU for each of the works. */
async function cpuOf(works: readonly (() => Promise<void>)[]): Promise<number> {
  const before = process.threadCpuUsage();
  for (const work of works) await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000 / works.length;
}

async function enroll(body: string): Promise<void> {
  const event = {
    httpMethod: 'POST',
    path: '/v1/enroll',
    resource: '/v1/enroll',
    headers: { authorization: `Bearer ${plan.token}`, 'content-type': 'application/json' },
    body,
    isBase64Encoded: false,
    requestContext: {
      requestId: '7b1f6a3c-1111-4222-8333-444455556666',
      domainName: 'api.example.com',
      path: '/v1/enroll',
      identity: { sourceIp: '198.51.100.7' },
    },
  };
  const answer = await handler(event, { awsRequestId: 'bench', getRemainingTimeInMillis: () => 28_000 });
  if (answer.statusCode !== 201) throw new Error(`not enrolled: ${answer.statusCode} ${answer.body}`);
}

async function recordedCalls(): Promise<ReadonlyMap<string, unknown>> {
  const recorded = (await (await fetch(plan.repeating)).json()) as readonly RecordedCall[];
  return new Map(recorded.map(({ action, body }) => [action, JSON.parse(body, bytes)]));
}

/** What the SDK takes as bytes is base64 in the JSON of a request: attributes of type B, and what KMS signs. */
function bytes(key: string, value: unknown): unknown {
  return (key === 'B' || key === 'Message') && typeof value === 'string'
    ? Buffer.from(value, 'base64')
    : value;
}

function plainCalls(recorded: ReadonlyMap<string, unknown>): () => Promise<void> {
  const config = { endpoint: plan.repeating };
  const dynamo = new DynamoDBClient(config);
  const kms = new KMSClient(config);
  const input = <Input>(action: string) => recorded.get(action) as Input;
  return async () => {
    await dynamo.send(new BatchGetItemCommand(input<BatchGetItemCommandInput>('BatchGetItem')));
    await dynamo.send(
      new TransactWriteItemsCommand(input<TransactWriteItemsCommandInput>('TransactWriteItems')),
    );
    await kms.send(new SignCommand(input<SignCommandInput>('Sign')));
    await dynamo.send(new UpdateItemCommand(input<UpdateItemCommandInput>('UpdateItem')));
  };
}

function neverRecorded(): never {
  throw new Error('nothing was recorded');
}
