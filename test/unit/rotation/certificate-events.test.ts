import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { changesIn } from '../../../functions/publish-events/request.ts';
import type { CertificateRecord } from '../../../shared/domain/certificate-record.ts';
import { plus, toRfc3339 } from '../../../shared/domain/instant.ts';
import { toDecimal } from '../../../shared/domain/serial-number.ts';
import { publishCertificateEvents } from '../../../shared/rotation/certificate-events.ts';
import type { CertificateChange } from '../../../shared/rotation/ports.ts';
import { changedCertificates } from '../../../shared/store/changed-certificates.ts';
import { fakeEvents } from '../../fakes/events.ts';
import { NOW, sampleRecord, serialNumber } from '../../support/records.ts';

const BY = 'arn:aws:iam::111122223333:role/ca-admin';
const revocation = { revokedAt: plus(NOW, 90), reason: 'keyCompromise', revokedBy: BY } as const;

let bus: ReturnType<typeof fakeEvents>;
beforeEach(() => {
  bus = fakeEvents();
});

/** Publishes what these changes of these records mean. */
const publish = publishing({ isReplicated: true });
function publishing({ isReplicated }: { readonly isReplicated: boolean }) {
  return (changes: readonly CertificateChange[], ...recorded: readonly CertificateRecord[]) => {
    const certificates = async (wanted: readonly string[]) =>
      recorded.filter((record) => wanted.includes(record.serialNumber));
    const deps = { clock: () => NOW, records: { certificates }, events: bus, isReplicated };
    return publishCertificateEvents(deps, changes);
  };
}

const issued = (changes: Partial<CertificateRecord> = {}) =>
  sampleRecord({ state: 'ISSUED', issuedAt: NOW, ...changes });
const revoked = (changes: Partial<CertificateRecord> = {}) =>
  issued({ state: 'REVOKED', revocation: { ...revocation, comment: 'found on a laptop' }, ...changes });
const changed = (record: CertificateRecord, seconds = 0): CertificateChange => ({
  serialNumber: record.serialNumber,
  change: 'changed',
  at: plus(NOW, seconds),
});
const entered = ({ serialNumber: serial }: Pick<CertificateRecord, 'serialNumber'>): CertificateChange => ({
  serialNumber: serial,
  change: 'revoked',
});

describe('a revocation whose record has not arrived in this Region', () => {
  const entry = (record: CertificateRecord, seconds: number): CertificateChange => ({
    ...entered(record),
    at: plus(NOW, seconds),
  });

  test('is tried again, after what has arrived was published', async () => {
    const [arrived, late] = [revoked(), issued()];
    const published = publish([entry(late, -1), entry(arrived, -1)], late, arrived);
    await expect(published).rejects.toThrow('1 revocations have not arrived in this Region.');
    expect(bus.published).toMatchObject([{ detail: { serialNumber: arrived.serialNumber } }]);
  });

  test('is tried again where there is no record at all', async () => {
    await expect(publish([entry(issued(), -600)])).rejects.toThrow('have not arrived');
  });

  test('is no event where there is one Region: a merge writes entries of certificates that nobody recorded', async () => {
    expect(await publishing({ isReplicated: false })([entry(issued(), -1)])).toEqual([]);
  });

  test('is given up after ten minutes, and is no event if the certificate was given up before it was signed', async () => {
    expect(await publish([entry(issued(), -601)])).toEqual([]);
    const given = sampleRecord({ state: 'VOID' });
    expect(await publish([entry(given, -1)], given)).toEqual([]);
  });
});

describe('an event', () => {
  test('of a revocation says who revoked which certificate and why, without the comment', async () => {
    const record = revoked({ fleetAgentId: '4f1c' });
    expect(await publish([entered(record)], record)).toEqual([
      {
        id: `certificate.revoked/${record.serialNumber}`,
        type: 'certificate.revoked',
        at: revocation.revokedAt,
        detail: {
          serialNumber: record.serialNumber,
          serialNumberDecimal: toDecimal(record.serialNumber),
          issuer: 'issuer-1',
          profile: 'agent',
          name: record.name,
          dnsNames: [],
          ipAddresses: [],
          notAfter: toRfc3339(record.validity.notAfter),
          reason: 'keyCompromise',
          by: BY,
        },
      },
    ]);
    expect(JSON.stringify(bus.published)).not.toContain('laptop');
  });

  test('of an issued certificate says which token it goes back to', async () => {
    const record = issued();
    await publish([changed(record)], record);
    const { tokenId, publicKeySha256 } = record;
    expect(bus.published).toMatchObject([
      { type: 'certificate.issued', at: NOW, detail: { tokenId, publicKeySha256 } },
    ]);
  });

  test('of a renewal says what it renews', async () => {
    const predecessor = serialNumber();
    const record = issued({ predecessor });
    await publish([changed(record)], record);
    expect(bus.published).toMatchObject([
      { id: `certificate.renewed/${record.serialNumber}`, detail: { predecessor } },
    ]);
  });
});

test.each([
  { name: 'is only promised', record: sampleRecord(), after: 0 },
  { name: 'was issued an hour before', record: issued(), after: 3600 },
  { name: 'was issued, and is revoked 90 seconds later', record: revoked(), after: 90 },
])('a change of a certificate that $name announces nothing', async ({ record, after }) => {
  expect(await publish([changed(record, after)], record)).toEqual([]);
});

test('what was given up before it was signed is in a list, and no event', async () => {
  const record = sampleRecord({ state: 'VOID', revocation: { ...revocation, reason: 'unspecified' } });
  expect(await publish([entered(record)], record)).toEqual([]);
});

test('a certificate that was issued and revoked before its batch is read has both events', async () => {
  const record = revoked();
  await publish([changed(record, 1), entered(record)], record);
  expect(bus.published.map(({ type }) => type)).toEqual(['certificate.issued', 'certificate.revoked']);
});

test('changes of one batch that mean the same are one event; again, it has the same id', async () => {
  const [record, other] = [revoked(), issued()];
  await publish([entered(record), entered(record), changed(other), changed(other, 5)], record, other);
  await publish([entered(record)], record);
  const ids = bus.published.map(({ id }) => id);
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(2);
});

test('a bus that takes nothing fails the batch', async () => {
  bus.failing = 'before';
  const record = revoked();
  await expect(publish([entered(record)], record)).rejects.toThrow('the bus is out of reach');
});

describe('of the stream', () => {
  const [one, two] = [serialNumber(), serialNumber()];
  const record = (eventName: DynamoDBRecord['eventName'], pk: string, sk = 'META') => ({
    eventName,
    dynamodb: { ApproximateCreationDateTime: NOW + 0.5, Keys: { pk: { S: pk }, sk: { S: sk } } },
  });

  test('new entries of lists and records that changed are read, and nothing else', () => {
    const records = [
      record('INSERT', 'REVOKED#issuer-1#003', one),
      record('MODIFY', `CERT#${two}`),
      record('REMOVE', 'REVOKED#issuer-1#003', two),
      record('INSERT', 'REVOKED#issuer-1#003', 'no serial number'),
      record('MODIFY', 'CERT#no serial number'),
      record('INSERT', `HISTORY#${two}`, '2026-11-23T06:00:00Z'),
      { eventName: 'MODIFY', dynamodb: {} } as const,
      {},
    ];
    expect(changedCertificates(records)).toEqual([
      { serialNumber: one, change: 'revoked', at: NOW },
      { serialNumber: two, change: 'changed', at: NOW },
    ]);
  });

  test('or of an operator, revoked certificates are named; a schedule names none', () => {
    expect(changesIn({ serialNumbers: [one.toUpperCase(), 'x'] })).toEqual([
      { serialNumber: one, change: 'revoked' },
    ]);
    expect(changesIn({})).toBeUndefined();
  });
});
