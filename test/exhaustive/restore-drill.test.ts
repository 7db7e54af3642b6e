import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDynoxide } from '../../infra/local/dynamodb/dynoxide.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { DEFAULT_CRL_SHARDS, fullListPath, shardPath } from '../../shared/domain/revocation-points.ts';
import { enrollment, idOf, TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { at, listAt, textAt } from '../support/json.ts';
import { caHashes, certId, ocspRequest } from '../support/ocsp-request.ts';
import { bucketOf, Published } from '../support/published.ts';
import {
  type CertifiedHost,
  confirm,
  derOf,
  enrolledHost,
  hostOf,
  renew,
  renewalJws,
  renewed,
} from '../support/renewals.ts';
import { TableCopies } from '../support/table-copy.ts';

/*
 * A restore from beginning to end: the table is copied at a point in time; certificates are issued, renewed and revoked,
 * tokens are spent and revoked, a name is blocked; the copy takes the table's place.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-drill-'));
const streamArn = (table: string) =>
  `arn:aws:dynamodb:eu-central-1:000000000000:table/${table}/stream/2026-11-28T03:12:45.123`;

let engine: Awaited<ReturnType<typeof startDynoxide>>;
let tables: TableCopies;
let cloud: TestCloud;
let original: string;
let bucket: string;
const SINCE = 'issuer-2';
const PATHS = [
  ...Array.from({ length: DEFAULT_CRL_SHARDS }, (_, shard) => shardPath('issuer-1', shard)),
  fullListPath('issuer-1'),
];

beforeAll(async () => {
  engine = await startDynoxide();
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.url;
  tables = new TableCopies(engine.url);
  cloud = await TestCloud.start();
  [original = ''] = await tables.names();
  bucket = bucketOf(cloud);
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  await cloud.stop();
  tables.close();
  await engine.stop();
  rmSync(directory, { recursive: true, force: true });
});

const publish = () => cloud.local.invoke('publish-crls', {});
const merge = async (event: object = {}) => (await cloud.local.invoke('merge-ledger', event)) as object;
const recordOf = async (serial: string) => (await cloud.admin('GET', `/v1/certificates/${serial}`)).json;

/** Deploys with the settings, over the same keys, records and lists. */
async function deploy(name: string, settings: object): Promise<void> {
  cloud = await cloud.redeploy(synthesize(join(directory, name), settings));
}

/** Number and serial numbers of every list. */
async function lists() {
  const published = new Published(cloud, bucket);
  return new Map(
    await Promise.all(
      PATHS.map(async (path) => {
        const { number, entries } = await published.list(path);
        return [path, { number, serials: entries.map(({ serialNumber }) => serialNumber) }] as const;
      }),
    ),
  );
}

/** The status in an OCSP response, or the error: the first octets say which. */
async function ocsp({ serialNumber }: Pick<CertifiedHost, 'serialNumber'>): Promise<string> {
  const trust = (await cloud.call({ method: 'GET', path: '/v1/trust' })).json;
  const issuer = derOf(textAt(listAt(trust, 'issuers')[0], 'certificate'));
  const id = certId({ hash: 'sha1', serialNumber, ...caHashes(issuer, 'sha1') });
  const body = Buffer.from(ocspRequest(id, {}));
  const headers = { 'content-type': 'application/ocsp-request' };
  const answer = await fetch(`${cloud.local.httpUrl}/ocsp`, { method: 'POST', body, headers });
  const der = Buffer.from(await answer.arrayBuffer());
  if (der.equals(Buffer.from('30030a0103', 'hex'))) return 'tryLater';
  if (der.equals(Buffer.from('30030a0106', 'hex'))) return 'unauthorized';
  const after = der.indexOf(Buffer.from(serialNumber, 'hex')) + serialNumber.length / 2;
  return der[after] === 0x80 ? 'good' : der[after] === 0xa1 ? 'revoked' : 'unknown';
}

const problem = ({ status, json }: { status: number; json: unknown }) => [status, at(json, 'code')];

describe('a table that was restored, with the former one as a witness', () => {
  const NOT_READY = [503, 'authority_not_ready'];
  let many: string;
  let once: string;
  let stopped: string;
  let late: string;
  let renewedHost: CertifiedHost;
  let successor: CertifiedHost;
  let spender: { readonly body: ReturnType<typeof enrollment>; readonly host: CertifiedHost };
  let stolen: CertifiedHost;
  let stolenCsr: string;
  let earlier: CertifiedHost;
  let kept: CertifiedHost;
  let before: Awaited<ReturnType<typeof lists>>;

  beforeAll(async () => {
    [many, once, stopped] = [await cloud.token({ maxUses: 4 }), await cloud.token(), await cloud.token()];
    earlier = await enrolledHost(cloud);
    kept = await enrolledHost(cloud);
    renewedHost = await enrolledHost(cloud);
    await cloud.enroll(many, enrollment());
    await cloud.admin('POST', `/v1/certificates/${earlier.serialNumber}/revoke`, { reason: 'superseded' });
    await publish();
    // As if the slot had been declared since.
    await tables.copy(original, 'restored', ({ pk, sk }) => pk?.S === 'SLOT' && sk?.S === SINCE);

    successor = await renewed(cloud, renewedHost);
    await confirm(cloud, renewedHost.serialNumber, successor);
    const key = makeCsr({ kind: 'p256' });
    const body = enrollment({ csr: key.pem });
    const own = { name: body.name, keyKind: 'p256', privateKey: key.privateKey } as const;
    spender = { body, host: hostOf(await cloud.enroll(once, body), own) };
    const other = makeCsr({ kind: 'p256' });
    const request = enrollment({ csr: other.pem });
    stolenCsr = other.pem;
    stolen = hostOf(await cloud.enroll(many, request), {
      ...{ name: request.name, keyKind: 'p256', privateKey: other.privateKey },
    });
    expect(await ocsp(stolen)).toBe('good');
    await cloud.admin('POST', `/v1/certificates/${stolen.serialNumber}/revoke`, { reason: 'keyCompromise' });
    await cloud.admin('DELETE', `/v1/tokens/${idOf(stopped)}`);
    await cloud.admin('PUT', '/v1/blocks/agent/host-blocked', { comment: 'scrapped' });
    late = await cloud.token();
    await publish();
    before = await lists();
    await deploy('restored', { restoredLedger: { streamArn: streamArn('restored') } });
  }, 300_000);

  test('has the slots that were declared since, before it is merged', async () => {
    const slotsOf = async (table: string) => (await tables.items(table)).filter(({ pk }) => pk?.S === 'SLOT');
    expect(await slotsOf('restored')).toHaveLength((await slotsOf(original)).length);
    expect(await slotsOf('restored')).toEqual(expect.arrayContaining(await slotsOf(original)));
    expect((await slotsOf(original)).map(({ sk }) => sk?.S)).toContain(SINCE);
  });

  test('signs nothing: no certificate, no list, no OCSP response', async () => {
    cloud.local.calls.reset();
    expect(problem(await cloud.enroll(many, enrollment()))).toEqual(NOT_READY);
    const jws = renewalJws(cloud, successor, makeCsr({ kind: 'p256' }));
    expect(problem(await renew(cloud, { jws }))).toEqual(NOT_READY);
    expect(problem(await cloud.admin('POST', '/v1/issuers', {}))).toEqual(NOT_READY);
    for (const host of [stolen, earlier, successor]) expect(await ocsp(host)).toBe('tryLater');
    for (const name of ['publish-crls', 'maintain-authority', 'sweep-reservations'])
      await expect(cloud.local.invoke(name, {})).rejects.toThrow('restored from a backup');
    expect(
      cloud.local.calls.all().filter(({ action }) => action === 'Sign' || action === 'PutObject'),
    ).toEqual([]);
    expect(await lists()).toEqual(before);
  });

  test('is seen by administrators and hosts, and takes revocations', async () => {
    expect((await cloud.call({ method: 'GET', path: '/v1/trust' })).status).toBe(200);
    expect((await cloud.admin('GET', '/v1/issuers')).status).toBe(200);
    expect((await cloud.admin('GET', '/v1/certificates')).status).toBe(200);
    expect((await cloud.admin('GET', '/v1/tokens')).status).toBe(200);
    const path = `/v1/certificates/${kept.serialNumber}/revoke`;
    expect((await cloud.admin('POST', path, { reason: 'superseded' })).status).toBe(200);
  });

  test('is looked at first: nothing is written', async () => {
    const items = await tables.items('restored');
    expect(await merge()).toMatchObject({
      table: 'restored',
      former: { table: original, exists: true },
      applied: false,
      open: false,
      blocks: { names: 1, keys: 1 },
      tokens: { counted: 2, revoked: 1, dropped: [idOf(late)] },
      certificates: { adopted: 4, voided: 0, refused: [] },
      lists: { entries: 2 },
      next: 'Nothing was written. Invoke again with "apply": true.',
    });
    expect(await tables.items('restored')).toEqual(items);
    expect(problem(await cloud.enroll(many, enrollment()))).toEqual(NOT_READY);
  });

  test('is merged, and opened by a merge that began after all requests to the former table had ended', async () => {
    expect(await merge({ apply: true })).toMatchObject({ applied: true, open: false });
    expect(problem(await cloud.enroll(many, enrollment()))).toEqual(NOT_READY);
    cloud.pass(121);
    expect(await merge({ apply: true })).toMatchObject({
      certificates: { adopted: 0, voided: 0, refused: [] },
      open: true,
    });
    expect(await merge({ apply: true })).toMatchObject({
      open: true,
      next: 'The ledger is open: there is nothing to merge.',
    });
  });

  test('publishes lists that lack no entry, with greater numbers', async () => {
    await publish();
    await cloud.admin('POST', `/v1/certificates/${spender.host.serialNumber}/revoke`, {
      reason: 'superseded',
    });
    await publish();
    const now = await lists();
    for (const [path, { number, serials }] of before) {
      expect(now.get(path)?.serials).toEqual(expect.arrayContaining([...serials]));
      expect((now.get(path)?.number ?? 0n) >= number).toBe(true);
    }
    const full = fullListPath('issuer-1');
    expect((now.get(full)?.number ?? 0n) > (before.get(full)?.number ?? 0n)).toBe(true);
  });

  test('answers OCSP as before, also for what was issued since', async () => {
    expect(await ocsp(stolen)).toBe('revoked');
    expect(await ocsp(earlier)).toBe('revoked');
    expect(await ocsp(kept)).toBe('revoked');
    expect(await ocsp(successor)).toBe('good');
    expect(at(await recordOf(stolen.serialNumber), 'revocation.reason')).toBe('keyCompromise');
  });

  test('lets no token be spent twice, and no token that is closed', async () => {
    expect(problem(await cloud.enroll(once, enrollment()))).toEqual([401, 'token_rejected']);
    expect(problem(await cloud.enroll(stopped, enrollment()))).toEqual([401, 'token_rejected']);
    expect(problem(await cloud.enroll(late, enrollment()))).toEqual([401, 'token_rejected']);
    const serials = [];
    for (let left = 2; left > 0; left--) {
      const answer = await cloud.enroll(many, enrollment());
      expect(answer.status).toBe(201);
      serials.push(textAt(answer.json, 'serialNumber'));
    }
    expect(problem(await cloud.enroll(many, enrollment()))).toEqual([401, 'token_rejected']);
    const known = [stolen, earlier, successor, renewedHost, spender.host].map(
      ({ serialNumber }) => serialNumber,
    );
    expect(new Set([...serials, ...known]).size).toBe(7);
  });

  test('keeps blocks, of the name and of the key', async () => {
    const wide = await cloud.token({ maxUses: 2 });
    expect(problem(await cloud.enroll(wide, enrollment({ name: 'host-blocked' })))).toEqual([
      422,
      'name_blocked',
    ]);
    expect(problem(await cloud.enroll(wide, enrollment({ csr: stolenCsr })))).toEqual([422, 'key_refused']);
  });

  test('renews for hosts whose records the copy lacked, and not for those that were renewed', async () => {
    const next = await renewed(cloud, successor);
    expect(next.serialNumber).not.toBe(successor.serialNumber);
    const jws = renewalJws(cloud, renewedHost, makeCsr({ kind: 'p256' }));
    expect(problem(await renew(cloud, { jws }))).toEqual([409, 'already_renewed']);
  });

  test('leaves the former table closed', async () => {
    await expect(deploy('former', {})).rejects.toThrow(
      'restoredLedger: the records have moved to the table restored. Set it to the stream of that table',
    );
    await deploy('again', { restoredLedger: { streamArn: streamArn('restored') } });
    expect((await cloud.enroll(await cloud.token(), enrollment())).status).toBe(201);
  }, 300_000);
});
