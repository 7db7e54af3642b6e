import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpAnswer } from '../gateway/answers.ts';
import { type GatewayRequest, readBody, receivedRequest } from '../gateway/request.ts';
import type { Clock } from '../service/clock.ts';
import { type Listener, listen } from '../service/listener.ts';
import { type AnswerCache, answerCache, type CachedAnswer, secondsToKeep } from './cache.ts';
import type { Behavior, Distribution } from './distribution.ts';
import { askOrigin, type Origins } from './origins.ts';

/** What the edge works with. */
export interface EdgeHost extends Origins {
  readonly distribution: Distribution;
  readonly clock: Pick<Clock, 'now'>;
}

/** The payload of API Gateway, the only origin that takes bodies here. */
const MAX_BODY_OCTETS = 10 * 1024 * 1024;

/**
 * Serves the distribution of the template over plain HTTP on localhost, as one edge location of CloudFront does.
 *
 * @param ready what it works with. Requests wait for it: the port is bound before the template is resolved, since the
 * distribution's name contains it.
 */
export function startEdge(ready: Promise<EdgeHost>, port: number): Promise<Listener> {
  const answerer = ready.then((host) => ({ host, cache: answerCache(host.clock.now) }));
  return listen(
    async (message, response) => {
      const { host, cache } = await answerer;
      const body = await readBody(message, MAX_BODY_OCTETS);
      if (body === undefined) return void response.writeHead(413).end();
      const request = receivedRequest(message, body, { requestId: '', time: host.clock.now() });
      send(message, response, await serve(host, cache, request), host);
    },
    { port, portVariable: 'HTTP_PORT' },
  );
}

interface Served extends CachedAnswer {
  readonly from: 'Hit' | 'Miss' | 'Error' | 'Redirect';
}

async function serve(host: EdgeHost, cache: AnswerCache, request: GatewayRequest): Promise<Served> {
  const { distribution, clock } = host;
  const behavior = distribution.behaviors.find(({ pattern }) => pattern.test(request.path));
  const refused = behavior && refusal(behavior, request);
  if (behavior === undefined || refused !== undefined) {
    const from = refused?.status === 301 ? 'Redirect' : 'Error';
    return { ...(refused ?? error(404, 'Not Found')), from, receivedAt: clock.now() };
  }
  const forwarded = forwardedRequest(behavior, request);
  const key = `${request.method} ${request.path}?${new URLSearchParams(forwarded.query.map(([...pair]) => pair))}`;
  const hit = cache.get(key);
  if (hit !== undefined) return { ...hit, from: hit.status < 400 ? 'Hit' : 'Error' };
  const answer = await askOrigin(host, distribution, behavior.origin, forwarded);
  const fresh = { ...answer, receivedAt: clock.now() };
  if (['GET', 'HEAD'].includes(request.method))
    cache.put(key, fresh, secondsToKeep(answer, behavior.caching, distribution.errorSeconds));
  return { ...fresh, from: answer.status < 400 ? 'Miss' : 'Error' };
}

function refusal(
  { methods, viewerProtocol }: Behavior,
  { method, path, headers }: GatewayRequest,
): HttpAnswer | undefined {
  if (viewerProtocol === 'https-only') return error(403, 'This distribution takes HTTPS only.');
  if (viewerProtocol === 'redirect-to-https') {
    const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
    return { status: 301, headers: [['Location', `https://${host}${path}`]], body: '' };
  }
  if (methods.includes(method)) return undefined;
  return error(
    403,
    `This distribution is not configured to allow the HTTP request method ${method} for this path.`,
  );
}

function error(status: number, message: string): HttpAnswer {
  return { status, headers: [['Content-Type', 'text/plain']], body: `${message}\n` };
}

/** A request as the origin gets it: the headers that describe the body, and others only by an origin request policy. */
function forwardedRequest({ forwardsAll }: Behavior, request: GatewayRequest): GatewayRequest {
  const kept = /^(content|x-forwarded)-.+$/i;
  const headers = request.headers.filter(([name]) =>
    forwardsAll ? !/^(host|user-agent)$/i.test(name) : kept.test(name),
  );
  return { ...request, headers, query: forwardsAll ? request.query : [] };
}

/** Hop-by-hop, or computed here. */
const OWN = /^(connection|content-length|date|transfer-encoding)$/i;

function send(
  message: IncomingMessage,
  response: ServerResponse,
  answer: Served,
  { clock, distribution }: EdgeHost,
): void {
  for (const [name, value] of answer.headers) if (!OWN.test(name)) response.appendHeader(name, value);
  response.setHeader('Date', new Date(answer.receivedAt).toUTCString());
  if (answer.from === 'Hit') response.setHeader('Age', Math.floor((clock.now() - answer.receivedAt) / 1000));
  response.setHeader('X-Cache', `${answer.from} from cloudfront`);
  response.setHeader('Via', `1.1 ${distribution.id.toLowerCase()}.cloudfront.net (CloudFront)`);
  if (answer.status === 200 && unchanged(message, response)) return void response.writeHead(304).end();
  response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  response.writeHead(answer.status).end(message.method === 'HEAD' ? undefined : answer.body);
}

/** Whether the viewer has it already (RFC 9110 section 13.2.2: the ETag counts, where both are there). */
function unchanged({ headers, method = '' }: IncomingMessage, response: ServerResponse): boolean {
  if (!['GET', 'HEAD'].includes(method)) return false;
  const { 'if-none-match': tags, 'if-modified-since': since } = headers;
  const [etag, modified] = [String(response.getHeader('etag')), String(response.getHeader('last-modified'))];
  if (tags !== undefined)
    return tags === '*' || tags.split(/,\s*/).some((tag) => tag.replace(/^W\//, '') === etag);
  return since !== undefined && Date.parse(modified) <= Date.parse(since);
}
