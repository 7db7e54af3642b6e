import { randomBytes } from 'node:crypto';
import { type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import type { CommonName } from '../../shared/domain/common-name.ts';
import { type Instant, plus } from '../../shared/domain/instant.ts';
import { claimName, releaseName } from '../../shared/domain/name-record.ts';
import { type RevokedEntry, SERVICE } from '../../shared/domain/revocation.ts';
import { crlShardOf, DEFAULT_CRL_SHARDS, shardPath } from '../../shared/domain/revocation-points.ts';
import { issue } from '../../shared/pki/issue.ts';
import { prepareLeaf } from '../../shared/pki/prepare-leaf.ts';
import { mergeLedger } from '../../shared/restore/merge-ledger.ts';
import { issuerItem, rootItem } from '../../shared/store/authority-item.ts';
import { dynamoBlockLedger } from '../../shared/store/block-ledger.ts';
import { dynamoCeremonyLog } from '../../shared/store/ceremony-log.ts';
import { certificateItem } from '../../shared/store/certificate-item.ts';
import { storeContext } from '../../shared/store/context.ts';
import { type Item, toItem } from '../../shared/store/expression.ts';
import { dynamoFormerLedger } from '../../shared/store/former-ledger.ts';
import { putEvent, readHistory } from '../../shared/store/history.ts';
import { reservationKey, useSlotKey } from '../../shared/store/keys.ts';
import { ledgerItem } from '../../shared/store/ledger-state.ts';
import { putName } from '../../shared/store/name-item.ts';
import { readItem } from '../../shared/store/read-items.ts';
import { dynamoRestoredLedger } from '../../shared/store/restored-ledger.ts';
import { dynamoRevocationLedger } from '../../shared/store/revoke.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { fakeObjectStore } from '../fakes/object-store.ts';
import { type MadeAuthority, makeAuthority, NOW } from '../support/ca.ts';
import { startTestDynamo, type TestDynamo, type TestTable } from '../support/dynamodb.ts';
import { leafContents } from '../support/leaf-contents.ts';
import {
  freeName,
  sampleIssuer,
  sampleRecord,
  sampleRevocation,
  sampleRoot,
  sampleToken,
  serialNumber,
  sha256Hex,
} from '../support/records.ts';
import { makeList } from '../support/revocation-lists.ts';

let dynamo: TestDynamo;
let ours: MadeAuthority;
let foreign: MadeAuthority;
let former: TestTable;
let restored: TestTable;
let objects: ReturnType<typeof fakeObjectStore>;
let now: Instant;

beforeAll(async () => {
  dynamo = await startTestDynamo();
  [ours, foreign] = await Promise.all([
    makeAuthority('ECC_NIST_P256', 'ECC_NIST_P256'),
    makeAuthority('ECC_NIST_P256', 'ECC_NIST_P256'),
  ]);
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  [former, restored] = await Promise.all([dynamo.createTable(), dynamo.createTable()]);
  objects = fakeObjectStore();
  now = NOW;
  const { certificate } = ours.root;
  const root = sampleRoot({ state: 'ISSUED', certificate, keySpec: 'ECC_NIST_P256', createdAt: NOW });
  const { certificate: issuerCertificate, keySpec } = ours.issuer;
  const issuer = sampleIssuer({
    certificate: issuerCertificate,
    keySpec,
    state: 'ACTIVE',
    crlShards: DEFAULT_CRL_SHARDS,
  });
  const says = ledgerItem({ tableName: former.tableName, openedAt: NOW });
  for (const item of [rootItem(root), issuerItem(issuer), says]) {
    await put(former, item);
    await put(restored, item);
  }
});

async function put({ client, tableName }: TestTable, Item: Item): Promise<void> {
  await client.send(new PutItemCommand({ TableName: tableName, Item }));
}

/** The same for all tables of a test: ids and serial numbers are drawn once. */
const ROOT = { serialNumber: serialNumber() };
const ISSUER = { serialNumber: serialNumber(), tbsSha256: 'ab'.repeat(32) };

const merge = (request: object = { apply: true }, changes: object = {}) => {
  const { client, tableName } = restored;
  return mergeLedger(
    {
      restored: dynamoRestoredLedger(restored),
      formerLedger: (name: string) => dynamoFormerLedger({ client, tableName, former: name }),
      ledger: { ...dynamoRevocationLedger(restored), ...dynamoBlockLedger(restored) },
      tokens: dynamoTokenStore(restored),
      objects,
      clock: () => now,
      pause: async () => {},
      random: (length: number) => Uint8Array.from(randomBytes(length)),
      isTimeLeft: () => true,
      ...changes,
    },
    request,
  );
};

const inRestored = async ({ serialNumber: serial }: Pick<CertificateRecord, 'serialNumber'>) =>
  (await dynamoRestoredLedger(restored).records([serial]))[0];

async function entriesOf({ serialNumber: serial }: Pick<CertificateRecord, 'serialNumber'>) {
  const found: RevokedEntry[] = [];
  const shard = crlShardOf(serial, DEFAULT_CRL_SHARDS);
  for await (const page of dynamoRestoredLedger(restored).entries('issuer-1', shard)) found.push(...page);
  return found.filter((entry) => entry.serialNumber === serial);
}

/** A certificate that a CA issued, as it is recorded. */
async function issued(
  by: MadeAuthority['issuer'] = ours.issuer,
  changes: Partial<CertificateRecord> = {},
): Promise<CertificateRecord> {
  const serial = serialNumber();
  const name = `host-${randomBytes(6).toString('hex')}` as CommonName;
  const crlShard = crlShardOf(serial, DEFAULT_CRL_SHARDS);
  const contents = { ...leafContents('agent'), serialNumber: serial, name, crlShard };
  const prepared = prepareLeaf(contents, by);
  const { tbsSha256 } = prepared;
  const { certificate } = await issue(prepared, by.key.sign);
  const publicKeySha256 = sha256Hex(contents.publicKey);
  return sampleRecord({
    ...{ ...contents, publicKeySha256, tbsSha256, certificate },
    ...{ state: 'ISSUED', issuedAt: NOW, reservedAt: NOW },
    ...changes,
  });
}

function holderOf({ profile, publicKeySha256, serialNumber: serial, validity }: CertificateRecord) {
  return { profile, publicKeySha256, serialNumber: serial, notAfter: validity.notAfter };
}

/** A reservation with its name, and with a use of its token where the table has the token. */
async function reservedIn(table: TestTable, record: CertificateRecord): Promise<void> {
  const context = storeContext(table);
  const { serialNumber: serial, tokenId, publicKeySha256, validity, name } = record;
  await put(table, certificateItem(record));
  await put(table, {
    ...reservationKey(tokenId, publicKeySha256),
    ...toItem({ serialNumber: serial, followUntil: validity.notAfter }),
  });
  await put(table, putName(context, claimName(freeName(name), holderOf(record), NOW)).Item ?? {});
  const use = await readItem(context, useSlotKey(tokenId, record.useSlot));
  if (use !== undefined) await put(table, { ...use, used: { N: '1' } });
}

const reservationIn = (table: TestTable, { tokenId, publicKeySha256 }: CertificateRecord) =>
  readItem(storeContext(table), reservationKey(tokenId, publicKeySha256));

/** Publishes a list with these entries, as it was before the restore. */
async function published(...entries: readonly RevokedEntry[]): Promise<void> {
  for (const entry of entries) {
    const path = shardPath('issuer-1', crlShardOf(entry.serialNumber, DEFAULT_CRL_SHARDS));
    const body = await makeList(ours.issuer, [[entry]]);
    await objects.replace(path, { body, contentType: '', maxAgeSeconds: 1, metadata: {} }, undefined);
  }
}

const listed = ({ serialNumber: serial }: Pick<CertificateRecord, 'serialNumber'>): RevokedEntry => ({
  ...{ serialNumber: serial, revokedAt: plus(NOW, -600), reason: 'keyCompromise', notAfter: plus(NOW, 1) },
});

describe('of the former table', () => {
  test('a certificate that was issued since is taken over as it is', async () => {
    const record = await issued();
    await put(former, certificateItem(record));
    expect((await merge()).certificates).toEqual({ compared: 1, adopted: 1, voided: 0, refused: [] });
    expect(await inRestored(record)).toEqual(record);
    expect((await merge()).certificates).toMatchObject({ adopted: 0, refused: [] });
  });

  test.each<{ name: string; forged: () => Promise<CertificateRecord> }>([
    {
      name: 'another name than its certificate',
      forged: () => issued(ours.issuer, { name: 'other' as CommonName }),
    },
    {
      name: 'another key than its certificate',
      forged: () => issued(ours.issuer, { publicKey: Uint8Array.of(1) }),
    },
    { name: 'a certificate of another CA', forged: () => issued(foreign.issuer) },
    { name: 'no certificate', forged: async () => sampleRecord({ state: 'ISSUED', issuedAt: NOW }) },
    { name: 'an issuer that is not known', forged: () => issued(ours.issuer, { issuerId: 'issuer-9' }) },
    {
      name: 'octets that are no certificate',
      forged: () => issued(ours.issuer, { certificate: Uint8Array.of(0x30, 0) }),
    },
  ])('a record with $name is not taken over, and its serial number is on the lists', async ({ forged }) => {
    const record = await forged();
    await put(former, certificateItem(record));
    expect((await merge()).certificates).toMatchObject({ adopted: 0, refused: [record.serialNumber] });
    expect(await inRestored(record)).toBeUndefined();
    expect(await entriesOf(record)).toHaveLength(record.issuerId === 'issuer-1' ? 1 : 0);
  });

  test('what was never finished becomes void once nobody can finish it, and is on the lists', async () => {
    const record = sampleRecord({ reservedAt: NOW });
    await put(former, certificateItem(record));
    expect((await merge({})).certificates).toMatchObject({ voided: 1, adopted: 0 });
    expect((await merge()).certificates).toMatchObject({ voided: 0, adopted: 0 });
    expect(await inRestored(record)).toBeUndefined();
    now = plus(NOW, 120);
    expect((await merge()).certificates).toMatchObject({ voided: 1, adopted: 0 });
    expect(await inRestored(record)).toMatchObject({ state: 'VOID', revocation: { revokedBy: 'fleetseal' } });
    expect(await entriesOf(record)).toHaveLength(1);
  });

  test('what was under way at the close and was issued then is taken over as issued', async () => {
    const record = await issued();
    await put(former, certificateItem({ ...record, state: 'RESERVED' }));
    await merge();
    await put(former, certificateItem(record));
    now = plus(NOW, 120);
    expect(await merge()).toMatchObject({ open: true, certificates: { adopted: 1, voided: 0 } });
    expect(await inRestored(record)).toEqual(record);
    expect(await entriesOf(record)).toEqual([]);
  });

  test('what becomes void keeps no name, no reservation and no use of its token', async () => {
    const token = sampleToken({ createdAt: NOW });
    for (const table of [former, restored]) await dynamoTokenStore(table).createToken(token);
    const record = sampleRecord({ tokenId: token.id, useSlot: 0, reservedAt: NOW });
    await reservedIn(former, record);
    await merge();
    now = plus(NOW, 120);
    expect(await merge()).toMatchObject({ open: true, certificates: { voided: 1 } });
    expect(await reservationIn(restored, record)).toBeUndefined();
    expect((await dynamoRevocationLedger(restored).name(record.name)).holders).toEqual([]);
    expect((await dynamoTokenStore(restored).token(token.id))?.uses).toBe(0);
  });

  test('what the restored table still has reserved, and was given up since, keeps nothing either', async () => {
    const record = sampleRecord({ reservedAt: NOW });
    await reservedIn(restored, record);
    const given = { ...sampleRevocation(), revokedBy: SERVICE };
    await put(former, certificateItem({ ...record, state: 'VOID', revocation: given }));
    const released = releaseName(
      claimName(freeName(record.name), holderOf(record), NOW),
      record.serialNumber,
    );
    await put(former, putName(storeContext(former), released).Item ?? {});
    expect((await merge()).certificates).toMatchObject({ adopted: 1 });
    expect(await reservationIn(restored, record)).toBeUndefined();
    expect((await dynamoRevocationLedger(restored).name(record.name)).holders).toEqual([]);
  });

  test.each(['former', 'both'])(
    'a certificate whose renewal was never finished can be renewed again, where it names its successor in %s',
    async (where) => {
      const record = await issued();
      const successor = sampleRecord({ predecessor: record.serialNumber, reservedAt: NOW });
      const { serialNumber: serial, publicKeySha256 } = successor;
      const renewed = { ...record, successor: { serialNumber: serial, publicKeySha256 } };
      await put(former, certificateItem(renewed));
      if (where === 'former') await put(former, certificateItem(successor));
      else {
        const given = { ...sampleRevocation(), revokedBy: SERVICE };
        await put(former, certificateItem({ ...successor, state: 'VOID', revocation: given }));
        await put(restored, certificateItem(successor));
      }
      await put(restored, certificateItem(where === 'former' ? record : renewed));
      await merge();
      now = plus(NOW, 120);
      expect(await merge()).toMatchObject({ open: true });
      expect(await inRestored(successor)).toMatchObject({ state: 'VOID' });
      expect(await inRestored(record)).toEqual(record);
    },
  );

  test('a certificate is taken over with a history that is longer than a transaction', async () => {
    const record = await issued();
    await put(former, certificateItem(record));
    for (let i = 0; i < 130; i++) {
      const event = { event: 'renewed', at: plus(NOW, i), by: 'host', successor: serialNumber() } as const;
      await put(former, putEvent(storeContext(former), record.serialNumber, event).Item ?? {});
    }
    expect((await merge()).certificates).toMatchObject({ adopted: 1 });
    expect(await readHistory(storeContext(restored), record.serialNumber)).toHaveLength(130);
  });

  test('a certificate that was revoked before the restore point stays so, whatever the former table says', async () => {
    const record = await issued();
    const revocation = sampleRevocation();
    await put(former, certificateItem(record));
    await put(restored, certificateItem({ ...record, state: 'REVOKED', revocation }));
    expect((await merge()).certificates).toMatchObject({ adopted: 0, refused: [] });
    expect(await inRestored(record)).toMatchObject({ state: 'REVOKED', revocation });
  });

  test('a record that was changed keeps what was restored', async () => {
    const record = await issued();
    await put(restored, certificateItem(record));
    const changed = {
      ...record,
      name: 'other' as CommonName,
      state: 'REVOKED',
      revocation: sampleRevocation(),
    } as const;
    await put(former, certificateItem(changed));
    expect((await merge()).certificates).toMatchObject({ adopted: 0, refused: [record.serialNumber] });
    expect(await inRestored(record)).toEqual(record);
  });

  test('who holds a name is taken over with the certificate, and a block of either table stays', async () => {
    const record = await issued();
    const { profile, publicKeySha256, serialNumber: serial, validity, name } = record;
    const holder = { profile, publicKeySha256, serialNumber: serial, notAfter: validity.notAfter };
    await put(former, certificateItem(record));
    const claimed = claimName(freeName(name), holder, NOW);
    await put(former, putName(storeContext(former), claimed).Item ?? {});
    await put(
      restored,
      putName(storeContext(restored), { ...freeName(name), version: 1, blocked: ['proxy'] }).Item ?? {},
    );
    await merge();
    const now = await dynamoRevocationLedger(restored).name(name);
    expect(now).toMatchObject({ version: 2, holders: [holder], blocked: ['proxy'] });
    await merge();
    expect(await dynamoRevocationLedger(restored).name(name)).toEqual(now);
  });

  test.each([
    {
      name: 'a root',
      item: () =>
        rootItem(sampleRoot({ id: 'root-2', state: 'ACTIVE', certificate: foreign.root.certificate })),
    },
    {
      name: 'an issuer',
      item: () =>
        issuerItem(
          sampleIssuer({ id: 'issuer-2', state: 'ACTIVE', certificate: foreign.issuer.certificate }),
        ),
    },
    {
      name: 'another certificate of the issuer',
      item: () => issuerItem(sampleIssuer({ state: 'DRAINING', certificate: foreign.issuer.certificate })),
    },
  ])('$name that no root of ours certified is not taken over', async ({ item }) => {
    await put(former, item());
    const before = await dynamoRestoredLedger(restored).cas();
    const { cas } = await merge();
    expect(cas?.adopted).toEqual([]);
    expect(cas?.refused).toHaveLength(1);
    expect(await dynamoRestoredLedger(restored).cas()).toEqual(before);
  });

  test('an issuer that was certified since, or came further, is taken over', async () => {
    const { certificate } = ours.issuer;
    await put(former, issuerItem(sampleIssuer({ state: 'COMPROMISED', certificate, compromisedAt: NOW })));
    await put(former, issuerItem(sampleIssuer({ id: 'issuer-2', state: 'READY', certificate })));
    expect((await merge()).cas).toEqual({ adopted: ['issuer-1', 'issuer-2'], refused: [] });
    const { issuers } = await dynamoRestoredLedger(restored).cas();
    expect(issuers.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'issuer-1 COMPROMISED',
      'issuer-2 READY',
    ]);
    expect((await merge()).cas).toEqual({ adopted: [], refused: [] });
  });
});

test('the uses of the roots since are taken over, and how those ended that were under way', async () => {
  const use = { rootId: 'root-1', keyArn: 'arn:root', purpose: 'certificate of issuer-2', by: 'admin' };
  const [begun, ended, since] = ['01', '02', '03'].map((digest, i) => ({ ...use, at: plus(NOW, i), digest }));
  const [before, after] = [former, restored].map((table) => dynamoCeremonyLog(table));
  for (const one of [begun, ended, since])
    if (one !== undefined) {
      await before?.begin(one);
      if (one !== since) await after?.begin(one);
      if (one !== begun) await before?.end(one, 'signed', ['kms-1']);
    }
  const known = await after?.lastCeremonies(10);
  expect(await merge({})).toMatchObject({ rootUses: 2 });
  expect(await after?.lastCeremonies(10)).toEqual(known);
  expect(await merge()).toMatchObject({ rootUses: 2 });
  expect(await after?.lastCeremonies(10)).toEqual(await before?.lastCeremonies(10));
  expect(await merge()).toMatchObject({ rootUses: 0 });
});

describe('of the published lists', () => {
  test('a certificate is revoked again with the time and reason of then, and its key blocked', async () => {
    const record = await issued();
    await put(restored, certificateItem(record));
    await published(listed(record));
    expect((await merge()).lists).toEqual({ entries: 1, revoked: 1, unrecorded: 0 });
    const { revokedAt, reason } = listed(record);
    expect(await inRestored(record)).toMatchObject({ state: 'REVOKED', revocation: { revokedAt, reason } });
    const { items } = await dynamoBlockLedger(restored).listBlocks({ limit: 10 });
    expect(items).toMatchObject([{ publicKeySha256: record.publicKeySha256, reason: 'keyCompromise' }]);
    expect((await merge()).lists).toEqual({ entries: 1, revoked: 0, unrecorded: 0 });
  });

  test('an entry of a certificate that is not recorded stays on the list for as long as it can live', async () => {
    const record = { serialNumber: serialNumber() };
    await published(listed(record));
    expect((await merge()).lists).toEqual({ entries: 1, revoked: 0, unrecorded: 1 });
    const { revokedAt, reason } = listed(record);
    expect(await entriesOf(record)).toMatchObject([
      { revokedAt, reason, notAfter: plus(revokedAt, 398 * 86_400) },
    ]);
  });
});

/** A client that fails at its write number `at`, from 0, before it is done or after. */
function cutOff(client: DynamoDBClient, at: number, when: 'before' | 'after'): DynamoDBClient {
  let writes = 0;
  const send = async (command: Parameters<DynamoDBClient['send']>[0]) => {
    const isCut = /^(Put|Update|Delete|Transact)/.test(command.constructor.name) && writes++ === at;
    if (isCut && when === 'before') throw new Error('cut off');
    const answer = await client.send(command);
    if (isCut) throw new Error('cut off');
    return answer;
  };
  return Object.create(client, { send: { value: send } });
}

const ROOT_USE = { rootId: 'root-1', keyArn: 'arn:root', purpose: 'a list', by: 'fleetseal', digest: 'ab' };

describe('a merge that is cut off', () => {
  test('at any write is completed by the next one', async () => {
    const issuedSince = await issued();
    const { profile, publicKeySha256, serialNumber: serial, validity, name } = issuedSince;
    const holder = { profile, publicKeySha256, serialNumber: serial, notAfter: validity.notAfter };
    const revokedSince = await issued();
    const reserved = sampleRecord({ reservedAt: NOW });
    const token = sampleToken({ createdAt: NOW });
    await published(listed(revokedSince));
    const fill = async () => {
      const [of, to] = await Promise.all([dynamo.createTable(), dynamo.createTable()]);
      const says = ledgerItem({ tableName: of.tableName, openedAt: NOW });
      const { certificate, keySpec } = ours.issuer;
      const issuer = { certificate, keySpec, createdAt: NOW, crlShards: DEFAULT_CRL_SHARDS };
      const root = rootItem(
        sampleRoot({ ...ROOT, state: 'ISSUED', certificate: ours.root.certificate, createdAt: NOW }),
      );
      for (const item of [root, says]) for (const table of [of, to]) await put(table, item);
      for (const table of [of, to]) await dynamoTokenStore(table).createToken(token);
      await put(to, issuerItem(sampleIssuer({ ...ISSUER, ...issuer, state: 'ACTIVE' })));
      await put(to, certificateItem(revokedSince));
      await put(of, issuerItem(sampleIssuer({ ...ISSUER, ...issuer, state: 'DRAINING', drainedAt: NOW })));
      for (const record of [issuedSince, revokedSince, reserved]) await put(of, certificateItem(record));
      await put(of, putName(storeContext(of), claimName(freeName(name), holder, NOW)).Item ?? {});
      await dynamoTokenStore(of).revokeToken(token.id, NOW);
      await dynamoCeremonyLog(of).begin({ ...ROOT_USE, at: NOW });
      await dynamoBlockLedger(of).blockKey({ publicKeySha256: 'ab'.repeat(32), at: NOW, by: 'admin' });
      [former, restored] = [of, to];
    };
    const outcome = async () => {
      await merge();
      now = plus(NOW, 600);
      expect(await merge()).toMatchObject({ open: true });
      const { Items = [] } = await restored.client.send(new ScanCommand({ TableName: restored.tableName }));
      now = NOW;
      const others = Items.filter(({ sk }) => sk?.S !== 'LEDGER').map((item) => unmarshall(item));
      return Object.fromEntries(others.map((item) => [`${item['pk']} ${item['sk']}`, item]));
    };
    await fill();
    await merge();
    const whole = await outcome();
    for (const when of ['before', 'after'] as const)
      for (let at = 0; ; at++) {
        await fill();
        const { client, tableName } = restored;
        const flaky = { client: cutOff(client, at, when), tableName };
        const cut = await merge(
          { apply: true },
          {
            restored: dynamoRestoredLedger(flaky),
            formerLedger: (name: string) => dynamoFormerLedger({ ...flaky, former: name }),
            ledger: { ...dynamoRevocationLedger(flaky), ...dynamoBlockLedger(flaky) },
            tokens: dynamoTokenStore(flaky),
          },
        ).then(
          () => false,
          () => true,
        );
        expect(await outcome()).toEqual(whole);
        if (!cut) break;
        expect(at).toBeLessThan(40);
      }
  });
});

describe('the ledger', () => {
  test('is opened only by a merge that began two minutes after the former table was closed', async () => {
    const due = '2026-11-23T12:02:00Z';
    expect(await merge()).toMatchObject({
      open: false,
      next: expect.stringContaining(`after ${due}, without a cursor`),
    });
    now = plus(NOW, 119);
    expect(await merge()).toMatchObject({ open: false, former: { closedAt: '2026-11-23T12:00:00Z' } });
    now = plus(NOW, 120);
    expect(await merge()).toMatchObject({ open: true });
    expect(await dynamoRestoredLedger(restored).state()).toEqual({
      tableName: restored.tableName,
      openedAt: now,
      predecessors: [former.tableName],
    });
  });

  test('is not opened by a run that goes on with a merge that began before', async () => {
    for (let i = 0; i < 30; i++) await put(former, certificateItem(await issued()));
    const { cursor } = await merge({ apply: true }, { isTimeLeft: () => false });
    expect(cursor).toBeDefined();
    now = plus(NOW, 600);
    expect(await merge({ apply: true, cursor })).toMatchObject({ open: false });
    expect(await merge({ apply: true })).toMatchObject({ open: true, certificates: { adopted: 0 } });
  });

  test('is not opened by a run that goes on where a look stopped, nor the other way round', async () => {
    now = plus(NOW, 600);
    const cut = { isTimeLeft: () => false };
    const { cursor } = await merge({}, cut);
    await expect(merge({ apply: true, cursor })).rejects.toThrow(
      'cursor: is of a run that only looked. Leave it out to begin again.',
    );
    const { cursor: merging } = await merge({ apply: true }, cut);
    await expect(merge({ cursor: merging })).rejects.toThrow(
      'cursor: is of a run with "apply": true. Leave it out to begin again.',
    );
  });

  test('is reached by runs that have time for one page each, however many tokens and blocks there are', async () => {
    const tokens = Array.from({ length: 130 }, (_, i) => sampleToken({ createdAt: plus(NOW, -i) }));
    for (const token of tokens)
      for (const table of [former, restored]) await dynamoTokenStore(table).createToken(token);
    const [spent] = tokens;
    await put(former, { ...useSlotKey(spent?.id ?? '', 0), ...toItem({ used: 1, capacity: 1 }) });
    await put(former, certificateItem(await issued()));
    await merge();
    now = plus(NOW, 120);
    const found: string[] = [];
    let report = await merge({ apply: true }, { isTimeLeft: () => false });
    for (
      ;
      report.cursor !== undefined;
      report = await merge({ apply: true, cursor: report.cursor }, { isTimeLeft: () => false })
    )
      found.push(...Object.keys(report).filter((key) => ['blocks', 'tokens', 'certificates'].includes(key)));
    expect(report.open).toBe(true);
    expect(new Set(found)).toEqual(new Set(['blocks', 'tokens', 'certificates']));
    expect(found.filter((key) => key === 'tokens').length).toBeGreaterThan(1);
    expect((await dynamoTokenStore(restored).token(spent?.id ?? ''))?.uses).toBe(1);
  });

  test('of a table whose records have moved to another one is merged only where that one is named as abandoned', async () => {
    const first = restored;
    await merge();
    restored = await dynamo.createTable();
    for (const item of (await first.client.send(new ScanCommand({ TableName: first.tableName }))).Items ?? [])
      await put(restored, item);
    now = plus(NOW, 600);
    await expect(merge()).rejects.toMatchObject({
      code: 'state_conflict',
      message: expect.stringContaining(`have moved to ${first.tableName}`),
    });
    await expect(merge({ apply: true, abandoned: 'another' })).rejects.toMatchObject({
      code: 'state_conflict',
    });
    // A look says so too, before anybody relies on it.
    await expect(merge({})).rejects.toMatchObject({
      code: 'state_conflict',
      message: expect.stringContaining(`have moved to ${first.tableName}`),
    });
    expect(await merge({ abandoned: first.tableName })).toMatchObject({ applied: false });
    const { closedAt } = (await merge({ apply: true, abandoned: first.tableName })).former;
    expect(closedAt).toBe('2026-11-23T12:10:00Z');
    now = plus(NOW, 720);
    expect(await merge({ apply: true, abandoned: restored.tableName })).toMatchObject({ open: true });
  });

  test('writes nothing for tokens that are as they were', async () => {
    const token = sampleToken({ createdAt: NOW, maxUses: 100 });
    for (const table of [former, restored]) {
      await dynamoTokenStore(table).createToken(token);
      await dynamoTokenStore(table).revokeToken(token.id, NOW);
    }
    const { client, tableName } = restored;
    const { client: flaky } = { client: cutOff(client, 0, 'before') };
    const tokens = dynamoTokenStore({ client: flaky, tableName });
    const formerLedger = (name: string) => ({
      ...dynamoFormerLedger({ client, tableName, former: name }),
      adoptUses: () => Promise.reject(new Error('written')),
    });
    expect((await merge({ apply: true }, { tokens, formerLedger })).tokens).toMatchObject({
      counted: 0,
      revoked: 0,
    });
  });

  test('without its former table is opened at once, and every token that could still be used is revoked', async () => {
    await put(restored, ledgerItem({ tableName: 'gone', openedAt: NOW }));
    const tokens = dynamoTokenStore(restored);
    const [usable, over] = [
      sampleToken({ createdAt: NOW, expiresAt: plus(NOW, 600) }),
      sampleToken({ createdAt: NOW, expiresAt: plus(NOW, -1) }),
    ];
    for (const token of [usable, over]) await tokens.createToken(token);
    expect(await merge()).toMatchObject({
      former: { table: 'gone', exists: false },
      tokens: { revoked: 1, counted: 0, dropped: [] },
      open: true,
    });
    expect((await tokens.token(usable.id))?.token.revokedAt).toBe(NOW);
    expect((await tokens.token(over.id))?.token.revokedAt).toBeUndefined();
  });

  test('of a table that says nothing of itself is refused', async () => {
    restored = await dynamo.createTable();
    await expect(merge()).rejects.toThrow('is not a copy of a ledger');
  });

  test.each(['x', 'MTIz', ''])('a cursor that no merge gave is refused: %p', async (cursor) => {
    await expect(merge({ apply: true, cursor })).rejects.toThrow(
      'cursor: is not a cursor of a merge. Leave it out to begin again.',
    );
  });
});
