import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import type { DnsName } from '../../shared/domain/dns-name.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { claimExclusively, releaseExclusively } from '../../shared/domain/exclusive-name.ts';
import { plus } from '../../shared/domain/instant.ts';
import { releaseName } from '../../shared/domain/name-record.ts';
import type { RevokedEntry } from '../../shared/domain/revocation.ts';
import { listShardOf } from '../../shared/domain/revocation-points.ts';
import type { Reservation } from '../../shared/issuance/ports.ts';
import {
  commonName,
  NOW,
  sampleReservation,
  sampleRevocation,
  sampleToken,
  serialNumber,
} from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const ISSUED = { certificate: Uint8Array.of(0x30, 0x00), issuedAt: NOW, attempts: [] };
const LATER = plus(NOW, 60);
const REVOCATION = sampleRevocation({ revokedAt: LATER });
const NOTHING = { exclusive: [] };

describe.each(STORES)('revoking a record, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  async function reserved(changes: Partial<CertificateRecord> = {}): Promise<Reservation> {
    const token = sampleToken({ exclusiveDns: changes.exclusiveDns ?? false });
    await subject.ports.createToken(token);
    const reservation = sampleReservation(token, changes);
    expect(await subject.ports.reserve(reservation, NOW)).toBe('reserved');
    return reservation;
  }

  async function issued(changes: Partial<CertificateRecord> = {}) {
    const { record, name } = await reserved(changes);
    await subject.ports.commit(record, ISSUED);
    return { name, record: await recordOf(record) };
  }

  async function recordOf({ serialNumber: serial }: Pick<CertificateRecord, 'serialNumber'>) {
    const [record] = await subject.ports.certificates([serial]);
    if (record === undefined) throw new Error(`no record ${serial}`);
    return record;
  }

  /** The entry of a certificate, on the list of its shard. */
  async function entryOf(record: CertificateRecord): Promise<RevokedEntry | undefined> {
    const found: RevokedEntry[] = [];
    for await (const page of subject.ports.revokedEntries(record.issuerId, listShardOf(record)))
      found.push(...page);
    expect(found).toEqual(found.toSorted((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1)));
    const [entry, ...more] = found.filter((one) => one.serialNumber === record.serialNumber);
    expect(more).toEqual([]);
    return entry;
  }

  test('ISSUED becomes REVOKED, with its entry for the list, its history and its name free', async () => {
    const { record, name } = await issued();
    const released = releaseName(name, record.serialNumber);
    expect(await subject.ports.revoke(record, REVOCATION, { name: released, exclusive: [] })).toBe('revoked');
    expect(await recordOf(record)).toEqual({ ...record, state: 'REVOKED', revocation: REVOCATION });
    expect(await subject.ports.name(record.name)).toEqual(released);
    const { revokedAt, reason, revokedBy: by, comment } = REVOCATION;
    expect(await entryOf(record)).toEqual({
      serialNumber: record.serialNumber,
      revokedAt,
      reason,
      notAfter: record.validity.notAfter,
    });
    expect(await subject.ports.history(record.serialNumber)).toEqual([
      { at: revokedAt, event: 'revoked', by, reason, comment },
    ]);
    const seen = await subject.ports.readForEnrollment({ ...record });
    expect(seen).toMatchObject({
      keyBlocked: false,
      reservation: { serialNumber: record.serialNumber },
    });
  });

  test('RESERVED becomes VOID while its lease runs: its use stays used, a late commit is discarded', async () => {
    const { record } = await reserved();
    expect(await subject.ports.revoke(record, REVOCATION, NOTHING)).toBe('revoked');
    const late = await subject.ports.commit(record, ISSUED);
    expect(late).toMatchObject({ state: 'VOID', revocation: REVOCATION });
    expect(late).not.toHaveProperty('certificate');
    expect(await entryOf(record)).toMatchObject({ serialNumber: record.serialNumber });
    expect((await subject.ports.token(record.tokenId))?.uses).toBe(1);
    const open = await subject.ports.openReservations({ before: plus(NOW, DAY), limit: 10_000 });
    expect(open.items.map((one) => one.serialNumber)).not.toContain(record.serialNumber);
    expect(await subject.ports.voidReservation(record, undefined, [], plus(NOW, DAY))).toBe('changed');
  });

  test('the first revocation stays; the second writes nothing', async () => {
    const { record } = await issued();
    await subject.ports.revoke(record, REVOCATION, NOTHING);
    const other = sampleRevocation({ revokedAt: plus(LATER, 1), reason: 'keyCompromise', comment: 'again' });
    expect(await subject.ports.revoke(record, other, NOTHING)).toBe('changed');
    const revoked = await recordOf(record);
    expect(await subject.ports.revoke(revoked, other, NOTHING)).toBe('changed');
    expect((await recordOf(record)).revocation).toEqual(REVOCATION);
    expect(await subject.ports.history(record.serialNumber)).toHaveLength(1);
    expect((await entryOf(record))?.revokedAt).toBe(LATER);
    expect((await subject.ports.readForEnrollment({ ...record })).keyBlocked).toBe(false);
  });

  test('nothing is written where the name moved on', async () => {
    const { record, name } = await issued();
    const stale = { ...releaseName(name, record.serialNumber), version: name.version + 2 };
    expect(await subject.ports.revoke(record, REVOCATION, { name: stale, exclusive: [] })).toBe('changed');
    expect(await recordOf(record)).toEqual(record);
    expect(await entryOf(record)).toBeUndefined();
    expect(await subject.ports.history(record.serialNumber)).toEqual([]);
  });

  test('DNS names that were claimed are free again, all 50 of them', async () => {
    const dnsNames = Array.from({ length: 50 }, () => `${commonName()}.example.com` as DnsName);
    const token = sampleToken({ exclusiveDns: true });
    await subject.ports.createToken(token);
    const { record, ...reservation } = sampleReservation(token, { dnsNames, exclusiveDns: true });
    const { name, serialNumber: serial, validity } = record;
    const read = await subject.ports.exclusiveNames(record);
    const holder = { name, serialNumber: serial, notAfter: validity.notAfter };
    const claimed = read.map((one) => claimExclusively(one, holder, NOW));
    await subject.ports.reserve({ ...reservation, record, exclusive: claimed }, NOW);
    const freed = claimed.flatMap((one) => releaseExclusively(one, serial) ?? []);
    const stale = freed.map((one, i) => ({ ...one, version: one.version + (i === 49 ? 1 : 0) }));
    const compromised = sampleRevocation({ reason: 'keyCompromise' });
    const released = releaseName(reservation.name, serial);
    expect(await subject.ports.revoke(record, compromised, { name: released, exclusive: stale })).toBe(
      'changed',
    );
    expect(await subject.ports.revoke(record, compromised, { name: released, exclusive: freed })).toBe(
      'revoked',
    );
    expect(await subject.ports.exclusiveNames(record)).toEqual(freed);
  });

  test('of 20 at once one wins, in the record, the list and the history', async () => {
    const { record } = await issued();
    const revocations = Array.from({ length: 20 }, (_, i) => sampleRevocation({ revokedBy: `admin-${i}` }));
    const outcomes = await Promise.all(revocations.map((one) => subject.ports.revoke(record, one, NOTHING)));
    expect(outcomes.filter((outcome) => outcome === 'revoked')).toHaveLength(1);
    const winner = revocations[outcomes.indexOf('revoked')];
    expect((await recordOf(record)).revocation).toEqual(winner);
    expect(await subject.ports.history(record.serialNumber)).toMatchObject([{ by: winner?.revokedBy }]);
  });

  test('a reservation that the sweeper gave up is on the list, and its history says so', async () => {
    const { record } = await reserved();
    const at = plus(NOW, 31);
    expect(await subject.ports.voidReservation(record, undefined, [], at)).toBe('voided');
    expect(await entryOf(record)).toEqual({
      serialNumber: record.serialNumber,
      revokedAt: at,
      reason: 'unspecified',
      notAfter: record.validity.notAfter,
    });
    expect(await subject.ports.history(record.serialNumber)).toEqual([
      { at, event: 'voided', by: 'fleetseal' },
    ]);
  });

  test('a compromised key is blocked with it, under its first block', async () => {
    const { record } = await issued();
    const { publicKey, publicKeySha256 } = record;
    const other = await issued({ publicKey });
    const reason = 'keyCompromise';
    await subject.ports.revoke(record, sampleRevocation({ reason, revokedBy: 'first' }), NOTHING);
    const second = sampleRevocation({ reason, revokedBy: 'second', comment: 'again' });
    await subject.ports.revoke(other.record, second, NOTHING);
    expect((await subject.ports.readForEnrollment({ ...record })).keyBlocked).toBe(true);
    const found = await subject.ports.blockKey({ publicKeySha256, at: LATER, by: 'third' });
    expect(found).toEqual({ publicKeySha256, at: NOW, by: 'first', reason, comment: 'decommissioned' });
  });

  test('records are read in the order asked for, without those that do not exist', async () => {
    const [first, second] = [await issued(), await reserved()];
    const asked = [second.record.serialNumber, serialNumber(), first.record.serialNumber];
    const found = await subject.ports.certificates(asked);
    expect(found.map((one) => one.serialNumber)).toEqual([asked[0], asked[2]]);
    expect(found[1]).toEqual(first.record);
  });

  test('the certificates of a token are found at once, over pages of any size', async () => {
    const token = sampleToken({ maxUses: 100 });
    await subject.ports.createToken(token);
    const made = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const reservation = sampleReservation(token, { useSlot: i % 12 });
        expect(await subject.ports.reserve(reservation, NOW)).toBe('reserved');
        return reservation.record;
      }),
    );
    await reserved();
    const inOrder = made.toSorted((a, b) => (a.publicKeySha256 < b.publicKeySha256 ? -1 : 1));
    for (const limit of [1, 7, 40, 41, 100]) {
      const found: string[] = [];
      let after: string | undefined;
      do {
        const page = await subject.ports.certificatesOfToken({ tokenId: token.id, limit, after });
        expect(page.serialNumbers.length).toBeLessThanOrEqual(limit);
        found.push(...page.serialNumbers);
        after = page.cursor;
      } while (after !== undefined);
      expect(found).toEqual(inOrder.map((one) => one.serialNumber));
    }
  });
});
