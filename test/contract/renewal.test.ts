import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import type { CommonName } from '../../shared/domain/common-name.ts';
import type { DnsName } from '../../shared/domain/dns-name.ts';
import { claimExclusively } from '../../shared/domain/exclusive-name.ts';
import { plus } from '../../shared/domain/instant.ts';
import { claimName } from '../../shared/domain/name-record.ts';
import { holderAt } from '../../shared/domain/revocation.ts';
import { listShardOf } from '../../shared/domain/revocation-points.ts';
import type { RenewalView, SuccessorReservation } from '../../shared/rotation/ports.ts';
import {
  NOW,
  sampleAdditionalRoot,
  sampleIssuer,
  sampleRecord,
  sampleReservation,
  sampleRevocation,
  sampleRoot,
  sampleToken,
  sha256Hex,
} from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const LATER = plus(NOW, 60);
const BY = holderAt('198.51.100.7');
const TRUST = 'ab'.repeat(32);
const KEY_BLOCK = { at: NOW, by: 'arn:aws:iam::111122223333:role/admin' };

describe.each(STORES)('renewing a certificate, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  /** An issued certificate. */
  async function issued(changes: Partial<CertificateRecord> = {}): Promise<CertificateRecord> {
    const { ports } = subject;
    const token = sampleToken({ exclusiveDns: changes.exclusiveDns ?? false });
    await ports.createToken(token);
    const { record, ...rest } = sampleReservation(token, changes);
    const exclusive = record.exclusiveDns ? await claimed(record) : [];
    expect(await ports.reserve({ record, ...rest, exclusive }, NOW)).toBe('reserved');
    const certificate = Uint8Array.from(Buffer.from(record.serialNumber, 'hex'));
    await ports.commit(record, { certificate, issuedAt: NOW, attempts: [] });
    return recordOf(record);
  }

  async function claimed(record: CertificateRecord) {
    const { name, serialNumber, validity } = record;
    const holder = { name, serialNumber, notAfter: validity.notAfter };
    return (await subject.ports.exclusiveNames(record)).map((one) => claimExclusively(one, holder, NOW));
  }

  async function recordOf({ serialNumber }: Pick<CertificateRecord, 'serialNumber'>) {
    const record = await subject.ports.certificate(serialNumber);
    if (record === undefined) throw new Error(`no record ${serialNumber}`);
    return record;
  }

  const eventsOf = async ({ serialNumber }: CertificateRecord) =>
    (await subject.ports.history(serialNumber)).map(({ at: _, ...said }) => said);

  /** What a renewal reads of a certificate. */
  async function view(
    { serialNumber, dnsNames, ipAddresses, name }: CertificateRecord,
    likely: CommonName | undefined = name,
    publicKeySha256 = sha256Hex('new key'),
  ): Promise<RenewalView> {
    const names = { name: likely, dnsNames, ipAddresses };
    const query = { reference: { serialNumber }, publicKeySha256, likely: names };
    const read = await subject.ports.readForRenewal(query);
    if (read === undefined) throw new Error(`nothing to renew: ${serialNumber}`);
    return read;
  }

  /** What reserves a successor of a certificate as it is now. */
  async function successorOf(
    of: CertificateRecord,
    changes: Partial<CertificateRecord> = {},
  ): Promise<SuccessorReservation> {
    const { record: predecessor, successor: replaced, name, exclusive } = await view(of);
    const { profile, tokenId, exclusiveDns, dnsNames } = predecessor;
    const names = { name: predecessor.name, dnsNames, exclusiveDns };
    const record = sampleRecord({
      ...{ profile, tokenId, predecessor: of.serialNumber, reservedAt: LATER, ...names },
      ...{ trustSha256: TRUST, fleetAgentId: 'agent-1', renewalBurst: { since: LATER, count: 1 } },
      ...changes,
    });
    const { serialNumber, publicKeySha256, validity } = record;
    const holder = { profile, serialNumber, publicKeySha256, notAfter: validity.notAfter };
    return {
      ...{ record, predecessor, replaced, name: claimName(name, holder, LATER) },
      exclusive: exclusiveDns
        ? exclusive.map((one) => claimExclusively(one, { ...holder, name: record.name }, LATER))
        : [],
    };
  }

  async function renewed(of: CertificateRecord, changes: Partial<CertificateRecord> = {}) {
    const reservation = await successorOf(of, changes);
    expect(await subject.ports.reserveSuccessor(reservation)).toBe('reserved');
    return recordOf(reservation.record);
  }

  test('reads all that there is, whether the names are guessed or not', async () => {
    const { ports } = subject;
    const root = await ports.reserveRoot(sampleRoot());
    const issuer = await ports.reserveIssuer(sampleIssuer());
    const additionalRoots = { version: 1, roots: [sampleAdditionalRoot()] };
    await ports.replaceAdditionalRoots(additionalRoots, []);
    const dnsNames = ['host.example.com' as DnsName];
    const record = await issued({ exclusiveDns: true, dnsNames });
    const expected = {
      record,
      successor: undefined,
      name: await ports.name(record.name),
      exclusive: await ports.exclusiveNames(record),
      issuers: [issuer],
      roots: [root],
      additionalRoots,
      newKeyBlocked: false,
      keyBlocked: false,
    };
    expect(await view(record)).toEqual(expected);
    expect(await view(record, undefined)).toEqual(expected);
    expect(await view(record, 'another' as CommonName)).toEqual(expected);
  });

  test('finds a certificate by its thumbprint once it is issued', async () => {
    const record = await issued();
    const thumbprint = sha256Hex(record.certificate ?? '');
    const query = {
      publicKeySha256: sha256Hex('new key'),
      likely: { name: record.name, dnsNames: [], ipAddresses: [] },
    };
    const found = await subject.ports.readForRenewal({ ...query, reference: { thumbprint } });
    expect(found?.record).toEqual(record);
    const unknown = { ...query, reference: { thumbprint: sha256Hex('nothing') } };
    expect(await subject.ports.readForRenewal(unknown)).toBeUndefined();
    const { serialNumber } = sampleRecord();
    expect(await subject.ports.readForRenewal({ ...query, reference: { serialNumber } })).toBeUndefined();
  });

  test('reads whether keys are blocked: the new one always, its own with a successor', async () => {
    const record = await issued();
    const newKey = sha256Hex(record.serialNumber);
    await renewed(record);
    await subject.ports.blockKey({ ...KEY_BLOCK, publicKeySha256: newKey });
    expect(await view(record, record.name, newKey)).toMatchObject({ newKeyBlocked: true, keyBlocked: false });
    await subject.ports.blockKey({ ...KEY_BLOCK, publicKeySha256: record.publicKeySha256 });
    expect(await view(record)).toMatchObject({ newKeyBlocked: false, keyBlocked: true });
  });

  test('writes the successor, its names, the entry of the token and the history; its predecessor names it', async () => {
    const dnsNames = ['renewed.example.com' as DnsName];
    const old = await issued({ exclusiveDns: true, dnsNames });
    const reservation = await successorOf(old);
    const { record } = reservation;
    expect(await subject.ports.reserveSuccessor(reservation)).toBe('reserved');
    expect(await recordOf(record)).toEqual(record);
    const { serialNumber, publicKeySha256 } = record;
    expect(await recordOf(old)).toEqual({ ...old, successor: { serialNumber, publicKeySha256 } });
    expect(await subject.ports.name(old.name)).toEqual(reservation.name);
    expect(await subject.ports.exclusiveNames(old)).toEqual(reservation.exclusive);
    expect(await eventsOf(old)).toEqual([{ event: 'renewed', by: BY, successor: serialNumber }]);
    const ofToken = await subject.ports.certificatesOfToken({ tokenId: old.tokenId, limit: 10 });
    expect(new Set(ofToken.serialNumbers)).toEqual(new Set([old.serialNumber, serialNumber]));
    expect(await view(old)).toMatchObject({ record: { serialNumber: old.serialNumber }, successor: record });
  });

  test('revokes the successor that is replaced, in the same write, and counts it', async () => {
    const old = await issued();
    const first = await renewed(old);
    await subject.ports.commit(first, {
      certificate: Uint8Array.of(1),
      issuedAt: LATER,
      attempts: [],
    });
    const second = await renewed(old);
    const comment = `replaced by ${second.serialNumber}`;
    expect(await recordOf(first)).toMatchObject({
      state: 'REVOKED',
      revocation: { revokedAt: LATER, reason: 'superseded', revokedBy: 'fleetseal', comment },
    });
    expect(await recordOf(old)).toMatchObject({
      successor: { serialNumber: second.serialNumber },
      successorsReplaced: 1,
    });
    expect(await eventsOf(first)).toEqual([
      { event: 'revoked', by: 'fleetseal', reason: 'superseded', comment },
    ]);
    expect(new Set(await eventsOf(old))).toEqual(
      new Set([
        { event: 'renewed', by: BY, successor: first.serialNumber },
        { event: 'successorReplaced', by: BY, successor: second.serialNumber, replaced: first.serialNumber },
      ]),
    );
    const onList: string[] = [];
    for await (const page of subject.ports.revokedEntries(first.issuerId, listShardOf(first)))
      onList.push(...page.map(({ serialNumber }) => serialNumber));
    expect(onList).toContain(first.serialNumber);
  });

  test('a reservation that nobody signs any more is given up for another one', async () => {
    const old = await issued();
    const first = await renewed(old);
    const early = await successorOf(old);
    expect(await subject.ports.reserveSuccessor(early)).toBe('changed');
    const { until } = first.lease;
    const second = await renewed(old, { reservedAt: plus(until, 1) });
    expect((await recordOf(first)).state).toBe('VOID');
    expect((await recordOf(old)).successor?.serialNumber).toBe(second.serialNumber);
  });

  const MOVED: readonly {
    readonly name: string;
    readonly outcome?: string;
    readonly move: (of: CertificateRecord, reservation: SuccessorReservation) => Promise<unknown>;
  }[] = [
    {
      name: 'the certificate was revoked',
      move: (of) => subject.ports.revoke(of, sampleRevocation(), { exclusive: [] }),
    },
    { name: 'the certificate was renewed', move: (of) => renewed(of) },
    {
      name: 'its name was claimed',
      move: async ({ name }) => {
        const token = sampleToken();
        await subject.ports.createToken(token);
        await subject.ports.reserve(sampleReservation(token, { name }, await subject.ports.name(name)), NOW);
      },
    },
    {
      name: 'its key was blocked',
      outcome: 'key_blocked',
      move: ({ publicKeySha256 }) => subject.ports.blockKey({ ...KEY_BLOCK, publicKeySha256 }),
    },
    {
      name: 'the new key was blocked',
      outcome: 'new_key_blocked',
      move: (_, { record: { publicKeySha256 } }) => subject.ports.blockKey({ ...KEY_BLOCK, publicKeySha256 }),
    },
  ];

  test.each(MOVED)('writes nothing where $name since it was read', async ({ move, outcome = 'changed' }) => {
    const old = await issued();
    const reservation = await successorOf(old);
    await move(old, reservation);
    const before = await recordOf(old);
    expect(await subject.ports.reserveSuccessor(reservation)).toBe(outcome);
    expect(await recordOf(old)).toEqual(before);
    expect(await subject.ports.certificate(reservation.record.serialNumber)).toBeUndefined();
  });

  test('a successor that was confirmed, or renewed itself, is not replaced', async () => {
    const confirmed = await issued();
    const next = await renewed(confirmed);
    const late = await successorOf(confirmed, { reservedAt: plus(next.lease.until, 1) });
    const at = plus(LATER, 1);
    expect(
      await subject.ports.confirmSuccessor(confirmed.serialNumber, next.serialNumber, { at, by: BY }),
    ).toBe('confirmed');
    expect(await subject.ports.reserveSuccessor(late)).toBe('changed');

    const old = await issued();
    const first = await renewed(old);
    await subject.ports.commit(first, {
      certificate: Uint8Array.of(1),
      issuedAt: LATER,
      attempts: [],
    });
    const other = await successorOf(old);
    await renewed(await recordOf(first));
    expect(await subject.ports.reserveSuccessor(other)).toBe('changed');
    expect((await recordOf(first)).state).toBe('ISSUED');
  });

  test('is confirmed once, and only for the successor that it has', async () => {
    const old = await issued();
    const next = await renewed(old);
    const confirm = (serialNumber: CertificateRecord['serialNumber'], at = LATER) =>
      subject.ports.confirmSuccessor(old.serialNumber, serialNumber, { at, by: BY });
    expect(await confirm(old.serialNumber)).toBe('changed');
    expect(await confirm(next.serialNumber)).toBe('confirmed');
    expect(await confirm(next.serialNumber, plus(LATER, 1))).toBe('changed');
    expect((await recordOf(old)).successor).toMatchObject({
      serialNumber: next.serialNumber,
      confirmedAt: LATER,
    });
    expect(await eventsOf(old)).toContainEqual({
      event: 'successorConfirmed',
      by: BY,
      successor: next.serialNumber,
    });
  });

  test('given up by the sweeper: its predecessor forgets it, no use is given back', async () => {
    const old = await issued();
    const next = await renewed(old);
    const uses = (await subject.ports.token(old.tokenId))?.uses;
    const now = plus(next.lease.until, 1);
    expect(await subject.ports.voidReservation(next, undefined, [], now)).toBe('voided');
    expect(await recordOf(next)).toMatchObject({ state: 'VOID' });
    expect(await recordOf(old)).toEqual(old);
    expect(await eventsOf(old)).toContainEqual({
      event: 'successorVoided',
      by: 'fleetseal',
      successor: next.serialNumber,
    });
    expect((await subject.ports.token(old.tokenId))?.uses).toBe(uses);
    const ofToken = await subject.ports.certificatesOfToken({ tokenId: old.tokenId, limit: 10 });
    expect(ofToken.serialNumbers).toEqual([old.serialNumber]);
    await renewed(old);
  });

  test('20 at once: one is the successor', async () => {
    const old = await issued();
    const reservations = await Promise.all(Array.from({ length: 20 }, () => successorOf(old)));
    const outcomes = await Promise.all(
      reservations.map((reservation) => subject.ports.reserveSuccessor(reservation)),
    );
    expect(outcomes.filter((outcome) => outcome === 'reserved')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(19);
    const winner = reservations[outcomes.indexOf('reserved')];
    expect((await recordOf(old)).successor?.serialNumber).toBe(winner?.record.serialNumber);
  });
});
