import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** The name of a kind of object in Fleet's settings, as it is in paths. */
export type Collection = 'outputs' | 'fleet_server_hosts' | 'proxies' | 'agent_policies';

/** An API key that the stand-in knows. */
const API_KEY = 'a+b/c==';

/**
 * Fleet's settings as Kibana 9 keeps them (x-pack/platform/plugins/shared/fleet/server: types/models/output.ts,
 * types/rest_spec/fleet_server_policy_config.ts, fleet_proxies.ts, agent_policy.ts; services/output.ts,
 * fleet_server_host.ts, fleet_proxies.ts, secrets/common.ts).
 *
 * - Unknown fields are refused. A field that is left out keeps its value, except those of {@link RESETS}.
 * - `ssl`, `secrets` and `overrides` are replaced whole. The text of a secret is stored apart, and GET shows its id;
 *   a secret whose id is not sent back is deleted.
 * - Hosts are stored with their port. A default output cannot lose that mark, and what kibana.yml defines cannot change.
 */
export class StandInFleetSettings {
  readonly requests: string[] = [];
  /** The texts of secrets, by id. */
  readonly secrets = new Map<string, string>();
  private readonly objects = new Map<string, Fields>();
  private readonly server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = await text(request);
    this.requests.push(`${method} ${url}`);
    const allowed = headers.authorization === `ApiKey ${API_KEY}` && headers['kbn-xsrf'] === 'true';
    const reply = allowed ? this.reply(method, url, body) : refused(401, 'unauthorized');
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
  });
  private made = 0;

  static async start(): Promise<StandInFleetSettings> {
    const kibana = new StandInFleetSettings();
    await new Promise<void>((done) => kibana.server.listen(0, '127.0.0.1', done));
    return kibana;
  }

  /** The variables that commands read. */
  get environment() {
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return { KIBANA_URL: url, KIBANA_API_KEY: API_KEY, http_proxy: '', PATH: process.env['PATH'] };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** What GET shows of an object; undefined if it is missing. */
  read(collection: Collection, id: string): Fields | undefined {
    return this.objects.get(`${collection}/${id}`);
  }

  /** As an administrator changes an object in Kibana, field by field. */
  edit(collection: Collection, id: string, fields: Fields): void {
    this.objects.set(`${collection}/${id}`, { id, ...this.read(collection, id), ...fields });
  }

  /** The requests since the last call that change something. */
  takeWrites(): readonly string[] {
    return this.requests.splice(0).filter((line) => !line.startsWith('GET '));
  }

  private reply(method: string, url: string, body: string): Reply {
    const [, name = '', id = ''] = /^\/api\/fleet\/(\w+)(?:\/([\w-]+))?$/.exec(url) ?? [];
    if (!isCollection(name)) return refused(404, 'Not Found');
    const old = this.read(name, id);
    if (method === 'POST') return this.create(name, JSON.parse(body));
    if (old === undefined) return refused(404, `${name} ${id} not found`);
    return method === 'GET'
      ? { status: 200, body: { item: old } }
      : this.update(name, id, old, JSON.parse(body));
  }

  private create(collection: Collection, sent: Fields): Reply {
    const { id = `made-${++this.made}`, ...fields } = sent;
    if (this.read(collection, String(id)) !== undefined) return refused(409, `${id} exists`);
    const problem = problemOf(collection, fields, {});
    if (problem !== undefined) return refused(400, problem);
    return this.store(collection, String(id), {}, { ...DEFAULTS[collection], ...fields });
  }

  private update(collection: Collection, id: string, old: Fields, sent: Fields): Reply {
    const preconfigured = old['is_preconfigured'] === true;
    const problem = preconfigured
      ? `Preconfigured ${id} cannot be updated`
      : problemOf(collection, sent, old);
    if (problem !== undefined) return refused(preconfigured ? 403 : 400, problem);
    const resets = RESETS[collection](sent, old);
    return this.store(collection, id, old, { ...old, ...resets, ...sent });
  }

  private store(collection: Collection, id: string, old: Fields, fields: Fields): Reply {
    const secrets = this.withIds(fields['secrets'], 'secrets');
    const item = withoutNull({
      ...fields,
      id,
      ...(secrets === undefined ? {} : { secrets }),
      ...stored(fields),
    });
    const kept = JSON.stringify(item['secrets'] ?? {});
    for (const secret of idsIn(old['secrets']))
      if (!kept.includes(`"${secret}"`)) this.secrets.delete(secret);
    this.objects.set(`${collection}/${id}`, item);
    return { status: 200, body: { item } };
  }

  /** Each text is stored apart, and its id takes its place. */
  private withIds(value: unknown, at: string): unknown {
    if (typeof value === 'string') {
      const id = `secret-${++this.made}`;
      this.secrets.set(id, value);
      return { id };
    }
    if (!isObject(value) || 'id' in value) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.withIds(part, at)]));
  }
}

const refused = (status: number, message: string): Reply => ({
  status,
  body: { statusCode: status, message },
});

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCollection = (name: string): name is Collection => Object.hasOwn(FIELDS, name);

const withoutNull = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

const idsIn = (secrets: unknown): readonly string[] =>
  [...JSON.stringify(secrets ?? {}).matchAll(/"id":"([^"]+)"/g)].map(([, id = '']) => id);

const OUTPUT_FIELDS =
  'name type hosts is_default is_default_monitoring is_preconfigured ca_sha256 ca_trusted_fingerprint config_yaml ssl proxy_id secrets preset allow_edit auth_type topic version kibana_url service_token compression headers';

/** What a body may hold. */
const FIELDS: Readonly<Record<Collection, string>> = {
  outputs: OUTPUT_FIELDS,
  fleet_server_hosts: 'name host_urls is_default is_internal proxy_id ssl secrets',
  proxies: 'name url proxy_headers certificate_authorities certificate certificate_key',
  agent_policies: 'name namespace description inactivity_timeout overrides force',
};

const DEFAULTS: Readonly<Record<Collection, Fields>> = {
  outputs: { is_default: false, is_default_monitoring: false },
  fleet_server_hosts: { is_default: false, is_preconfigured: false },
  proxies: { is_preconfigured: false },
  agent_policies: {},
};

/** What an update that leaves it out resets: schema.nullable, defaults, and what is done for a type. */
const RESETS: Readonly<Record<Collection, (sent: Fields, old: Fields) => Fields>> = {
  outputs: ({ type }) => ({
    secrets: null,
    ...(type === 'kafka' ? { ssl: null, is_default: false, is_default_monitoring: false } : {}),
    ...(type === 'remote_elasticsearch' ? { service_token: null } : {}),
  }),
  fleet_server_hosts: () => ({ proxy_id: null, secrets: null }),
  proxies: () => ({
    proxy_headers: null,
    certificate_authorities: null,
    certificate: null,
    certificate_key: null,
  }),
  agent_policies: () => ({ inactivity_timeout: 1_209_600 }),
};

function problemOf(collection: Collection, sent: Fields, old: Fields): string | undefined {
  const unknown = Object.keys(sent).find((name) => !FIELDS[collection].split(' ').includes(name));
  if (unknown !== undefined) return `[request body.${unknown}]: definition for this key is missing`;
  const isNew = old['id'] === undefined;
  if ((collection === 'agent_policies' || isNew) && typeof sent['name'] !== 'string')
    return '[request body.name]';
  const after = { ...old, ...RESETS[collection](sent, old), ...sent };
  if (!isNew && collection === 'outputs' && old['is_default'] === true && after['is_default'] === false)
    return `Default output ${old['id']} cannot be set to is_default=false`;
  return duplicateSecret(sent);
}

/** Routes output/handler.ts and fleet_server_hosts/handler.ts, ensureNoDuplicateSecrets. */
function duplicateSecret({ ssl, secrets }: Fields): string | undefined {
  const apart = isObject(secrets) && isObject(secrets['ssl']) ? secrets['ssl'] : {};
  const both = Object.keys(apart).find((name) => isObject(ssl) && ssl[name] !== undefined);
  return both === undefined ? undefined : `Cannot specify both ssl.${both} and secrets.ssl.${both}`;
}

/** normalizeHostsForAgents: no path `/`, and always a port. */
function stored({ host_urls: urls, hosts, type }: Fields): Fields {
  if (Array.isArray(urls)) return { host_urls: urls.map(withPort) };
  return Array.isArray(hosts) && String(type).endsWith('elasticsearch') ? { hosts: hosts.map(withPort) } : {};
}

function withPort(address: string): string {
  const { protocol, hostname, port, pathname } = new URL(address);
  return `${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}${pathname === '/' ? '' : pathname}`;
}
