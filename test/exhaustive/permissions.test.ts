import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UsedPermission } from '../../infra/local/iam/iam.ts';
import { PROFILE_NAMES, PROFILES, type ProfileName } from '../../shared/domain/profile.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { enrollment, idOf, TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { type GrantedPermission, grantedPermissions } from '../support/granted-permissions.ts';
import { at, listAt, textAt } from '../support/json.ts';
import { caHashes, certId, ocspRequest } from '../support/ocsp-request.ts';
import { oldRoot } from '../support/old-roots.ts';
import { makeJws } from '../support/proofs.ts';
import { confirm, enrolledHost, renew, renewalJws, renewed } from '../support/renewals.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start({ fresh: true });
  await useEverything();
});
afterAll(() => cloud.stop());

const DEPLOYMENT = { model: 'on-premises', os: 'linux', fleetUrl: 'https://fleet.example.com:8220' };

/** Every function on every path that calls a service; other suites go deeper, none goes elsewhere. */
async function useEverything(): Promise<void> {
  // What is signed from its first run on is compared an hour later.
  await cloud.local.invoke('reconcile-signatures', {});
  const many = await cloud.token({ maxUses: 16, names: { commonName: 'host-*' } });
  for (let i = 0; i < 17; i++) await cloud.enroll(many, enrollment());
  const token = await cloud.token();
  const body = enrollment();
  await cloud.enroll(token, body);
  const { json } = await cloud.enroll(token, body);

  // Cut off while signing, taken over by the next try; and cut off, given up.
  for (const end of [() => cloud.pass(20), () => cloud.pass(400)]) {
    const exclusive = { names: { commonName: 'host-*', dns: ['*.example.com'] }, exclusiveDns: true };
    const cutOff = {
      token: await cloud.token(exclusive),
      body: enrollment({ dnsNames: [`${randomUUID()}.example.com`] }),
    };
    cloud.local.faults.add({ service: 'kms', nth: 1, does: 'kill-after' });
    await cloud.enroll(cutOff.token, cutOff.body);
    cloud.local.faults.clear();
    end();
    await cloud.sweep();
    await cloud.enroll(cutOff.token, cutOff.body);
  }

  await reportCompromises();
  await renewals();

  await cloud.call({ method: 'GET', path: `/v1/renewal/${at(json, 'serialNumber')}` });
  await cloud.admin('GET', '/v1/tokens');
  await cloud.admin('GET', `/v1/tokens/${idOf(token)}`);
  await cloud.admin('DELETE', `/v1/tokens/${idOf(many)}`);
  await cloud.certificates();
  await cloud.certificates({ name: body.name });
  await cloud.admin('GET', `/v1/certificates/${at(json, 'serialNumber')}`);
  // It may be archived.
  await cloud.admin('GET', `/v1/certificates/${'1'.repeat(36)}`);
  await cloud.admin('GET', `/v1/certificates/${'1'.repeat(36)}/history`);
  const kit = { profile: 'agent', name: body.name, deployment: DEPLOYMENT };
  await cloud.admin('POST', '/v1/kits', { ...kit, serialNumber: at(json, 'serialNumber') });
  await cloud.admin('GET', `/v1/certificates/${at(json, 'serialNumber')}/kit`);
  await askOcsp(textAt(json, 'serialNumber'));
  await cloud.admin('POST', '/v1/issuers');
  await cloud.admin('GET', '/v1/issuers');
  await cloud.admin('POST', '/v1/issuers/issuer-2/activate');
  await cloud.admin('PUT', '/v1/issuers/issuer-2/certificate', { certificate: oldRoot('Other CA') });
  await cloud.admin('POST', '/v1/issuers/issuer-1/compromise', { revokeAt: '2026-01-01T00:00:00Z' });
  await cloud.local.invoke('maintain-authority', {});
  await revokeEverything(`${at(json, 'serialNumber')}`, body.name);
  const root = await cloud.admin('POST', '/v1/roots', { pem: oldRoot('Old CA') });
  const replacement = { selector: { issuer: 'issuer-1' }, by: '2099-01-01T00:00:00Z' };
  const { json: replacing } = await cloud.admin('POST', '/v1/replacements', replacement);
  await cloud.admin('GET', '/v1/replacements');
  await cloud.admin('DELETE', `/v1/replacements/${at(replacing, 'id')}`);
  await cloud.admin('GET', '/v1/roots');
  await cloud.admin('DELETE', `/v1/roots/${at(root.json, 'sha256')}`);
  await cloud.admin('POST', '/v1/roots/root-2/certify');
  await cloud.admin('POST', '/v1/roots/root-2/activate');
  await cloud.local.invoke('measure-adoption', {});
  // Without the root's list there is no bundle, which it reports.
  await cloud.local.invoke('publish-crls', {}).catch(() => undefined);
  await cloud.enroll(await cloud.token({ certificateLifetime: 'PT1H' }), enrollment());
  cloud.pass(3500);
  await cloud.local.invoke('report-expiry', {});
  await cloud.local.invoke('publish-events', {});
  await cloud.local.invoke('publish-events', { serialNumbers: [at(json, 'serialNumber')] });
  await cloud.local.invoke('publish-rejections', { awslogs: { data: refusedLine() } });
  cloud.pass(7200);
  await cloud.local.invoke('reconcile-signatures', {});
  for (const path of ['/v1/trust', '/v1/trust.pem', '/v1/openapi.json', '/v1/nothing'])
    await cloud.call({ path });
}

/** Every route of revocation, on a certificate that was issued and on one that claims its DNS name exclusively. */
async function revokeEverything(serial: string, name: string): Promise<void> {
  const exclusive = { names: { commonName: 'host-*', dns: ['*.example.com'] }, exclusiveDns: true };
  const token = await cloud.token(exclusive);
  await cloud.enroll(token, enrollment({ dnsNames: [`${randomUUID()}.example.com`] }));
  await cloud.admin('POST', `/v1/tokens/${idOf(token)}/revoke`, { certificates: true });
  await cloud.admin('POST', `/v1/certificates/${serial}/revoke`, { reason: 'keyCompromise' });
  await cloud.admin('POST', '/v1/certificates/revoke', { serialNumbers: [serial], confirm: 1 });
  await cloud.admin('POST', `/v1/names/agent/${name}/revoke`, { block: true });
  await cloud.admin('POST', `/v1/names/agent/${name}/revoke`, { block: true });
  await cloud.admin('PUT', `/v1/blocks/proxy/${name}`, {});
  await cloud.admin('PUT', `/v1/blocks/proxy/${name}`, {});
  await cloud.admin('DELETE', `/v1/blocks/proxy/${name}`);
  await cloud.admin('POST', '/v1/blocks/keys', { spkiSha256: 'ab'.repeat(32) });
  await cloud.admin('GET', '/v1/blocks');
  await cloud.admin('GET', `/v1/certificates/${serial}/history`);
}

/** A certificate with exclusive names; and one that was given up before, whose key is blocked all the same. */
async function reportCompromises(): Promise<void> {
  const exclusive = { names: { commonName: 'host-*', dns: ['*.example.com'] }, exclusiveDns: true };
  for (const givenUp of [false, true]) {
    const { pem: csr, privateKey } = makeCsr({ kind: 'p256' });
    const body = enrollment({ csr, dnsNames: [`${randomUUID()}.example.com`] });
    if (givenUp) cloud.local.faults.add({ service: 'kms', nth: 1, does: 'kill-before' });
    await cloud.enroll(await cloud.token(exclusive), body);
    cloud.local.faults.clear();
    cloud.pass(400);
    await cloud.sweep();
    const [found] = await cloud.certificates({ name: body.name });
    const statement = { serialNumber: found?.serialNumber, revoke: true };
    const jws = makeJws({ privateKey, keyKind: 'p256' }, statement);
    const { status } = await cloud.call({ method: 'POST', path: '/v1/revoke', body: { jws } });
    expect(status).toBe(200);
  }
}

/** By thumbprint, with another key in the place of the first, confirmed, and one that is given up. */
async function renewals(): Promise<void> {
  const token = { names: { commonName: 'host-*', dns: ['*.example.com'] }, exclusiveDns: true };
  const host = await enrolledHost(cloud, { token, body: { dnsNames: [`${randomUUID()}.example.com`] } });
  const report = { trustSha256: 'ab'.repeat(32) };
  const send = (changes: object = {}) =>
    renew(cloud, { jws: renewalJws(cloud, host, makeCsr(), { ...report, ...changes }) });
  await send({ serialNumber: undefined });
  const key = makeCsr();
  const next = await renewed(cloud, host, key);
  await renewed(cloud, host, key);
  expect((await confirm(cloud, host.serialNumber, next)).status).toBe(204);
  cloud.local.faults.add({ service: 'kms', nth: 1, does: 'kill-before' });
  await renew(cloud, { jws: renewalJws(cloud, next, makeCsr(), report) });
  cloud.local.faults.clear();
  cloud.pass(400);
  await cloud.sweep();
  // Cut off while it is signed, and completed by the same request.
  const again = renewalJws(cloud, next, makeCsr(), report);
  cloud.local.faults.add({ service: 'kms', nth: 1, does: 'kill-before' });
  await renew(cloud, { jws: again });
  cloud.local.faults.clear();
  const twin = renew(cloud, { jws: again });
  expect((await twin).status).toBe(201);
}

/** A delivery of the log of `enroll`. */
function refusedLine(): string {
  const reason = { authenticated: true, tokenId: 'A1b2C3d4E5f6G7h8', name: 'host-1' };
  const message = JSON.stringify({ message: 'request', awsRequestId: '9d2b', code: 'name_in_use', reason });
  const delivery = { messageType: 'DATA_MESSAGE', logEvents: [{ id: '1', timestamp: Date.now(), message }] };
  return gzipSync(JSON.stringify(delivery)).toString('base64');
}

/** Asks the OCSP responder, which signs its first response. */
async function askOcsp(serialNumber: string): Promise<void> {
  const trust = (await cloud.call({ path: '/v1/trust' })).json;
  const pem = textAt(listAt(trust, 'issuers')[0], 'certificate');
  const issuer = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const id = certId({ hash: 'sha1', serialNumber, ...caHashes(issuer, 'sha1') });
  await fetch(`${cloud.local.httpUrl}/ocsp`, { method: 'POST', body: Buffer.from(ocspRequest(id, {})) });
}

/** Granted and not seen here, each for a reason. */
const EXCEPTIONS: readonly { readonly grant: RegExp; readonly reason: string }[] = [
  {
    grant: /DeploymentGuard.*cloudformation:DescribeStacks/,
    reason: 'only for a deployment that differs from what is recorded: it may be a rollback',
  },
  {
    grant: /logs:(CreateLogStream|PutLogEvents)/,
    reason: 'the Lambda runtime writes the log, not the function',
  },
  { grant: /lambda:InvokeFunction/, reason: 'EventBridge Scheduler invokes the function with this role' },
  {
    grant: /MaintainAuthority.*PutItem .* of (AUTHORITY|EVENT)/,
    reason: 'a deployment writes additional roots only if its settings name some',
  },
  {
    grant: /RenewCertificate.*kms:Sign .*\(issuer2/,
    reason: 'the next issuer slot: it is activated after the renewals of this test',
  },
  {
    grant: /MaintainAuthority.*(GetPublicKey .*\(issuer2|ConditionCheckItem .* of AUTHORITY)/,
    reason: 'a rollover by itself: it is due after years',
  },
  {
    grant: /ChangeIssuer.*ConditionCheckItem .* of AUTHORITY/,
    reason: 'an activation checks other issuers that wait for theirs, and there are only two slots',
  },
  {
    grant: /(CertifyIssuer|CertifyRoot|MaintainAuthority).*Query .* of CEREMONY/,
    reason:
      'other uses of a root are read only where its key is disabled between uses (root-custody.test.ts)',
  },
  {
    grant: /MaintainAuthority.*DeleteItem .* of SLOT/,
    reason: 'a deployment removes a slot only if its settings no longer name it',
  },
  {
    grant:
      /(CertifyRoot.*(Put|Update)Item|ChangeRoot.*UpdateItem|MeasureAdoption.*UpdateItem) .* of AUTHORITY/,
    reason: 'the settings declare no root that follows the first',
  },
  {
    grant: /CertifyRoot.*(Put|Update)Item .* of CEREMONY/,
    reason: 'the settings declare no root that follows the first',
  },
  {
    grant: /InstallIssuer.*UpdateItem .* of AUTHORITY/,
    reason: 'only below an external root does a certificate come from outside',
  },
  {
    grant: /GetCertificate(History)?Role.*s3:GetObject .*archivebucket/,
    reason: 'the settings have no archive',
  },
  {
    grant: /MeasureAdoption.*(BatchGetItem .* of CERT#|Query .*certificatesByExpiry)/,
    reason: 'no root waits to be activated',
  },
];

/** One role, one action, one resource, one kind of item: the smallest thing that can be granted. */
interface Atom {
  readonly name: string;
  matches(used: UsedPermission): boolean;
}

function atomsOf(grant: GrantedPermission): readonly Atom[] {
  const condition = grant.condition as
    | Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
    | undefined;
  const keys = condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
  const kinds = keys === undefined ? [undefined] : [keys].flat();
  return kinds.map((kind) => ({
    name: `${grant.role}: ${grant.action} on ${grant.resource} (${grant.policy})${kind === undefined ? '' : ` of ${kind}`}`,
    matches: (used) =>
      used.role === grant.role &&
      used.action === grant.action &&
      fits(grant.resource, used.resource) &&
      (kind === undefined || leadingKeysOf(used).some((key) => fits(kind, key))),
  }));
}

const leadingKeysOf = ({ context }: UsedPermission) => [context['dynamodb:LeadingKeys'] ?? []].flat();
const fits = (kind: string, key: string) =>
  kind.endsWith('*') ? key.startsWith(kind.slice(0, -1)) : key === kind;

describe('the permissions of the functions', () => {
  test('suffice: no call was denied', () => {
    const denied = cloud.local.calls.all().filter(({ decision }) => decision === 'denied');
    expect(denied.map(({ role, action, resources }) => `${role}: ${action} on ${resources}`)).toEqual([]);
  });

  test('are all needed: what is granted was used, but for the exceptions, and each exception is one', () => {
    const used = cloud.local.usedPermissions();
    const atoms = grantedPermissions(ASSEMBLY, cloud.local).flatMap(atomsOf);
    const unused = atoms
      .filter((atom) => !used.some((permission) => atom.matches(permission)))
      .map(({ name }) => name);
    expect(unused.filter((name) => !EXCEPTIONS.some(({ grant }) => grant.test(name)))).toEqual([]);
    for (const { grant } of EXCEPTIONS) expect(unused.filter((name) => grant.test(name))).not.toEqual([]);
  });

  test('cover all that was used by one grant each', () => {
    const atoms = grantedPermissions(ASSEMBLY, cloud.local).flatMap(atomsOf);
    const functions = cloud.local
      .usedPermissions()
      .filter(({ action }) => !action.startsWith('execute-api:'));
    const uncovered = functions.filter((permission) => !atoms.some((atom) => atom.matches(permission)));
    expect(uncovered).toEqual([]);
  });
});

const ISSUER_ROUTES = [
  'GET /v1/issuers',
  'POST /v1/issuers',
  'POST /v1/issuers/issuer-9/activate',
  'POST /v1/issuers/issuer-9/drain',
  'POST /v1/issuers/issuer-9/retire',
  'POST /v1/issuers/issuer-9/compromise',
];

describe('the managed policies', () => {
  const routes = [
    ['POST', '/v1/tokens'],
    ['GET', '/v1/tokens'],
    ['GET', `/v1/tokens/${'a'.repeat(16)}`],
    ['DELETE', `/v1/tokens/${'a'.repeat(16)}`],
    ['GET', '/v1/certificates'],
    ['GET', `/v1/certificates/${'1'.repeat(36)}`],
    ['POST', '/v1/kits'],
    ['GET', `/v1/certificates/${'1'.repeat(36)}/kit`],
    ['GET', `/v1/certificates/${'1'.repeat(36)}/history`],
    ['GET', '/v1/blocks'],
    ['POST', `/v1/certificates/${'1'.repeat(36)}/revoke`],
    ['POST', '/v1/certificates/revoke'],
    ['POST', '/v1/names/agent/host-none/revoke'],
    ['POST', `/v1/tokens/${'a'.repeat(16)}/revoke`],
    ['PUT', '/v1/blocks/agent/host-none'],
    ['DELETE', '/v1/blocks/agent/host-none'],
    ['POST', '/v1/blocks/keys'],
    ['GET', '/v1/roots'],
    ['POST', '/v1/roots'],
    ['DELETE', `/v1/roots/${'1'.repeat(64)}`],
    ['GET', '/v1/replacements'],
    ['POST', '/v1/replacements'],
    ['DELETE', `/v1/replacements/${'a'.repeat(16)}`],
    ['POST', '/v1/roots/root-9/certify'],
    ['POST', '/v1/roots/root-9/acknowledge'],
    ['POST', '/v1/roots/root-9/activate'],
    ['POST', '/v1/roots/root-9/retire'],
  ] as const;
  const REVOCATION = routes.length - 19;
  /** And replacements. */
  const ROOTS = routes.length - 10;

  test.each([
    {
      policy: 'TokenIssuer',
      may: [false, true, true, true, false, false, true, true],
      revocation: 'none',
      roots: 'none',
    },
    {
      policy: 'ServerTokens',
      may: [false, true, true, true, false, false, true, true],
      revocation: 'none',
      roots: 'none',
    },
    {
      policy: 'Revoker',
      may: [false, true, true, true, true, true, false, true],
      revocation: 'all',
      roots: 'none',
    },
    {
      policy: 'Auditor',
      may: [false, true, true, false, true, true, false, true],
      revocation: 'read',
      roots: 'read',
    },
    {
      policy: 'CaAdmin',
      may: [true, true, true, true, true, true, true, true],
      revocation: 'all',
      roots: 'all',
    },
  ])('$policy opens its routes and no other', async ({ policy, may, revocation, roots }) => {
    const credentials = cloud.local.credentialsFor(policy);
    const allowed = [];
    for (const [method, path] of routes) {
      const body = method === 'POST' || method === 'PUT' ? {} : undefined;
      const answer = await cloud.admin(method, path, body, credentials);
      allowed.push(answer.status !== 403);
    }
    const opened = (area: readonly (readonly [method: string, path: string])[], access: string) =>
      area.map(([method]) => access === 'all' || (access === 'read' && method === 'GET'));
    expect(allowed).toEqual([
      ...may,
      ...opened(routes.slice(REVOCATION, ROOTS), revocation),
      ...opened(routes.slice(ROOTS), roots),
    ]);
  });

  test.each([
    { policy: 'TokenIssuer', may: [] },
    { policy: 'ServerTokens', may: [] },
    { policy: 'Revoker', may: [] },
    { policy: 'Auditor', may: ['GET /v1/issuers'] },
    { policy: 'CaAdmin', may: ISSUER_ROUTES },
  ])('$policy: of the routes of issuers, opens $may', async ({ policy, may }) => {
    const credentials = cloud.local.credentialsFor(policy);
    for (const route of ISSUER_ROUTES) {
      const [method = '', path = ''] = route.split(' ');
      const { status } = await cloud.admin(method, path, undefined, credentials);
      expect([route, status === 403]).toEqual([route, !may.includes(route)]);
    }
  });

  const names = { commonName: 'host-*', dns: ['*.example.com'] };
  /** The status of a request for a token with what any profile needs. */
  const make = async (policy: string, path: string, profile: ProfileName, body: object = {}) => {
    const fitting = PROFILES[profile].dns === 'never' ? { commonName: 'host-*' } : names;
    const credentials = cloud.local.credentialsFor(policy);
    const answer = await cloud.admin('POST', path, { names: fitting, ...body }, credentials);
    return answer.status;
  };

  test.each([
    { policy: 'TokenIssuer', profiles: ['agent', 'output-client'] },
    { policy: 'ServerTokens', profiles: ['fleet-server', 'output-server', 'proxy', 'eck-metrics'] },
    { policy: 'Revoker', profiles: [] },
    { policy: 'Auditor', profiles: [] },
    { policy: 'CaAdmin', profiles: PROFILE_NAMES },
  ])('$policy makes tokens of these profiles and of no other', async ({ policy, profiles }) => {
    for (const profile of PROFILE_NAMES) {
      const status = await make(policy, `/v1/profiles/${profile}/tokens`, profile);
      expect([profile, status]).toEqual([profile, profiles.includes(profile) ? 201 : 403]);
    }
  });

  test('are not got around by the body, nor by another spelling of the path', async () => {
    const replace = { onExistingName: 'replace' };
    const agents = '/v1/profiles/agent/tokens';
    expect(await make('TokenIssuer', agents, 'agent', replace)).toBe(201);
    expect(await make('TokenIssuer', agents, 'proxy', { ...replace, profile: 'proxy' })).toBe(400);
    expect(await make('TokenIssuer', '/v1/tokens', 'agent', { profile: 'agent' })).toBe(403);
    for (const path of ['prox%79', 'proxy/', '/proxy', 'agent/../proxy', 'agent%2F..%2Fproxy', 'Agent'])
      expect([path, await make('TokenIssuer', `/v1/profiles/${path}/tokens`, 'proxy', replace)]).not.toEqual([
        path,
        201,
      ]);
  });
});
