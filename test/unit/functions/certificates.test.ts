import './environment.ts';
import { describe, expect, test } from '@jest/globals';
import { getCertificateHandler } from '../../../functions/get-certificate/handler.ts';
import { certificateAnswer } from '../../../functions/get-certificate/response.ts';
import { listCertificatesHandler } from '../../../functions/list-certificates/handler.ts';
import { listCertificatesAnswer } from '../../../functions/list-certificates/response.ts';
import { DEPLOYMENT_SENDERS, type RecordWithDeployments } from '../../../shared/domain/certificate-record.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { toDecimal } from '../../../shared/domain/serial-number.ts';
import { fakeArchive } from '../../fakes/archive.ts';
import { fakeStore } from '../../fakes/store.ts';
import { at } from '../../support/json.ts';
import { commonName, NOW, sampleRecord, sampleRevocation } from '../../support/records.ts';
import { putRecord, type Recorded } from './issuing-store.ts';
import { quietly, told } from './told.ts';

function setUp(
  records: readonly Recorded[] = [],
  now = NOW,
  archived: readonly RecordWithDeployments[] = [],
) {
  const store = fakeStore();
  for (const record of records) putRecord(store, record);
  const archivedOnes = archived.map((record) => ({ record: { ...record, archivedAt: NOW }, events: [] }));
  const deps = { certificates: store, clock: () => now, ...fakeArchive(...archivedOnes) };
  return {
    store,
    list: (query = {}) =>
      quietly(listCertificatesHandler(deps), { method: 'GET', route: '/certificates', query }),
    get: (serial: string) =>
      quietly(getCertificateHandler(deps), {
        method: 'GET',
        route: '/certificates/{serial}',
        path: { serial },
      }),
  };
}

const issued = sampleRecord({
  state: 'ISSUED',
  issuedAt: NOW,
  certificate: Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05),
  attempts: [
    { at: NOW, outcome: 'ThrottlingException' },
    { at: NOW, outcome: 'ok', requestId: 'kms-1' },
  ],
});

describe('GET /v1/certificates/{serial}', () => {
  test.each([
    { name: 'hex', serial: issued.serialNumber },
    { name: 'hex in upper case', serial: issued.serialNumber.toUpperCase() },
    { name: 'decimal, as Fleet Server logs it', serial: toDecimal(issued.serialNumber) },
  ])('finds the record by $name', async ({ serial }) => {
    const { status, json } = await setUp([issued]).get(serial);
    expect(status).toBe(200);
    expect(certificateAnswer.parse(json)).toEqual(json);
    expect(json).toMatchObject({
      serialNumber: issued.serialNumber,
      serialNumberDecimal: toDecimal(issued.serialNumber),
      issuer: 'issuer-1',
      tokenId: issued.tokenId,
      state: 'ISSUED',
      expired: false,
      notBefore: '2026-11-23T05:55:00Z',
      notAfter: '2026-12-23T06:00:00Z',
      certificate: '-----BEGIN CERTIFICATE-----\nMAMCAQU=\n-----END CERTIFICATE-----\n',
      attempts: [
        { at: '2026-11-23T06:00:00Z', outcome: 'ThrottlingException' },
        { at: '2026-11-23T06:00:00Z', outcome: 'ok', requestId: 'kms-1' },
      ],
    });
  });

  test.each([
    { name: 'in its last second', now: issued.validity.notAfter, expired: false },
    { name: 'after it', now: plus(issued.validity.notAfter, 1), expired: true },
  ])('says whether it has expired $name', async ({ now, expired }) => {
    expect((await setUp([issued], now).get(issued.serialNumber)).json).toMatchObject({
      state: 'ISSUED',
      expired,
    });
  });

  test('has no certificate while it is reserved', async () => {
    const reserved = sampleRecord();
    const { json } = await setUp([reserved]).get(reserved.serialNumber);
    expect(at(json, 'state')).toBe('RESERVED');
    expect(json).not.toHaveProperty('certificate');
  });

  test.each(DEPLOYMENT_SENDERS)(
    'shows the deployment of the %s apart, and none where there is none',
    async (sender) => {
      const field = `${sender}Deployment` as const;
      const deployment = { model: 'on-premises', os: 'linux', agent: { headers: { A: '{{HEADER_A}}' } } };
      const recorded = { ...issued, [field]: JSON.stringify(deployment) };
      const { json } = await setUp([recorded]).get(issued.serialNumber);
      // What stands for a secret is in the answer alone: no request may hold it.
      const shown = { ...deployment, agent: { headers: { A: '' } } };
      const answer = { ...Object(json), [field]: shown };
      expect(certificateAnswer.parse(answer)).toEqual(answer);
      expect(at(json, field)).toEqual(deployment);
      expect(Object.keys(Object(json)).filter((name) => /deployment/i.test(name))).toEqual([field]);
      const list = await setUp([recorded]).list();
      expect(at(list.json, 'items.0')).not.toHaveProperty(field);
      expect((await setUp([issued]).get(issued.serialNumber)).json).not.toHaveProperty(field);
    },
  );

  test('finds what is archived, and says so', async () => {
    const record = { ...issued, administratorDeployment: undefined };
    const { status, json } = await setUp([], plus(NOW, 400 * DAY), [record]).get(issued.serialNumber);
    expect(status).toBe(200);
    expect(certificateAnswer.parse(json)).toEqual(json);
    const { json: before } = await setUp([issued], plus(NOW, 400 * DAY)).get(issued.serialNumber);
    expect(json).toEqual({ ...Object(before), archivedAt: '2026-11-23T06:00:00Z' });
    expect(before).not.toHaveProperty('archivedAt');
  });

  test.each([
    { name: 'a serial number that was never recorded', serial: issued.serialNumber },
    { name: 'a decimal number below all serial numbers', serial: `1${'0'.repeat(40)}` },
    { name: 'a decimal number above all serial numbers', serial: '9'.repeat(44) },
  ])('does not find $name', async ({ serial }) => {
    const answer = await setUp().get(serial);
    expect(answer).toMatchObject({ status: 404, json: { code: 'not_found' } });
    expect(at(answer.json, 'detail')).toBe(
      'No certificate has this serial number. GET /v1/certificates lists them.',
    );
  });

  test.each(['zz', 'ff'.repeat(18), '0', `-${toDecimal(issued.serialNumber)}`, '9'.repeat(5000)])(
    'refuses %.20s, which no certificate can have',
    async (serial) => {
      const answer = await setUp([issued]).get(serial);
      expect(answer).toMatchObject({ status: 400, json: { code: 'malformed_request' } });
      expect(told(answer)).toEqual({
        '#/path/serial':
          'path.serial must be a serial number from this service: 36 hex digits, with or without colons between octets, or the same in decimal, as Fleet Server logs it.',
      });
    },
  );
});

describe('GET /v1/certificates', () => {
  const name = commonName('web-01');
  const records = [
    sampleRecord({ name, state: 'ISSUED' }),
    sampleRecord({ state: 'ISSUED', validity: { notBefore: NOW, notAfter: plus(NOW, DAY) } }),
    sampleRecord({ profile: 'proxy', state: 'REVOKED', revocation: sampleRevocation() }),
  ];

  test('lists them all, without bytes', async () => {
    const { status, json } = await setUp(records).list();
    expect(status).toBe(200);
    expect(listCertificatesAnswer.parse(json)).toEqual(json);
    expect(at(json, 'items')).toHaveLength(3);
    expect(at(json, 'cursor')).toBeNull();
    expect(at(json, 'items.0')).not.toHaveProperty('certificate');
  });

  test.each([
    { query: { name: 'web-01' }, index: 0 },
    { query: { name: 'Web-01' }, index: 0 },
    { query: { expiresBefore: '2026-11-25T01:00:00+01:00' }, index: 1 },
    { query: { expiresAfter: '2026-11-25T01:00:00+01:00', state: 'ISSUED' }, index: 0 },
    { query: { profile: 'proxy' }, index: 2 },
    { query: { state: 'REVOKED' }, index: 2 },
    { query: { cursor: '', expiresBefore: '', limit: '', name: 'web-01', profile: '', state: '' }, index: 0 },
  ])('selects by $query', async ({ query, index }) => {
    const { json } = await setUp(records).list(query);
    expect(at(json, 'items.*.serialNumber')).toEqual([records[index]?.serialNumber]);
  });

  test('tells all wrong parameters at once', async () => {
    const answer = await setUp().list({
      expiresBefore: '2026-11-25T01:00:00 01:00',
      limit: '-1',
      name: 'a b',
      profile: 'root',
      state: 'EXPIRED',
    });
    expect(answer).toMatchObject({ status: 400, json: { code: 'malformed_request' } });
    expect(told(answer)).toEqual({
      '#/query/limit': 'query.limit must be a whole number from 1 to 100.',
      '#/query/expiresBefore':
        'query.expiresBefore must be an RFC 3339 time such as "2026-12-01T00:00:00Z"; in a URL, "+" must be written "%2B".',
      '#/query/name': 'query.name must be 1 to 64 letters, digits, ".", "_" or "-", not "." or ".." alone.',
      '#/query/profile':
        'query.profile must be "agent" or "fleet-server" or "output-client" or "output-server" or "proxy" or "eck-metrics".',
      '#/query/state': 'query.state must be "ISSUED" or "REVOKED" or "VOID".',
    });
    expect(at(answer.json, 'detail')).toMatch(/And 2 more\.$/);
  });
});
