import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DeploymentSender } from '../../../shared/domain/certificate-record.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import { type Deployment, deploymentSchema } from '../../../shared/elastic/deployment/deployment.ts';
import { recordDeployment } from '../../../shared/elastic/deployment/recording.ts';
import { PROXY_SCHEMES, urlProblem } from '../../../shared/elastic/deployment/url.ts';
import { renderRecordedKit } from '../../../shared/elastic/recorded-kit.ts';

const recorded = (deployment: Deployment): Deployment => JSON.parse(recordDeployment(deployment));

const SECRET = 'correct-horse';

/** What this test reads of a schema. */
interface Schema {
  readonly def: {
    readonly type: string;
    readonly innerType?: Schema;
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly element?: Schema;
    readonly valueType?: Schema;
    readonly options?: readonly Schema[];
  };
}

interface TextField {
  /** `outputs[].hosts[]`, `agent.headers{}`. */
  readonly path: string;
  /** A deployment that holds `text` there, and nothing else. */
  readonly put: (text: string) => Deployment;
}

/** Every field of a schema that holds text of the caller's choice. */
function textFields(
  { def }: Schema = deploymentSchema as unknown as Schema,
  path = '',
  wrap: (value: unknown) => unknown = (value) => value,
): readonly TextField[] {
  const { type, innerType, shape, element, valueType, options } = def;
  if (type === 'string') return [{ path, put: (text) => wrap(text) as Deployment }];
  if (['boolean', 'number', 'enum'].includes(type)) return [];
  if (innerType) return textFields(innerType, path, wrap);
  if (element) return textFields(element, `${path}[]`, (value) => wrap([value]));
  if (valueType) return textFields(valueType, `${path}{}`, (value) => wrap({ 'X-Name': value }));
  if (options) return options.flatMap((option) => textFields(option, path, wrap));
  if (shape)
    return Object.entries(shape).flatMap(([name, part]) =>
      textFields(part, path === '' ? name : `${path}.${name}`, (value) => wrap({ [name]: value })),
    );
  throw new Error(`${path}: this test does not know schemas of type ${type}`);
}

/** The fields whose text is never recorded: a new field is here, or its treatment records it. */
const SECRETS: readonly string[] = ['agent.headers{}', 'agent.proxy.headers{}', 'fleetEnrollmentToken'];

/** Where an address stands, by the names of its fields. */
const isAddress = (path: string) => /url$|hosts\[\]$/i.test(path);

describe('a recorded deployment', () => {
  test('keeps the text of every field but the secrets', () => {
    const fields = textFields();
    const dropped = fields.filter(({ put }) => !recordDeployment(put(SECRET)).includes(SECRET));
    expect(dropped.map(({ path }) => path).sort()).toEqual(SECRETS);
    expect(fields.length).toBeGreaterThan(50);
  });

  test.each(textFields().filter(({ path }) => isAddress(path)))('keeps no login in $path', ({ put }) => {
    const text = recordDeployment(put(`https://agent:${SECRET}@proxy.example.com:3128/x`));
    expect(text).not.toContain(SECRET);
    expect(text).toContain('https://PROXY_USER:PROXY_PASSWORD@proxy.example.com:3128/x');
  });

  test.each([
    { url: 'http://proxy.example.com:3128' },
    { url: 'http://proxy.example.com/a@b' },
    { url: 'http://token@proxy:3128', kept: 'http://PROXY_USER@proxy:3128' },
    { url: 'socks5://u:p@[2001:db8::1]:1080', kept: 'socks5://PROXY_USER:PROXY_PASSWORD@[2001:db8::1]:1080' },
    { url: 'http:u:p@proxy', kept: 'http:PROXY_USER:PROXY_PASSWORD@proxy' },
    { url: 'http:////u:p@q@proxy', kept: 'http:////PROXY_USER:PROXY_PASSWORD@proxy' },
  ])('keeps of the address $url all but the login', ({ url, kept = url }) => {
    expect(recorded({ agent: { proxy: { url } } }).agent?.proxy?.url).toBe(kept);
  });

  test('keeps no login of any address that the rules let through, and its host', () => {
    const part = fc.stringMatching(/^[\x21-\x7e]{0,12}$/);
    const url = fc
      .tuple(
        fc.constantFrom('http:', 'https:', 'socks5:', 'HTTP:'),
        fc.constantFrom('', '/', '//', '///'),
        part,
        part,
      )
      .map(([scheme, slashes, login, host]) => `${scheme}${slashes}${login}@${host}h.example`)
      .filter((text) => urlProblem(text, PROXY_SCHEMES, true) === undefined);
    fc.assert(
      fc.property(url, (text) => {
        const kept = new URL(recorded({ proxy: { fleetUrl: text } }).proxy?.fleetUrl ?? '');
        const asked = new URL(text);
        expect(kept.host).toBe(asked.host);
        expect(['', 'PROXY_USER']).toContain(kept.username);
        expect(['', 'PROXY_PASSWORD']).toContain(kept.password);
      }),
      { numRuns: 2000 },
    );
  });

  test('is the same whatever the secrets are and in which order the fields came', () => {
    const one = {
      os: 'linux',
      model: 'on-premises',
      fleetEnrollmentToken: 'a',
      agent: { headers: { A: '1' } },
    };
    const two = { agent: { headers: { A: '2' } }, model: 'on-premises', os: 'linux' };
    expect(recordDeployment(one)).toBe(recordDeployment(two));
    expect(recordDeployment(one)).toBe(
      '{"model":"on-premises","os":"linux","agent":{"headers":{"A":"{{HEADER_A}}"}}}',
    );
  });

  test('recorded again is the same', () => {
    const full = Object.assign({}, ...textFields().map(({ put }) => put('http://u:p@h')));
    expect(recordDeployment(recorded(full))).toBe(recordDeployment(full));
  });
});

const DEPLOYMENT: Deployment = {
  model: 'on-premises',
  stackVersion: '9.5.2',
  os: 'linux',
  fleetUrl: 'https://fleet.example.com:8220',
  fleetEnrollmentToken: 'ZXhhbXBsZQ==',
  agent: {
    headers: { 'X-Tenant': SECRET },
    proxy: { url: `http://agent:${SECRET}@proxy.example.com:3128`, headers: { 'X-Key': SECRET } },
  },
};

function kitOf(deployment: Deployment, sender: DeploymentSender = 'administrator') {
  const subject = { profile: 'agent', keyKind: 'p256' } as const;
  const certificate = {
    name: 'web-01',
    keyKind: 'p256',
    certificatePem: 'LEAF\n',
    chainPem: [],
    caBundlePem: 'CA\n',
  } as const;
  return renderRecordedKit(
    { deployment: checkDeployment(recorded(deployment), subject), certificate },
    sender,
  );
}

describe('the kit of a recorded deployment', () => {
  test('has placeholders that pass the rules, in every command', () => {
    const { elasticAgent } = kitOf(DEPLOYMENT);
    expect(elasticAgent?.install?.arguments).toEqual(
      expect.arrayContaining([
        '--enrollment-token={{FLEET_ENROLLMENT_TOKEN}}',
        '--header=X-Tenant={{HEADER_X-Tenant}}',
        '--proxy-url=http://PROXY_USER:PROXY_PASSWORD@proxy.example.com:3128',
        '--proxy-header=X-Key={{PROXY_HEADER_X-Key}}',
      ]),
    );
    expect(elasticAgent?.install?.shell).toContain("'--header=X-Tenant={{HEADER_X-Tenant}}'");
  });

  test('lists each placeholder once, though a forward proxy is also the proxy of the agent', () => {
    const proxy = { kind: 'forward', fleetUrl: 'http://user:pw@proxy.example.com:3128' };
    const { agent: _, ...deployment } = DEPLOYMENT;
    const notes = kitOf({ ...deployment, proxy }).notes.filter(
      ({ code }) => code === 'recorded_without_secrets',
    );
    expect(notes.map(({ message }) => message)).toEqual([
      'Values of headers and logins of proxies are not recorded: replace PROXY_USER, PROXY_PASSWORD with your own.',
    ]);
  });

  test('says where it comes from, and what to put in', () => {
    const source = 'fleetseal, GET /v1/certificates/{serial}/kit';
    expect(kitOf(DEPLOYMENT).notes.slice(0, 2)).toEqual([
      {
        code: 'recorded_deployment',
        severity: 'info',
        message:
          'This kit was rendered from the last deployment that an administrator sent with POST /v1/kits. Send another deployment there to get another kit.',
        source,
      },
      {
        code: 'recorded_without_secrets',
        severity: 'warning',
        message:
          'Values of headers and logins of proxies are not recorded: replace {{HEADER_X-Tenant}}, {{PROXY_HEADER_X-Key}}, PROXY_USER, PROXY_PASSWORD with your own.',
        source,
      },
    ]);
  });

  test("says so, as a warning and first, where it is the host's own", () => {
    expect(kitOf(DEPLOYMENT, 'host').notes[0]).toEqual({
      code: 'host_deployment',
      severity: 'warning',
      message:
        'This kit was rendered from the deployment that the host itself sent with its enrollment: the host chose its addresses, paths, names and images. Check each of them before you run a command or apply a file from it. POST /v1/kits renders a kit for a deployment of your own.',
      source: 'fleetseal, GET /v1/certificates/{serial}/kit',
    });
  });

  test('names the login of a forward proxy, too', () => {
    const { agent: _, ...rest } = DEPLOYMENT;
    const proxy = { kind: 'forward', fleetUrl: 'http://agent@proxy.example.com:3128' };
    expect(kitOf({ ...rest, proxy }).notes[1]?.message).toMatch(/: replace PROXY_USER with your own\.$/);
  });

  test('has no such warning where nothing was left out', () => {
    const { agent: _, ...rest } = DEPLOYMENT;
    const codes = kitOf(rest).notes.map(({ code }) => code);
    expect(codes).toContain('enrollment_token_missing');
    expect(codes).not.toContain('recorded_without_secrets');
  });
});
