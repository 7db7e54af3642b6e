import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An agent of the stand-in; `hosted`: its policy is managed. */
export interface StandInAgent {
  readonly id: string;
  hostname?: string;
  /** What it says of itself, of any form. @default - its host, as Elastic Agent says it */
  metadata?: unknown;
  active: boolean;
  hosted?: boolean;
}

/** What came in. */
export interface KibanaRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const error = (status: number, name: string, message: string): Reply => ({
  status,
  body: { statusCode: status, error: name, message },
});

/**
 * Fleet's API for agents as Kibana 9 serves it (x-pack/platform/plugins/shared/fleet: routes/agent, services/agents,
 * errors/handlers.ts): `kbn-xsrf` for writes, API keys, spaces, 404 for unknown agents, 400 for hosted ones without
 * `force`, unenrolling again without effect; and KQL of the form that the connector sends, over a text field.
 */
export class StandInKibana {
  readonly agents = new Map<string, StandInAgent>();
  readonly requests: KibanaRequest[] = [];
  /** Emits `unenrolled` with the id. */
  readonly events = new EventEmitter<{ readonly unenrolled: [string] }>();
  /** Encoded API keys that are valid. */
  readonly keys: Set<string>;
  /** Given instead of an answer, first to last. */
  readonly failures: (Reply | 'hang up' | 'be silent')[] = [];
  private readonly server = createServer((request, response) => void this.serve(request, response));

  readonly key: string;
  private readonly space: string | undefined;

  private constructor(key: string, space: string | undefined) {
    this.key = key;
    this.space = space;
    this.keys = new Set([key]);
  }

  static async start(space?: string): Promise<StandInKibana> {
    const kibana = new StandInKibana(Buffer.from(`id:${randomUUID()}`).toString('base64'), space);
    await new Promise<void>((done) => kibana.server.listen(0, '127.0.0.1', done));
    return kibana;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  enroll(agent: Omit<StandInAgent, 'id' | 'active'> & { readonly id?: string }): StandInAgent {
    const enrolled = { id: randomUUID() as string, active: true, ...agent };
    this.agents.set(enrolled.id, enrolled);
    return enrolled;
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', 'http://kibana');
    const request = {
      method: message.method ?? '',
      url,
      headers: message.headers,
      body: await text(message),
    };
    this.requests.push(request);
    const failure = this.failures.shift();
    if (failure === 'be silent') return;
    if (failure === 'hang up') return void response.destroy();
    const { status, body, headers = {} } = failure ?? this.reply(request);
    const json = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(json);
  }

  private reply({ method, url, headers, body }: KibanaRequest): Reply {
    const key = /^ApiKey (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (key === undefined || !this.keys.has(key)) return error(401, 'Unauthorized', 'unauthorized');
    if (method !== 'GET' && headers['kbn-xsrf'] === undefined)
      return error(400, 'Bad Request', 'Request must contain a kbn-xsrf header.');
    const prefix = this.space === undefined ? '' : `/s/${this.space}`;
    const path = url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : url.pathname;
    const [, encoded = '', action] = /^\/api\/fleet\/agents(?:\/([^/]+))?(?:\/(unenroll))?$/.exec(path) ?? [];
    const id = decodeURIComponent(encoded);
    if (method === 'GET' && path === '/api/fleet/agents') return this.list(url.searchParams);
    const agent = this.agents.get(id);
    if (id === '' || agent === undefined) return error(404, 'Not Found', `Agent ${id} not found`);
    if (method === 'GET') return { status: 200, body: { item: shown(agent) } };
    if (method === 'POST' && action === 'unenroll') {
      const reply = unenroll(agent, JSON.parse(body || '{}'));
      if (!agent.active) this.events.emit('unenrolled', agent.id);
      return reply;
    }
    return error(404, 'Not Found', 'Not Found');
  }

  private list(query: URLSearchParams): Reply {
    const [, quoted] =
      /^active:true and local_metadata\.host\.hostname:"((?:[^"\\]|\\.)*)"$/.exec(query.get('kuery') ?? '') ??
      [];
    if (quoted === undefined) return error(400, 'Bad Request', 'KQLSyntaxError');
    const phrase = words(quoted.replaceAll(/\\(.)/g, '$1'));
    const found = [...this.agents.values()].filter(
      ({ active, hostname = '' }) => active && ` ${words(hostname)} `.includes(` ${phrase} `),
    );
    const perPage = Number(query.get('perPage') ?? 20);
    return {
      status: 200,
      body: { items: found.slice(0, perPage).map(shown), total: found.length, page: 1, perPage },
    };
  }
}

/** What the standard analyzer makes of a text, roughly: words in lower case. */
const words = (value: string) =>
  value
    .toLowerCase()
    .split(/[^a-z0-9.]+/)
    .join(' ');

function shown({ id, hostname, metadata, active }: StandInAgent) {
  const own = { host: { hostname, id: 'a1', name: hostname }, os: { family: 'debian' } };
  return {
    id,
    active,
    type: 'PERMANENT',
    status: active ? 'online' : 'unenrolled',
    packages: [],
    enrolled_at: '2026-01-01T00:00:00Z',
    local_metadata: metadata === undefined ? own : metadata,
  };
}

function unenroll(agent: StandInAgent, { force = false, revoke = false }): Reply {
  if (agent.hosted && !force)
    return error(
      400,
      'Bad Request',
      `Cannot unenroll ${agent.id} from a hosted agent policy policy-1 in Fleet because the agent policy is managed by an external orchestration solution, such as Elastic Cloud, Kubernetes, etc. Please make changes using your orchestration solution.`,
    );
  // Without `revoke` the agent is asked to leave, and stays active until it did.
  if (revoke) agent.active = false;
  return { status: 200, body: {} };
}
