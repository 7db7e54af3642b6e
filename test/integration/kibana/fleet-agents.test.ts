import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { kibanaFleetAgents } from '../../../shared/kibana/fleet-agents.ts';
import type { KibanaOptions } from '../../../shared/kibana/request.ts';
import { FleetError } from '../../../shared/revocation/ports.ts';
import { StandInKibana } from '../../support/kibana.ts';
import { openssl } from '../../support/openssl.ts';

let kibana: StandInKibana;
let pauses: number[];
beforeEach(async () => {
  kibana = await StandInKibana.start('fleet');
  pauses = [];
});
afterEach(() => kibana.stop());

const fleet = (more: Partial<KibanaOptions> = {}) =>
  kibanaFleetAgents({
    url: `${kibana.origin}/s/fleet`,
    apiKey: async () => kibana.key,
    random: () => 1,
    pause: async (milliseconds) => void pauses.push(milliseconds),
    ...more,
  });

const failure = async (promise: Promise<unknown>): Promise<FleetError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FleetError) return error;
  throw new Error(`not a FleetError: ${String(error)}`);
};

describe('an agent', () => {
  test('is found by its id, in the space, with the headers that Kibana wants', async () => {
    const { id } = kibana.enroll({ hostname: 'web-01' });
    expect(await fleet().agent(id)).toEqual({ id, hostname: 'web-01', active: true });
    expect(kibana.requests[0]?.url.pathname).toBe(`/s/fleet/api/fleet/agents/${id}`);
    expect(kibana.requests[0]?.headers).toMatchObject({
      authorization: `ApiKey ${kibana.key}`,
      'kbn-xsrf': 'fleetseal',
      'elastic-api-version': '2023-10-31',
    });
  });

  test('that Fleet does not know is undefined, and its id leads to no other path', async () => {
    expect(await fleet().agent('../../status?a=b#c')).toBeUndefined();
    expect(kibana.requests[0]?.url.href).toBe(
      'http://kibana/s/fleet/api/fleet/agents/..%2F..%2Fstatus%3Fa%3Db%23c',
    );
  });

  test('before its first check-in has no host name', async () => {
    const { id } = kibana.enroll({});
    expect(await fleet().agent(id)).toEqual({ id, active: true });
  });
});

describe('the agents of a host', () => {
  test('are those with its name in any case, enrolled, and no longer name', async () => {
    const upper = kibana.enroll({ hostname: 'WEB-01' });
    kibana.enroll({ hostname: 'web-01-old' });
    kibana.enroll({ hostname: 'web-01' }).active = false;
    expect(await fleet().agentsOn('web-01')).toEqual({
      agents: [{ id: upper.id, hostname: 'WEB-01', active: true }],
      complete: true,
    });
    expect(kibana.requests[0]?.url.searchParams.get('showInactive')).toBe('true');
  });

  test.each(['web"01', 'web\\', '" or active:true or "', '*'])(
    'a name like %j stays a value',
    async (name) => {
      kibana.enroll({ hostname: 'web-01' });
      expect((await fleet().agentsOn(name)).agents).toEqual([]);
      expect(kibana.requests).toHaveLength(1);
    },
  );

  test.each([null, 'web-01', { host: null }, { host: { hostname: ['web-01', 'web-02'] } }])(
    'are found beside one that says %j of itself, which is of no host',
    async (metadata) => {
      const odd = kibana.enroll({ hostname: 'web-01', metadata });
      const agent = kibana.enroll({ hostname: 'web-01' });
      expect((await fleet().agentsOn('web-01')).agents.map(({ id }) => id)).toEqual([agent.id]);
      expect(await fleet().agent(odd.id)).toEqual({ id: odd.id, active: true });
    },
  );

  test('are not complete where Fleet has more than a page', async () => {
    for (let i = 0; i < 101; i++) kibana.enroll({ hostname: `web-01-${i}` });
    expect(await fleet().agentsOn('web-01')).toEqual({ agents: [], complete: false });
  });
});

describe('unenrolling', () => {
  test('invalidates the API keys of the agent at once; again it changes nothing', async () => {
    const agent = kibana.enroll({ hostname: 'web-01' });
    expect(await fleet().unenroll(agent.id)).toBe('unenrolled');
    expect(await fleet().unenroll(agent.id)).toBe('unenrolled');
    expect(agent.active).toBe(false);
    expect(kibana.requests[0]).toMatchObject({ method: 'POST', body: '{"revoke":true}' });
  });

  test('is refused for a hosted agent, which is not forced', async () => {
    const agent = kibana.enroll({ hosted: true });
    expect(await fleet().unenroll(agent.id)).toEqual({
      refused: expect.stringContaining('from a hosted agent policy'),
    });
    expect(agent.active).toBe(true);
  });

  test('is refused for an agent that is gone', async () => {
    expect(await fleet().unenroll('a-1')).toEqual({ refused: 'Agent a-1 not found' });
  });
});

describe('a Kibana that does not answer as it should', () => {
  const busy = { status: 503, body: { message: 'Kibana is not ready yet' } };

  test('is asked again, with growing pauses, up to four times', async () => {
    const { id } = kibana.enroll({});
    kibana.failures.push(busy, 'hang up', { status: 502, body: '<html>' });
    expect(await fleet().agent(id)).toMatchObject({ id });
    expect(pauses).toEqual([500, 1000, 2000]);
    kibana.failures.push(busy, busy, busy, busy);
    expect((await failure(fleet().agent(id))).message).toBe(
      `GET /api/fleet/agents/${id}: Kibana answered 503: Kibana is not ready yet`,
    );
  });

  test.each([
    { header: '3', waits: 3000 },
    { header: '3600', waits: 10_000 },
    { header: 'Sat, 28 Nov 2026 00:00:00 GMT', waits: 500 },
  ])('and throttles is waited for: Retry-After $header', async ({ header, waits }) => {
    const { id } = kibana.enroll({});
    kibana.failures.push({ status: 429, body: {}, headers: { 'retry-after': header } });
    expect(await fleet().agent(id)).toMatchObject({ id });
    expect(pauses).toEqual([waits]);
  });

  test('and refuses the API key gets the key that is valid now, without a pause', async () => {
    const { id } = kibana.enroll({});
    const keys: boolean[] = [];
    const apiKey = async (fresh: boolean) => {
      keys.push(fresh);
      return fresh ? kibana.key : 'b2xkOmtleQ==';
    };
    expect(await fleet({ apiKey }).agent(id)).toMatchObject({ id });
    expect([keys, pauses]).toEqual([[false, true], []]);
  });

  test('and refuses that one too, or the privilege, is not asked again; no message has the key', async () => {
    const refused = await failure(fleet({ apiKey: async () => 'b2xkOmtleQ==' }).agent('a'));
    expect(refused.message).toBe('GET /api/fleet/agents/a: Kibana answered 401: unauthorized');
    expect(kibana.requests).toHaveLength(2);
    kibana.failures.push({ status: 403, body: { message: 'Forbidden' } });
    expect((await failure(fleet().unenroll('a'))).message).toContain('Kibana answered 403: Forbidden');
    expect(kibana.requests).toHaveLength(3);
  });

  test('but redirects is not followed: the key goes nowhere else', async () => {
    const location = { location: `${kibana.origin}/elsewhere` };
    for (let i = 0; i < 4; i++) kibana.failures.push({ status: 302, body: '', headers: location });
    expect((await failure(fleet().agent('a'))).message).toContain('Kibana cannot be reached');
    expect(kibana.requests.filter(({ url }) => url.pathname === '/elsewhere')).toEqual([]);
  });

  test.each([
    { name: 'a page of a proxy', body: '<html>login</html>' },
    { name: 'other JSON', body: { items: 'none' } },
  ])('but with $name is an error, not an empty answer', async ({ body }) => {
    kibana.failures.push({ status: 200, body });
    expect((await failure(fleet().agentsOn('web-01'))).message).toBe(
      'Kibana answered 200 with something else than agents',
    );
  });

  test('is an error where the search is refused', async () => {
    kibana.failures.push({ status: 400, body: { message: 'KQLSyntaxError' } });
    expect((await failure(fleet().agentsOn('web-01'))).message).toBe('Kibana answered 400: KQLSyntaxError');
  });

  test('but is silent, or out of reach: says why', async () => {
    kibana.failures.push('be silent', 'be silent', 'be silent', 'be silent');
    expect((await failure(fleet({ timeoutMilliseconds: 20 }).agent('a'))).message).toContain(
      'Kibana cannot be reached: The operation was aborted due to timeout',
    );
    const url = 'http://127.0.0.1:1';
    expect((await failure(fleet({ url }).agent('a'))).message).toMatch(/Kibana cannot be reached: .+/);
  });

  test('but has a certificate of nobody gets no key', async () => {
    const files = mkdtempSync(join(tmpdir(), 'fleetseal-kibana-'));
    const [key, cert] = [join(files, 'key.pem'), join(files, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', '-x509', ...ec, '-keyout', key, '-out', cert, ...subject);
    let seen = 0;
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, () => seen++);
    await new Promise<void>((done) => server.listen(0, 'localhost', done));
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    expect((await failure(fleet({ url }).agent('a'))).message).toContain('self-signed certificate');
    expect(seen).toBe(0);
    await new Promise((done) => server.close(done));
    rmSync(files, { recursive: true });
  });
});
