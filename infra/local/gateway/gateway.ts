import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../service/clock.ts';
import { type Listener, listen } from '../service/listener.ts';
import { GATEWAY_ERRORS, gatewayAnswer, type HttpAnswer, Refused } from './answers.ts';
import { type Authority, admit, authorize } from './authorize.ts';
import { httpsServer } from './https-server.ts';
import { type Backend, integrate } from './integration.ts';
import { matchPath } from './match-path.ts';
import { type GatewayRequest, readBody, receivedRequest, sentHeaders } from './request.ts';
import type { Api, RestApi } from './routes.ts';
import type { Throttle } from './throttle.ts';
import type { LocalTls } from './tls.ts';

/** What the gateway works with. */
export interface GatewayHost extends Authority, Backend {
  readonly throttle: Throttle;
  /** Gets a line for every 5xx that the gateway makes by itself, as its execution log does in AWS. */
  log(line: string): void;
}

/** API Gateway quotas for REST APIs: payload size 10 MB; total size of all header values 10,240 bytes. */
const LIMITS = { payload: 10 * 1024 * 1024, headerValues: 10_240 };

/**
 * Serves a REST API over HTTPS on localhost, as API Gateway serves a Regional endpoint.
 *
 * @param ready what the gateway works with. Requests wait for it: the port is bound first, so that a taken one fails
 * the start at once.
 */
export function startGateway(
  api: RestApi,
  ready: Promise<GatewayHost>,
  port: number,
  tls: LocalTls,
): Promise<Listener> {
  return listen(
    async (message, response) => {
      const host = await ready;
      const requestId = randomUUID();
      const answer = await receive(api, host, message, requestId);
      send(response, answer, requestId, host.clock, message.method === 'HEAD');
    },
    { port, server: (listener) => httpsServer(tls, listener) },
  );
}

async function receive(
  api: RestApi,
  host: GatewayHost,
  message: IncomingMessage,
  requestId: string,
): Promise<HttpAnswer> {
  const body = await readBody(message, LIMITS.payload);
  if (headerOctets(message) > LIMITS.headerValues) return HEADERS_TOO_LARGE;
  if (body === undefined) return gatewayAnswer(api, GATEWAY_ERRORS.tooLarge, requestId);
  return answerRequest(api, host, receivedRequest(message, body, { requestId, time: host.clock.now() }));
}

/** The answer of a REST API to a request, from a client or from a distribution. */
export async function answerRequest(
  { stage, ...others }: RestApi,
  host: GatewayHost,
  request: GatewayRequest,
): Promise<HttpAnswer> {
  if (stage === undefined) return forbidden('Nothing is deployed to this API: the service stack is deleted.');
  const api = { ...others, stage };
  if (!`${request.path}/`.startsWith(`/${stage}/`)) return forbidden(noStage(stage));
  return serve(api, host, request).catch((problem: unknown) => answerFailure(api, host, request, problem));
}

async function serve(api: Api, host: GatewayHost, request: GatewayRequest): Promise<HttpAnswer> {
  const match = matchPath(api.root, request.path.slice(api.stage.length + 1));
  const any = ANY.includes(request.method) ? match?.resource.methods.get('ANY') : undefined;
  const method = match?.resource.methods.get(request.method) ?? any;
  if (match === undefined || method === undefined) throw new Refused(GATEWAY_ERRORS.noRoute);
  if (!host.throttle(request.method, match.resource.path)) throw new Refused(GATEWAY_ERRORS.throttled);
  const pass = method.authorization === 'NONE' ? admit : authorize;
  const signer = await pass(api, host, request);
  return integrate(api, host, request, { match, method, signer });
}

/** The methods that ANY stands for (API Gateway developer guide, "Set up an HTTP method"). */
const ANY = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/** Octets of all header values: Node gives each octet as one character. */
function headerOctets(message: IncomingMessage): number {
  return sentHeaders(message).reduce((sum, [, value]) => sum + value.length, 0);
}

/** Turns a refusal, or an error of the gateway itself, into what the caller gets. */
function answerFailure(
  api: Api,
  { log }: GatewayHost,
  { method, path, requestId }: GatewayRequest,
  problem: unknown,
): HttpAnswer {
  const refused =
    problem instanceof Refused ? problem : new Refused(GATEWAY_ERRORS.internal, String(problem));
  const answer = gatewayAnswer(api, refused.error, requestId);
  if (answer.status >= 500) {
    log(`gateway: ${refused.error.status} ${method} ${JSON.stringify(path)} ${requestId} ${refused.message}`);
    if (refused !== problem && problem instanceof Error) log(problem.stack ?? problem.message);
  }
  return answer;
}

/** As clients of API Gateway report it; AWS documents only the limit. A template cannot change it. */
const HEADERS_TOO_LARGE: HttpAnswer = {
  status: 431,
  headers: [['Content-Type', 'application/json']],
  body: '{"message":"HTTP header is larger than 10240 bytes."}',
};

const noStage = (stage: string) =>
  `Every path of this API begins with /${stage}, its stage: https://<host>/${stage}/... Add it to the path.`;

/** The answer where there is no such stage. AWS sends only `{"message":"Forbidden"}`; this one also gives the reason. */
function forbidden(detail: string): HttpAnswer {
  const problem = { type: 'about:blank', title: 'Forbidden', status: 403, detail, message: 'Forbidden' };
  return {
    status: 403,
    headers: [
      ['Content-Type', 'application/problem+json'],
      ['x-amzn-ErrorType', 'ForbiddenException'],
    ],
    body: JSON.stringify(problem),
  };
}

function send(
  response: ServerResponse,
  answer: HttpAnswer,
  requestId: string,
  clock: Clock,
  head: boolean,
): void {
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  response.setHeader('x-amzn-RequestId', requestId);
  response.setHeader('Date', new Date(clock.now()).toUTCString());
  response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  response.writeHead(answer.status);
  response.end(head ? undefined : answer.body);
}
