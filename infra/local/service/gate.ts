import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import {
  type Answer,
  AwsError,
  type AwsService,
  type Input,
  type Permission,
  type Protocol,
} from './aws-service.ts';
import type { Call } from './calls.ts';
import type { Clock } from './clock.ts';
import { type Listener, listen } from './listener.ts';

/** Who makes a call, found by the access key. */
export interface Caller {
  /** Name of the function; undefined for other callers. */
  readonly function: string | undefined;
  readonly role: string | undefined;
  /** ARN of the principal. */
  readonly arn: string;
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
  record(call: Call): void;
  readonly intercept?: Intercept | undefined;
}

/** A call of which the caller has all permissions, before it has any effect. */
export interface AllowedCall extends Pick<Call, 'service' | 'action' | 'function'> {
  readonly input: Input;
  /** Ends the instance that calls, at once. */
  kill(): Promise<void>;
}

/**
 * Stands between the gate and the service, for tests: may refuse a call, or end its connection.
 *
 * @returns the answer, or what happened instead: the caller then gets a broken connection.
 * @throws AwsError to refuse the call.
 */
export type Intercept = (call: AllowedCall, perform: () => Promise<Answer>) => Promise<Answer | string>;

/** Serves an AWS service to functions: identifies the caller, authorizes, performs and records each call. */
export async function startGate(
  service: AwsService,
  boundary: Boundary,
): Promise<Listener & { url: string }> {
  const listener = await listen((request, response) => serve(service, boundary, request, response));
  return { ...listener, url: `http://127.0.0.1:${listener.port}` };
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
  const { name, protocol } = service;
  const began = boundary.clock.now();
  const body = await buffer(request);
  const operation = protocol.read(request, body);
  const { action, input } = operation;
  const caller = boundary.caller(accessKeyOf(request));
  const id = randomUUID();
  const call = { service: name, action, function: caller?.function };
  const permissions: Permission[] = [];
  const {
    answer,
    outcome,
    decision = 'allowed',
  } = await endOf(protocol, async () => {
    permissions.push(...service.permissions(action, input));
    await boundary.authorize(caller, permissions);
    const { intercept = uninterrupted } = boundary;
    const kill = async () => caller?.kill();
    return intercept({ ...call, input, kill }, () => service.perform(operation));
  });
  boundary.record({
    ...call,
    id,
    began,
    at: boundary.clock.now(),
    principal: caller?.arn ?? '',
    role: caller?.role,
    requestId: caller?.requestId(),
    resources: permissions.map(({ resource }) => resource),
    decision,
    outcome,
  });
  if (answer === undefined) response.destroy();
  else send(boundary.clock, response, answer, id);
}

async function endOf(protocol: Protocol, call: () => Promise<Answer | string>): Promise<End> {
  try {
    const answer = await call();
    if (typeof answer === 'string') return { outcome: answer };
    return { answer, outcome: answer.status < 400 ? 'ok' : plain(protocol.codeOf(answer)) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const denied = /AccessDenied|UnrecognizedClient/.test(error.code);
    const answer = protocol.refuse(error);
    return { answer, outcome: plain(error.code), decision: denied ? 'denied' : 'allowed' };
  }
}

const uninterrupted: Intercept = (_, perform) => perform();

/** `com.amazonaws.dynamodb.v20120810#X` is X. */
function plain(code: string): string {
  return code.slice(code.lastIndexOf('#') + 1);
}

/** The access key of a SigV4 header. Its signature is not verified: only this machine reaches the gate. */
function accessKeyOf(request: IncomingMessage): string | undefined {
  return /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '')?.[1];
}

function send(clock: Clock, response: ServerResponse, answer: Answer, id: string): void {
  response.writeHead(answer.status, {
    'x-amzn-requestid': id,
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
    // The SDK signs by the server's clock, so a shifted clock must show here too.
    date: new Date(clock.now()).toUTCString(),
  });
  response.end(answer.body);
}
