import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type SerialNumber, toDecimal } from '../../shared/domain/serial-number.ts';
import type { ApiAnswer } from '../support/api-client.ts';
import { enrollment, idOf, TestCloud } from '../support/cloud.ts';
import { at, listAt, textAt } from '../support/json.ts';
import { openssl } from '../support/openssl.ts';
import { persistently } from '../support/persistently.ts';
import { revokedEntries } from '../support/revocation-list.ts';

let cloud: TestCloud;
const directory = mkdtempSync(join(tmpdir(), 'fleetseal-revocation-'));
beforeAll(async () => {
  cloud = await TestCloud.start({ concurrency: 10 });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});
afterEach(() => cloud.local.faults.clear());

/** A key and a request as a host makes them. */
function hostRequest(name: string) {
  const [key, csr] = [join(directory, `${name}.key`), join(directory, `${name}.csr`)];
  openssl(
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', key, '-subj', `/CN=${name}`, '-out', csr],
  );
  return { name, key, csr: readFileSync(csr, 'utf8') };
}

/** The serial number of an issued certificate, as OpenSSL prints it. */
function serialBy(certificate: string): { readonly plain: string; readonly colons: string } {
  const file = join(directory, 'issued.crt');
  writeFileSync(file, certificate);
  const plain = openssl('x509', '-in', file, '-noout', '-serial').trim().replace('serial=', '');
  const text = openssl('x509', '-in', file, '-noout', '-text', '-certopt', 'no_sigdump,no_pubkey');
  return { plain, colons: /Serial Number:\s+([0-9a-f:]+)/.exec(text)?.[1] ?? '' };
}

async function issued(token: string, body: { readonly name: string; readonly csr: string } = enrollment()) {
  const { name, csr } = body;
  const { status, json } = await cloud.enroll(token, { name, csr });
  expect([200, 201]).toContain(status);
  return {
    serial: textAt(json, 'serialNumber'),
    certificate: textAt(json, 'certificate'),
    body: { name, csr },
  };
}

const revoke = (serial: string, body: object = {}) =>
  cloud.admin('POST', `/v1/certificates/${serial}/revoke`, body);

const eventsOf = async (serial: string) =>
  at((await cloud.admin('GET', `/v1/certificates/${serial}/history`)).json, 'items.*.event') as string[];

/** On the lists of its issuer. */
const timesListed = async (serial: string) =>
  (await revokedEntries(cloud)).filter(({ serialNumber }) => serialNumber === serial).length;

describe('a revocation', () => {
  test.each([
    { name: 'hex, as openssl x509 -serial prints it', form: 'plain' },
    { name: 'hex with colons, as openssl x509 -text prints it', form: 'colons' },
    { name: 'decimal, as Fleet Server logs it', form: 'decimal' },
  ] as const)('by serial number in $name', async ({ form }) => {
    const { serial, certificate } = await issued(await cloud.token(), hostRequest(`host-${form}`));
    const forms = { ...serialBy(certificate), decimal: toDecimal(serial as SerialNumber) };
    for (const path of ['', '/history', '/kit'])
      expect((await cloud.admin('GET', `/v1/certificates/${forms[form]}${path}`)).status).toBe(
        path === '/kit' ? 404 : 200,
      );
    const { status, json } = await revoke(forms[form], { reason: 'affiliationChanged' });
    expect(status).toBe(200);
    expect(at(json, 'revoked.*.serialNumber')).toEqual([serial]);
    expect(textAt(json, 'revoked.0.revokedBy')).toMatch(/^arn:aws:iam::/);
    expect(textAt(json, 'effect.crl')).toMatch(/http:\/\/[^/]+\/crl\/issuer-1\/\d+\.crl by/);
    expect(await eventsOf(forms[form])).toEqual(['reserved', 'issued', 'revoked']);
    expect(await timesListed(serial)).toBe(1);
  });

  test('frees the name for another key, and refuses the revoked one for good', async () => {
    const token = await cloud.token({ maxUses: 5 });
    const { serial, body } = await issued(token);
    await revoke(serial);
    const replay = await cloud.enroll(token, body);
    expect([replay.status, at(replay.json, 'code')]).toEqual([409, 'certificate_revoked']);
    expect((await cloud.enroll(token, enrollment({ name: body.name }))).status).toBe(201);
  });

  test('for keyCompromise blocks the key, also under another token and name', async () => {
    const { serial, body } = await issued(await cloud.token());
    await revoke(serial, { reason: 'keyCompromise' });
    const other = await cloud.enroll(await cloud.token(), { ...enrollment(), csr: body.csr });
    expect([other.status, at(other.json, 'code')]).toEqual([422, 'key_refused']);
  });

  test('by name, with block: nothing more is issued for it until it is unblocked', async () => {
    const { serial, body } = await issued(await cloud.token());
    const { json } = await cloud.admin('POST', `/v1/names/agent/${body.name}/revoke`, { block: true });
    expect(at(json, 'revoked.*.serialNumber')).toEqual([serial]);
    const token = await cloud.token();
    const refused = await cloud.enroll(token, enrollment({ name: body.name }));
    expect(at(refused.json, 'code')).toBe('name_blocked');
    const blocks = await cloud.admin('GET', '/v1/blocks?limit=100');
    expect(at(blocks.json, 'items.*.name')).toContain(body.name);
    expect((await cloud.admin('DELETE', `/v1/blocks/agent/${body.name}`)).status).toBe(204);
    expect((await cloud.enroll(token, enrollment({ name: body.name }))).status).toBe(201);
  });

  test('by token: what it produced, and what is being signed for it', async () => {
    const token = await cloud.token({ maxUses: 20 });
    for (let i = 0; i < 2; i++) await issued(token);
    cloud.local.faults.add({ service: 'kms', nth: 1, does: 'kill-before' });
    const open = enrollment();
    await cloud.enroll(token, open);
    cloud.local.faults.clear();
    const path = `/v1/tokens/${idOf(token)}/revoke`;
    const { json } = await cloud.admin('POST', path, { certificates: true, comment: 'leaked' });
    expect(at(json, 'complete')).toBe(true);
    expect((at(json, 'revoked.*.state') as string[]).sort()).toEqual(['REVOKED', 'REVOKED', 'VOID']);
    const late = await cloud.enroll(token, open);
    expect([late.status, at(late.json, 'code')]).toEqual([401, 'token_rejected']);
  });

  test('of a confirmed list', async () => {
    const token = await cloud.token({ maxUses: 20 });
    const serials: string[] = [];
    for (let i = 0; i < 5; i++) serials.push((await issued(token)).serial);
    const body = { serialNumbers: serials, confirm: 5, reason: 'superseded' };
    const { status, json } = await cloud.admin('POST', '/v1/certificates/revoke', body);
    expect(status).toBe(200);
    expect(at(json, 'revoked.*.serialNumber')).toEqual(serials);
    expect(at(json, 'effect.fleet')).toBe(
      'No agent has to be unenrolled: no agent uses these certificates, or it goes on with a successor (reason superseded).',
    );
  });

  test('of a key that is blocked by the PEM of a certificate', async () => {
    const { certificate, body } = await issued(await cloud.token());
    const { status } = await cloud.admin('POST', '/v1/blocks/keys', { certificate });
    expect(status).toBe(200);
    const other = await cloud.enroll(await cloud.token(), { ...enrollment(), csr: body.csr });
    expect(at(other.json, 'code')).toBe('key_refused');
  });
});

describe('at the same time', () => {
  test('50 revocations of one certificate: one event, one entry, one author', async () => {
    const { serial } = await issued(await cloud.token());
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => persistently(() => revoke(serial, { comment: `request ${i}` }))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ json }) => at(json, 'revoked.0.comment'))).size).toBe(1);
    expect(await eventsOf(serial)).toEqual(['reserved', 'issued', 'revoked']);
    expect(await timesListed(serial)).toBe(1);
  });

  test.each([{ conflicts: 0 }, { conflicts: 0.3 }])(
    'a token is revoked while 30 keys enroll with it ($conflicts conflicts): nothing that it gave lives',
    async ({ conflicts }) => {
      const token = await cloud.token({ maxUses: 100 });
      if (conflicts > 0)
        cloud.local.faults.add({ service: 'dynamodb', does: 'conflict', probability: conflicts, seed: 7 });
      const bodies = Array.from({ length: 30 }, () => enrollment());
      const enrolling = bodies.map((body) => persistently(() => cloud.enroll(token, body)));
      const path = `/v1/tokens/${idOf(token)}/revoke`;
      const revoking = persistently(() => cloud.admin('POST', path, { certificates: true }));
      const [{ status }, ...enrolled] = (await Promise.all([revoking, ...enrolling])) as [
        ApiAnswer,
        ...ApiAnswer[],
      ];
      cloud.local.faults.clear();
      expect(status).toBe(200);
      expect(enrolled.filter((answer) => ![200, 201, 401, 409].includes(answer.status))).toEqual([]);
      const serials = bodies.flatMap(({ name }) => cloud.recorded(name));
      const lists = (await revokedEntries(cloud)).map((entry) => entry.serialNumber as string);
      for (const { serialNumber } of serials) expect(lists).toContain(serialNumber);
      const states = new Set(bodies.flatMap(({ name }) => cloud.recorded(name)).map(({ state }) => state));
      expect(states).not.toContain('ISSUED');
      expect(states).not.toContain('RESERVED');
    },
  );

  test('a certificate is revoked while it is being signed: its host gets none, and it is on the list', async () => {
    for (let round = 0; round < 5; round++) {
      const token = await cloud.token();
      const body = enrollment();
      const enrolling = persistently(() => cloud.enroll(token, body));
      const path = `/v1/names/agent/${body.name}/revoke`;
      const revoking = persistently(() => cloud.admin('POST', path, { block: true }));
      await Promise.all([enrolling, revoking]);
      const records = await cloud.certificates({ name: body.name });
      expect(records.map(({ state }) => state)).not.toContain('ISSUED');
      for (const { serialNumber } of records) expect(await timesListed(serialNumber)).toBe(1);
    }
  });
});

test('the answers say nothing of other certificates, and are problem documents where they are refusals', async () => {
  const { json, status } = await cloud.admin('POST', '/v1/certificates/revoke', {
    serialNumbers: ['1'.repeat(36), '2'.repeat(36)],
    confirm: 2,
  });
  expect(status).toBe(404);
  expect(listAt(json, 'errors')).toHaveLength(2);
});
