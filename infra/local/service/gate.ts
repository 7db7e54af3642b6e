import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Answer,
  AwsError,
  type AwsService,
  type Input,
  type Permission,
  PROTOCOLS,
} from './aws-service.ts';
import type { Call } from './calls.ts';
import type { Clock } from './clock.ts';
import { conflicted, type Fault, throttled } from './faults.ts';
import { type Listener, listen } from './listener.ts';

/** Who makes a call, found by the access key. */
export interface Caller {
  /** Name of the function; undefined for other callers. */
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
  /** @returns undefined for an access key that nobody has. */
  caller(accessKeyId: string | undefined): Caller | undefined;
  /** @throws AwsError where the caller is unknown or a permission is missing. */
  authorize(caller: Caller | undefined, permissions: readonly Permission[]): Promise<void>;
  strike(where: Pick<Call, 'service' | 'action' | 'function'>): readonly Fault[];
  record(call: Call): void;
}

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

/** How a call ends: with an answer that arrives, or with a broken connection. */
interface End {
  readonly answer?: Answer;
  readonly outcome: string;
  /** @default allowed */
  readonly decision?: Call['decision'];
}

async function serve(
  service: AwsService,
  boundary: Boundary,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(request);
  const passage = { action: actionOf(service, request), input: parse(body), body };
  const caller = boundary.caller(accessKeyOf(request));
  const permissions: Permission[] = [];
  const {
    answer,
    outcome,
    decision = 'allowed',
  } = await endOf(async () => {
    permissions.push(...service.permissions(passage.action, passage.input));
    await boundary.authorize(caller, permissions);
    return pass(service, boundary, { ...passage, caller });
  });
  boundary.record({
    service: service.name,
    action: passage.action,
    function: caller?.function,
    role: caller?.role,
    requestId: caller?.requestId(),
    resources: permissions.map(({ resource }) => resource),
    decision,
    outcome,
  });
  if (answer === undefined) response.destroy();
  else send(service, boundary.clock, response, answer);
}

async function endOf(call: () => Promise<End>): Promise<End> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const denied = /AccessDenied|UnrecognizedClient/.test(error.code);
    return { answer: error.answer(), outcome: plain(error.code), decision: denied ? 'denied' : 'allowed' };
  }
}

async function pass(service: AwsService, boundary: Boundary, passage: Passage): Promise<End> {
  const { action, input, body, caller } = passage;
  const faults = boundary.strike({ service: service.name, action, function: caller?.function });
  const strikes = (effect: Fault['does']) => faults.some((fault) => fault.does === effect);
  for (const fault of faults) if (fault.does === 'delay') await wait(fault.milliseconds ?? 100);
  if (strikes('kill-before')) {
    await caller?.kill();
    return { outcome: 'killed-before' };
  }
  if (strikes('drop')) return { outcome: 'dropped' };
  if (strikes('throttle')) throw throttled(service.name);
  if (strikes('conflict'))
    throw conflicted(action, (input['TransactItems'] as unknown[] | undefined)?.length ?? 1);
  const answer = await service.perform({ action, input, body });
  if (strikes('kill-after')) {
    await caller?.kill();
    return { outcome: 'killed-after' };
  }
  if (strikes('lose')) return { outcome: 'lost' };
  return { answer, outcome: outcomeOf(answer) };
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
  return target === PROTOCOLS[service.name].target ? action : '';
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
    'content-type': PROTOCOLS[service.name].contentType,
    'x-amzn-requestid': randomUUID(),
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
    // The SDK signs by the server's clock, so a shifted clock must show here too.
    date: new Date(clock.now()).toUTCString(),
  });
  response.end(answer.body);
}
