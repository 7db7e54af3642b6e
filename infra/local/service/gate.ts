import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, AwsError, type AwsService, type Input, type Permission } from './aws-service.ts';
import type { Call } from './calls.ts';
import type { Clock } from './clock.ts';
import { conflicted, type Fault, throttled } from './faults.ts';
import { type Listener, listen, readBody } from './listener.ts';

/** Who makes a call, as its access key tells. */
export interface Caller {
  /** Name of the function; undefined for callers that are none. */
  readonly function: string | undefined;
  readonly role: string | undefined;
  /** The request that the caller is busy with. */
  requestId(): string | undefined;
  /** Ends the instance that calls, at once. */
  kill(): Promise<void>;
}

/** What stands between callers and a service. */
export interface Boundary {
  readonly clock: Clock;
  /** @throws AwsError for an access key that nobody has. */
  caller(accessKeyId: string | undefined): Caller | undefined;
  /** @throws AwsError where a permission is missing. */
  authorize(caller: Caller | undefined, permissions: readonly Permission[]): Promise<void>;
  strike(where: Pick<Call, 'service' | 'action' | 'function'>): readonly Fault[];
  record(call: Call): void;
}

/** Larger than any request that either service takes (DynamoDB: 16 MB). */
const BODY_LIMIT = 20 * 1024 * 1024;

/** Serves an AWS service to functions: identifies, authorizes, counts, injects faults, performs. */
export async function startGate(
  service: AwsService,
  boundary: Boundary,
): Promise<Listener & { url: string }> {
  const listener = await listen((request, response) => serve(service, boundary, request, response));
  return { ...listener, url: `http://127.0.0.1:${listener.port}` };
}

/** A call on its way through the gate. */
interface Passage {
  readonly action: string;
  readonly input: Input;
  readonly body: Buffer;
  readonly caller: Caller | undefined;
}

/** How a call ends: an answer that arrives, or a broken connection. */
interface End {
  readonly answer: Answer | undefined;
  readonly outcome: string;
  readonly decision: Call['decision'];
}

async function serve(
  service: AwsService,
  boundary: Boundary,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = (await readBody(request, BODY_LIMIT)) ?? Buffer.alloc(0);
  const action = actionOf(service, request);
  const input = parse(body);
  let caller: Caller | undefined;
  let permissions: readonly Permission[] = [];
  let end: End;
  try {
    caller = boundary.caller(accessKeyOf(request));
    permissions = service.permissions(action, input);
    await boundary.authorize(caller, permissions);
    end = await pass(service, boundary, { action, input, body, caller });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const denied = /AccessDenied|UnrecognizedClient/.test(error.code);
    end = { answer: error.answer(), outcome: plain(error.code), decision: denied ? 'denied' : 'allowed' };
  }
  boundary.record({
    service: service.name,
    action,
    function: caller?.function,
    role: caller?.role,
    requestId: caller?.requestId(),
    resources: permissions.map((permission) => permission.resource),
    decision: end.decision,
    outcome: end.outcome,
  });
  if (end.answer === undefined) response.destroy();
  else send(service, boundary.clock, response, end.answer);
}

async function pass(service: AwsService, boundary: Boundary, passage: Passage): Promise<End> {
  const { action, input, body, caller } = passage;
  const faults = boundary.strike({ service: service.name, action, function: caller?.function });
  const strikes = (effect: Fault['does']) => faults.some((fault) => fault.does === effect);
  const broken = (outcome: string): End => ({ answer: undefined, outcome, decision: 'allowed' });

  for (const fault of faults) if (fault.does === 'delay') await wait(fault.milliseconds ?? 100);
  if (strikes('kill-before')) {
    await caller?.kill();
    return broken('killed-before');
  }
  if (strikes('drop')) return broken('dropped');
  if (strikes('throttle')) throw throttled(service.name);
  if (strikes('conflict'))
    throw conflicted(action, (input['TransactItems'] as unknown[] | undefined)?.length ?? 1);
  const answer = await service.perform({ action, input, body });
  if (strikes('kill-after')) {
    await caller?.kill();
    return broken('killed-after');
  }
  if (strikes('lose')) return broken('lost');
  return { answer, outcome: outcomeOf(answer), decision: 'allowed' };
}

function outcomeOf(answer: Answer): string {
  if (answer.status < 400) return 'ok';
  return plain(String(parse(Buffer.from(answer.body))['__type'] ?? answer.status));
}

/** `com.amazonaws.dynamodb.v20120810#X` is X. */
function plain(code: string): string {
  return code.slice(code.lastIndexOf('#') + 1);
}

function actionOf(service: AwsService, request: IncomingMessage): string {
  const [target, action = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  return target === service.target ? action : '';
}

/** The access key of a SigV4 header. Its signature is not verified: only this machine reaches the gate. */
function accessKeyOf(request: IncomingMessage): string | undefined {
  return /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '')?.[1];
}

function parse(body: Buffer): Input {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Input) : {};
  } catch {
    return {};
  }
}

function send(service: AwsService, clock: Clock, response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, {
    'content-type': service.contentType,
    'x-amzn-requestid': randomUUID(),
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
    // The SDK signs by the server's clock, so a shifted clock must show here too.
    date: new Date(clock.now()).toUTCString(),
  });
  response.end(answer.body);
}
