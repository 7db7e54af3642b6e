import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Iam } from '../iam/iam.ts';
import type { KnownIdentity } from '../iam/identities.ts';
import type { LocalFunction } from '../lambda/lambda.ts';
import type { Clock } from '../service/clock.ts';
import { type Listener, listen, readBody } from '../service/listener.ts';
import { verifySignature } from '../service/sigv4.ts';
import type { Place } from '../template/physical.ts';
import {
  functionAnswer,
  GATEWAY_ERRORS,
  type GatewayError,
  gatewayAnswer,
  type HttpAnswer,
} from './answers.ts';
import { type GatewayRequest, proxyEvent, type Signer } from './event.ts';
import { type Api, type ApiMethod, decode, type Match, matchPath } from './routes.ts';
import type { LocalTls } from './tls.ts';

/** What the gateway works with. */
export interface GatewayHost {
  readonly place: Place;
  readonly clock: Clock;
  readonly iam: Iam;
  /** Who has an access key. */
  find(accessKeyId: string): KnownIdentity | undefined;
  /** The function that an ARN names. */
  function(arn: string): LocalFunction | undefined;
  /** Whether the function's own policy lets the gateway invoke it for this request. */
  mayInvoke(functionArn: string, sourceArn: string): boolean;
}

/** API Gateway quotas: payload size 10 MB, integration timeout 29 s; Lambda takes 6 MB for a synchronous invocation. */
const LIMITS = { payload: 10 * 1024 * 1024, event: 6 * 1024 * 1024, seconds: 29 };

/**
 * Serves the REST API of the template over HTTPS on localhost, as API Gateway serves a Regional endpoint.
 *
 * @param ready what the gateway works with; requests wait for it, so that a port that is taken shows at once.
 */
export function startGateway(
  api: Api,
  ready: Promise<GatewayHost>,
  port: number,
  tls: LocalTls,
): Promise<Listener> {
  return listen(
    async (message, response) => {
      const host = await ready;
      const requestId = randomUUID();
      const answer = await handle(api, host, message, requestId).catch((problem: unknown) => {
        if (problem instanceof Refused) return gatewayAnswer(api, problem.error, requestId);
        throw problem;
      });
      send(response, answer, requestId, host.clock, message.method === 'HEAD');
    },
    port,
    tls,
  );
}

/** Ends a request with an answer of the gateway. */
class Refused extends Error {
  readonly error: GatewayError;

  constructor(error: GatewayError) {
    super(error.message);
    this.error = error;
  }
}

async function handle(
  api: Api,
  host: GatewayHost,
  message: IncomingMessage,
  requestId: string,
): Promise<HttpAnswer> {
  const body = await readBody(message, LIMITS.payload);
  if (body === undefined) throw new Refused(GATEWAY_ERRORS.tooLarge);
  const request = received(message, body, requestId, host.clock);
  const stagePath = `/${api.stage}`;
  if (request.path !== stagePath && !request.path.startsWith(`${stagePath}/`)) return forbidden();
  const match = matchPath(api.root, request.path.slice(stagePath.length));
  const method = match?.resource.methods.get(request.method) ?? match?.resource.methods.get('ANY');
  if (match === undefined || method === undefined) throw new Refused(GATEWAY_ERRORS.noRoute);
  const signer = method.authorization === 'NONE' ? undefined : await authorize(api, host, request);
  return integrate(api, host, request, match, method, signer);
}

/** No API has such a stage, so none could configure this answer. */
function forbidden(): HttpAnswer {
  const headers = { 'Content-Type': 'application/json', 'x-amzn-ErrorType': 'ForbiddenException' };
  return { status: 403, headers: Object.entries(headers), body: '{"message":"Forbidden"}' };
}

function received(message: IncomingMessage, body: Buffer, requestId: string, clock: Clock): GatewayRequest {
  const [path = '/', query = ''] = (message.url ?? '/').split(/\?(.*)/s);
  const sourceIp = message.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1';
  const headers: [string, string][] = [];
  for (let index = 0; index < message.rawHeaders.length; index += 2)
    headers.push([message.rawHeaders[index] ?? '', message.rawHeaders[index + 1] ?? '']);
  headers.push(['X-Forwarded-For', sourceIp], ['X-Forwarded-Port', '443'], ['X-Forwarded-Proto', 'https']);
  return {
    requestId,
    method: message.method ?? 'GET',
    path,
    query: [...new URLSearchParams(query)],
    headers,
    body,
    sourceIp,
    time: Math.floor(clock.now()),
  };
}

/** Verifies the signature, then asks for `execute-api:Invoke` on the method and path. */
async function authorize(api: Api, host: GatewayHost, request: GatewayRequest): Promise<Signer> {
  const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const verified = await verifySignature(
    { ...request, headers },
    { region: host.place.region, service: 'execute-api', now: host.clock.now(), find: (id) => host.find(id) },
  );
  if ('refusal' in verified) {
    const { type, message } = verified.refusal;
    const missing = type === GATEWAY_ERRORS.noRoute.errorType;
    throw new Refused({
      type: missing ? GATEWAY_ERRORS.noRoute.type : 'INVALID_SIGNATURE',
      status: 403,
      errorType: type,
      message,
    });
  }
  const { principal, credentials } = verified.identity;
  const resource = sourceArn(api, host.place, request);
  const refusal = await host.iam.refusal(principal, { action: 'execute-api:Invoke', resource, context: {} });
  if (refusal !== undefined)
    throw new Refused({
      type: 'ACCESS_DENIED',
      status: 403,
      errorType: 'AccessDeniedException',
      message: refusal,
    });
  return { principal, accessKeyId: credentials.accessKeyId };
}

/** Of the resource that was found: slashes at the end are not part of it. `*` and `?` of the path are no wildcards here. */
function sourceArn(api: Api, { region, accountId }: Place, request: GatewayRequest): string {
  const path = request.path.replace(/(?<=[^/])\/+$/, '').replace(/[*?]/g, encodeURIComponent);
  const [, stage, ...parts] = path.split('/');
  return `arn:aws:execute-api:${region}:${accountId}:${api.id}/${stage}/${request.method}/${parts.map(decode).join('/')}`;
}

async function integrate(
  api: Api,
  host: GatewayHost,
  request: GatewayRequest,
  match: Match,
  method: ApiMethod,
  signer: Signer | undefined,
): Promise<HttpAnswer> {
  const target = host.function(method.functionArn);
  if (target === undefined || !host.mayInvoke(method.functionArn, sourceArn(api, host.place, request)))
    throw new Refused(GATEWAY_ERRORS.notPermitted);
  const event = proxyEvent(request, match, api, host.place, signer);
  if (Buffer.byteLength(JSON.stringify(event)) > LIMITS.event) throw new Refused(GATEWAY_ERRORS.tooLarge);
  const result = await inTime(target.invoke(event, request.requestId));
  if (result === undefined) throw new Refused(GATEWAY_ERRORS.timeout);
  const answer = result.failed ? undefined : functionAnswer(result.payload);
  if (answer === undefined) throw new Refused(GATEWAY_ERRORS.badGateway);
  return answer;
}

/** Undefined where it takes longer than the gateway waits; the function runs on, as it does in AWS. */
async function inTime<Result>(invocation: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, LIMITS.seconds * 1000, undefined);
  });
  return Promise.race([invocation, overdue]).finally(() => clearTimeout(timer));
}

function send(
  response: ServerResponse,
  answer: HttpAnswer,
  requestId: string,
  clock: Clock,
  head: boolean,
): void {
  const headers = new Map<string, string[]>();
  for (const [name, value] of answer.headers) headers.set(name, [...(headers.get(name) ?? []), value]);
  for (const [name, values] of headers)
    response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  response.setHeader('x-amzn-RequestId', requestId);
  response.setHeader('Date', new Date(clock.now()).toUTCString());
  response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  response.writeHead(answer.status);
  response.end(head ? undefined : answer.body);
}
