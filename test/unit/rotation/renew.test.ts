import { beforeEach, describe, expect, test } from '@jest/globals';
import { DAY, HOUR } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { KEY_KINDS } from '../../../shared/domain/key-kind.ts';
import { currentHolder } from '../../../shared/domain/name-record.ts';
import { trustBundle } from '../../../shared/issuance/trust-bundle.ts';
import { revokeToken } from '../../../shared/revocation/revoke-token.ts';
import { commonName, sampleAdditionalRoot, sha256Hex } from '../../support/records.ts';
import { refusal } from '../issuance/world.ts';
import { type Held, newKey, publicKeyOf, RenewalWorld } from './renewal-world.ts';

let hosts: RenewalWorld;
beforeEach(async () => {
  hosts = await RenewalWorld.create();
});

const LIFE = 30 * DAY;
const signatures = () => hosts.world.signer.signatures;

describe('a renewal', () => {
  test.each(KEY_KINDS.map((kind) => ({ kind })))(
    '$kind: has the names of the certificate and lives as long',
    async ({ kind }) => {
      const dnsNames = ['host-1.example.com'];
      const old = await hosts.enrolled({ dnsNames }, {}, kind);
      hosts.world.pass(20 * DAY);
      const key = newKey({ kind });
      const trustSha256 = 'ab'.repeat(32);
      const request = hosts.request(old, key, { trustSha256, fleetAgentId: 'agent-1' });
      const { record, created } = await hosts.send(request);
      expect(created).toBe(true);
      expect(record).toMatchObject({
        state: 'ISSUED',
        ...{ profile: 'agent', name: 'host-1', dnsNames, ipAddresses: [] },
        validity: { notBefore: hosts.world.now - 300, notAfter: hosts.world.now + LIFE },
        publicKeySha256: sha256Hex(publicKeyOf(key)),
        keyKind: kind,
        tokenId: old.record.tokenId,
        predecessor: old.record.serialNumber,
        ...{ trustSha256, fleetAgentId: 'agent-1' },
        renewalBurst: { since: hosts.world.now, count: 1 },
      });
      expect(hosts.recordOf(old)).toMatchObject({
        state: 'ISSUED',
        successor: { serialNumber: record.serialNumber, publicKeySha256: record.publicKeySha256 },
      });
      expect(hosts.events(old)).toEqual(['renewed']);
      const name = await hosts.store.name(record.name);
      expect(currentHolder(name, 'agent', hosts.world.now)?.serialNumber).toBe(record.serialNumber);
      expect(await hosts.world.uses(`fst_${record.tokenId}_`)).toBe(1);
    },
  );

  describe('says whether the trust of its host has changed', () => {
    const bundle = async () => trustBundle(await hosts.store.readAuthority()).sha256;
    const renewedWith = async (old: Held, payload: object = {}) => {
      hosts.world.pass(20 * DAY);
      const key = newKey();
      const { record, trustChanged } = await hosts.send(hosts.request(old, key, payload));
      return { held: { record, privateKey: key.privateKey }, trustChanged };
    };

    test('not where it has the bundle that it was enrolled with', async () => {
      const trustSha256 = await bundle();
      expect((await renewedWith(await hosts.enrolled(), { trustSha256 })).trustChanged).toBe(false);
    });

    test('not where it does not say', async () => {
      expect((await renewedWith(await hosts.enrolled())).trustChanged).toBe(false);
    });

    test('where it has another one than the service', async () => {
      const trustSha256 = 'ab'.repeat(32);
      expect((await renewedWith(await hosts.enrolled(), { trustSha256 })).trustChanged).toBe(true);
    });

    test('where it has another one than it reported last, once', async () => {
      const { held } = await renewedWith(await hosts.enrolled(), { trustSha256: 'ab'.repeat(32) });
      const trustSha256 = await bundle();
      const second = await renewedWith(held, { trustSha256 });
      expect(second.trustChanged).toBe(true);
      expect((await renewedWith(second.held, { trustSha256 })).trustChanged).toBe(false);
    });

    test('where a root has joined since, whatever it reports, once', async () => {
      const old = await hosts.enrolled();
      hosts.world.pass(DAY);
      const roots = [sampleAdditionalRoot({ addedAt: hosts.world.now })];
      await hosts.store.replaceAdditionalRoots({ version: 1, roots }, []);
      const first = await renewedWith(old, { trustSha256: await bundle() });
      expect(first.trustChanged).toBe(true);
      expect((await renewedWith(first.held, { trustSha256: await bundle() })).trustChanged).toBe(false);
    });
  });

  test('of the same key again is the same certificate, while it lives', async () => {
    const old = await hosts.enrolled();
    const key = newKey();
    const first = await hosts.send(hosts.request(old, key));
    const before = signatures();
    hosts.world.pass(LIFE - HOUR);
    // The predecessor has expired, and the grace of 3 days is not what counts.
    hosts.graceSeconds = 0;
    hosts.world.pass(HOUR - 1);
    const again = await hosts.send(hosts.request(old, key));
    expect(again.created).toBe(false);
    expect(again.record.certificate).toEqual(first.record.certificate);
    expect(signatures()).toBe(before);
    hosts.world.pass(2);
    expect((await refusal(hosts.send(hosts.request(old, key)))).code).toBe('certificate_expired');
  });

  test('at once with the same key: one signature, one certificate', async () => {
    const old = await hosts.enrolled();
    const key = newKey();
    const before = signatures();
    const answers = await Promise.all(Array.from({ length: 20 }, () => hosts.send(hosts.request(old, key))));
    expect(new Set(answers.map(({ record }) => record.serialNumber)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(signatures() - before).toBe(1);
  });

  test('at once with two keys: one gets its certificate, the other is told to try again and then replaces it', async () => {
    const old = await hosts.enrolled();
    const keys = [newKey(), newKey()];
    const results = await hosts.sendAtOnce(keys.map((key) => hosts.request(old, key)));
    const lost = results.findIndex(({ status }) => status === 'rejected');
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results[lost]).toMatchObject({ reason: { code: 'try_again' } });
    const again = await hosts.renewed(old, keys[lost]);
    expect(hosts.recordOf(old)).toMatchObject({
      successor: { serialNumber: again.record.serialNumber },
      successorsReplaced: 1,
    });
  });

  test('of an expired certificate is allowed within the grace, and not after it', async () => {
    const [one, other] = [await hosts.enrolled({ name: 'host-1' }), await hosts.enrolled({ name: 'host-2' })];
    hosts.world.pass(LIFE + 3 * DAY);
    await hosts.renewed(one);
    hosts.world.pass(1);
    expect((await refusal(hosts.renewed(other))).code).toBe('certificate_expired');
  });

  test('of a certificate for 10 minutes lives for 10 minutes', async () => {
    const old = await hosts.enrolled({}, { certificateLifetimeSeconds: 600 });
    const { record } = await hosts.renewed(old);
    expect(record.validity.notAfter).toBe(hosts.world.now + 600);
  });

  test('keeps the exclusive names of its certificate, and gives them to its successor', async () => {
    const dnsNames = ['host-1.example.com'];
    const exclusive = { exclusiveDns: true, expiresAt: plus(hosts.world.now, 60 * DAY) };
    const old = await hosts.enrolled({ dnsNames }, exclusive);
    const { record } = await hosts.renewed(old);
    expect(record.exclusiveDns).toBe(true);
    hosts.world.pass(LIFE - 1);
    const taken = await refusal(hosts.enrolled({ name: 'host-2', dnsNames }, exclusive));
    expect(taken.code).toBe('name_in_use');
  });
});

describe('the successor that nobody confirmed', () => {
  test('is replaced by another key, and revoked as superseded', async () => {
    const old = await hosts.enrolled();
    const first = await hosts.renewed(old);
    const second = await hosts.renewed(old);
    expect(hosts.recordOf(first)).toMatchObject({
      state: 'REVOKED',
      revocation: {
        reason: 'superseded',
        revokedBy: 'fleetseal',
        comment: `replaced by ${second.record.serialNumber}`,
      },
    });
    expect(hosts.recordOf(old)).toMatchObject({
      successor: { serialNumber: second.record.serialNumber },
      successorsReplaced: 1,
    });
    expect(hosts.events(old)).toEqual(['renewed', 'successorReplaced']);
    expect(hosts.events(first)).toEqual(['revoked']);
    const name = await hosts.store.name(commonName('host-1'));
    expect(name.holders.map(({ serialNumber }) => serialNumber)).toEqual([
      old.record.serialNumber,
      second.record.serialNumber,
    ]);
  });

  test('is replaced five times at most, over more than an hour', async () => {
    const old = await hosts.enrolled();
    for (let i = 0; i < 6; i++) {
      hosts.world.pass(2 * HOUR);
      await hosts.renewed(old);
    }
    hosts.world.pass(2 * HOUR);
    const refused = await refusal(hosts.renewed(old));
    expect([refused.code, refused.message]).toEqual([
      'already_renewed',
      'The successor of this certificate was replaced 5 times and never confirmed. Renew with the last key again, and confirm it (POST /v1/renew/confirm). If this host did not send those requests, its key may be stolen: revoke all certificates of the name "host-1", and enroll again.',
    ]);
  });

  test('that was revoked for its own sake is the last one', async () => {
    const old = await hosts.enrolled();
    const { record } = await hosts.renewed(old);
    const revocation = {
      revokedAt: hosts.world.now,
      reason: 'keyCompromise',
      revokedBy: 'arn:admin',
    } as const;
    await hosts.store.revoke(record, revocation, { exclusive: [] });
    const refused = await refusal(hosts.renewed(old));
    expect([refused.code, refused.message]).toEqual([
      'certificate_revoked',
      `This certificate was renewed, and its successor (serial number ${record.serialNumber}) was revoked. Make a new key, and enroll again with a new bootstrap token.`,
    ]);
  });
});

describe('a key that was stolen', () => {
  test('renews nothing once the successor is confirmed', async () => {
    const old = await hosts.enrolled();
    const successor = await hosts.renewed(old);
    await hosts.confirm(old, successor);
    const refused = await refusal(hosts.renewed(old));
    expect([refused.code, refused.message]).toEqual([
      'already_renewed',
      `This certificate was renewed, and its successor (serial number ${successor.record.serialNumber}) is in use. Renew that one. If this host does not have it, its key may be stolen: revoke all certificates of the name "host-1", and enroll again.`,
    ]);
    expect(hosts.recordOf(successor).state).toBe('ISSUED');
  });

  test('renews nothing once the successor renewed itself, which confirms it', async () => {
    const old = await hosts.enrolled();
    const successor = await hosts.renewed(old);
    await hosts.renewed(successor);
    expect((await refusal(hosts.renewed(old))).code).toBe('already_renewed');
  });

  test('loses to the rightful host, which replaces and confirms', async () => {
    const old = await hosts.enrolled();
    const thief = await hosts.renewed(old);
    const host = await hosts.renewed(old);
    await hosts.confirm(old, host);
    expect(hosts.recordOf(thief)).toMatchObject({ state: 'REVOKED', revocation: { reason: 'superseded' } });
    expect((await refusal(hosts.renewed(thief))).code).toBe('certificate_revoked');
    expect((await refusal(hosts.confirm(old, thief))).code).toBe('proof_rejected');
    expect(hosts.events(old)).toEqual(['renewed', 'successorReplaced', 'successorConfirmed']);
  });

  test('that confirmed first shows in the answer to the rightful host and in the history', async () => {
    const old = await hosts.enrolled();
    const host = await hosts.renewed(old);
    const thief = await hosts.renewed(old);
    await hosts.confirm(old, thief);
    expect((await refusal(hosts.renewed(old))).code).toBe('already_renewed');
    expect((await refusal(hosts.confirm(old, host))).code).toBe('proof_rejected');
    expect(hosts.events(old)).toEqual(['renewed', 'successorReplaced', 'successorConfirmed']);
  });
});

describe('a renewal is refused', () => {
  const renew = (held: Held, payload: object, csr: Parameters<typeof newKey>[0] = { kind: 'p256' }) =>
    refusal(hosts.send(hosts.request(held, newKey(csr), payload)));

  test('where the proof is of another key or certificate, in the same words, before anything is written', async () => {
    const [old, other] = [await hosts.enrolled({ name: 'host-1' }), await hosts.enrolled({ name: 'host-2' })];
    const { privateKey } = other;
    const wrongKey = await refusal(hosts.renewed({ record: old.record, privateKey }));
    const wrongSerial = await renew(old, { serialNumber: other.record.serialNumber });
    const unknown = await renew(old, { serialNumber: `01${'0'.repeat(34)}` });
    expect(wrongKey).toMatchObject({
      code: 'proof_rejected',
      message:
        'The proof was not made with the key of a certificate of this service that it names. Sign with the key of the current certificate, and name that certificate; a JWS without "serialNumber" finds it a moment after it was issued.',
    });
    for (const error of [wrongSerial, unknown])
      expect([error.code, error.message]).toEqual([wrongKey.code, wrongKey.message]);
    expect(hosts.recordOf(old).successor).toBeUndefined();
  });

  test.each([
    { name: '5 minutes old', seconds: -300, code: undefined },
    { name: 'a second older', seconds: -301, code: 'proof_not_fresh' },
    { name: '5 minutes ahead', seconds: 300, code: undefined },
    { name: 'a second further ahead', seconds: 301, code: 'proof_not_fresh' },
  ])('where the proof is $name: $code', async ({ seconds, code }) => {
    const old = await hosts.enrolled();
    const sent = hosts.send(hosts.request(old, newKey(), { iat: hosts.world.now + seconds }));
    if (code === undefined) return expect(await sent).toMatchObject({ created: true });
    expect(await refusal(sent)).toMatchObject({
      code,
      message: expect.stringContaining('here it is 2026-11-23T06:00:00Z'),
    });
  });

  test.each([
    { aud: 'https://pki.example.com', ok: true },
    { aud: 'https://pki.example.com/', ok: true },
    { aud: 'https://PKI.example.com:443/v1', ok: true },
    { aud: 'https://pki.example.com/v1/', ok: true },
    { aud: 'https://pki.example.com/v1/renew', ok: true },
    { aud: 'https://pki.example.com/v1/renewal', ok: false },
    { aud: 'https://pki.example.com/v', ok: false },
    { aud: 'http://pki.example.com', ok: false },
    { aud: 'https://pki.example.com:8443', ok: false },
    { aud: 'https://pki.example.org', ok: false },
    { aud: 'https://pki.example.com.evil.example', ok: false },
    { aud: 'https://user@pki.example.com', ok: false },
    { aud: 'https://pki.example.com/?x', ok: false },
    { aud: 'pki.example.com', ok: false },
    { aud: '', ok: false },
  ])('where the proof is for another service: $aud, allowed $ok', async ({ aud, ok }) => {
    const old = await hosts.enrolled();
    const sent = hosts.send(hosts.request(old, newKey(), { aud }));
    if (ok) return expect(await sent).toMatchObject({ created: true });
    expect(await refusal(sent)).toMatchObject({
      code: 'proof_rejected',
      message:
        'The proof was made for another service: its "aud" must be the URL of this API, such as https://pki.example.com.',
    });
  });

  test('for the same key: the new key is a new one', async () => {
    const same = await hosts.enrolled();
    const csr = newKey({ privateKey: same.privateKey });
    const refused = await refusal(hosts.send(hosts.request(same, csr)));
    expect(refused).toMatchObject({
      code: 'key_refused',
      message:
        'The CSR has the key of the certificate that it renews. Make a new key on the host and send a CSR for it.',
      errors: [{ pointer: '#/jws' }],
    });
    expect(hosts.recordOf(same).successor).toBeUndefined();
  });

  test.each([
    {
      name: 'another name',
      csr: { commonName: 'host-2' },
      words: `The CSR's subject says CN=host-2, but the certificate says "host-1". Make them equal, or leave the subject empty.`,
    },
    {
      name: 'one more DNS name',
      csr: { dnsNames: ['other.example.com'] },
      words:
        'The CSR asks for the DNS name "other.example.com", which the certificate does not have. Leave it out of the CSR: a renewal has the names of the certificate. To change them, enroll again.',
    },
  ])('where the CSR asks for $name', async ({ csr, words }) => {
    const old = await hosts.enrolled();
    expect(await renew(old, {}, csr)).toMatchObject({
      code: 'csr_refused',
      errors: [{ pointer: '#/jws', detail: words }],
    });
  });

  test('where the CSR cannot be read: only to the holder', async () => {
    const [old, other] = [await hosts.enrolled({ name: 'host-1' }), await hosts.enrolled({ name: 'host-2' })];
    const broken = { csr: 'nonsense' };
    expect(await renew(old, broken)).toMatchObject({ code: 'malformed_csr', errors: [{ pointer: '#/jws' }] });
    const stranger = { record: old.record, privateKey: other.privateKey };
    expect((await renew(stranger, broken)).code).toBe('proof_rejected');
  });

  test.each([
    { name: 'the key of the certificate', of: (held: Held, _: Held) => held },
    { name: 'the new key', of: (_: Held, next: Held) => next },
  ])('where $name is blocked, also between reading and reserving', async ({ of }) => {
    const old = await hosts.enrolled();
    const key = newKey();
    const blocked = sha256Hex(publicKeyOf(of(old, { ...old, ...key })));
    hosts.store.interleave('reserveSuccessor', () =>
      hosts.store.blockKey({ publicKeySha256: blocked, at: hosts.world.now, by: 'arn:admin' }),
    );
    expect((await refusal(hosts.renewed(old, key))).code).toBe('key_refused');
    expect((await refusal(hosts.renewed(old, key))).code).toBe('key_refused');
    expect(hosts.recordOf(old).successor).toBeUndefined();
  });

  test('where the certificate is revoked, also between reading and reserving', async () => {
    const old = await hosts.enrolled();
    hosts.store.interleave('reserveSuccessor', () =>
      hosts.store.revoke(
        old.record,
        { revokedAt: hosts.world.now, reason: 'superseded', revokedBy: 'arn:admin' },
        { exclusive: [] },
      ),
    );
    expect((await refusal(hosts.renewed(old))).code).toBe('certificate_revoked');
    expect(hosts.recordOf(old).successor).toBeUndefined();
  });

  test('where the name was given to another key since', async () => {
    const old = await hosts.enrolled();
    const rebuilt = await hosts.enrolled({}, { onExistingName: 'replace' });
    expect(await refusal(hosts.renewed(old))).toMatchObject({
      code: 'name_in_use',
      message:
        'The name "host-1" was given to another key since this certificate was issued. Enroll again, with a bootstrap token that allows the names that this host shall have.',
    });
    expect((await hosts.renewed(rebuilt)).record.name).toBe('host-1');
  });

  test('where a DNS name was claimed exclusively for another name since', async () => {
    const dnsNames = ['lb.example.com'];
    const old = await hosts.enrolled({ name: 'host-1', dnsNames });
    await hosts.enrolled({ name: 'host-2', dnsNames }, { exclusiveDns: true, onExistingName: 'replace' });
    expect((await refusal(hosts.renewed(old))).message).toContain(
      'lb.example.com was claimed exclusively for another name since',
    );
  });

  test('where a chain was renewed five times within an hour, until the hour is over', async () => {
    let held = await hosts.enrolled();
    for (let i = 0; i < 5; i++) held = await hosts.renewed(held);
    hosts.world.pass(60);
    expect(await refusal(hosts.renewed(held))).toMatchObject({
      code: 'renewed_too_often',
      retryAfterSeconds: HOUR - 59,
    });
    hosts.world.pass(HOUR - 59);
    expect((await hosts.renewed(held)).record.renewalBurst).toMatchObject({ count: 1 });
  });
});

describe('an interrupted renewal', () => {
  test('is finished by the same request, with the recorded serial number', async () => {
    const old = await hosts.enrolled();
    const key = newKey();
    hosts.world.signer.failNext('DisabledException');
    await expect(hosts.renewed(old, key)).rejects.toThrow();
    const serial = hosts.recordOf(old).successor?.serialNumber;
    const { record } = await hosts.renewed(old, key);
    expect(record.serialNumber).toBe(serial);
  });

  test('is given up by the sweeper, and its predecessor renews again', async () => {
    const old = await hosts.enrolled();
    hosts.world.signer.failNext('DisabledException');
    const sent = hosts.send(hosts.request(old, newKey()));
    await expect(sent).rejects.toThrow();
    const uses = await hosts.world.uses(`fst_${old.record.tokenId}_`);
    hosts.world.pass(400);
    expect((await hosts.world.sweep()).voided).toHaveLength(1);
    expect(hosts.recordOf(old)).not.toHaveProperty('successor');
    expect(hosts.events(old)).toEqual(['renewed', 'successorVoided']);
    expect(await hosts.world.uses(`fst_${old.record.tokenId}_`)).toBe(uses);
    expect((await hosts.renewed(old)).record.state).toBe('ISSUED');
  });

  test('with another key goes on once nobody signs the first', async () => {
    const old = await hosts.enrolled();
    hosts.world.signer.failNext('DisabledException');
    await expect(hosts.renewed(old)).rejects.toThrow();
    const first = hosts.recordOf(old).successor?.serialNumber;
    const { record } = await hosts.renewed(old);
    expect(record.serialNumber).not.toBe(first);
    expect(hosts.world.recordsIn('VOID')).toBe(1);
  });
});

describe('a certificate that is renewed while everything of its token is revoked', () => {
  test('leaves no successor behind', async () => {
    const old = await hosts.enrolled();
    let next: Held | undefined;
    // It was read, and is about to be revoked.
    hosts.store.interleave('revoke', async () => {
      next = await hosts.renewed(old);
    });
    const { store, world } = hosts;
    const result = await revokeToken(
      { ...world, ledger: store, tokens: store, remainingMilliseconds: () => 60_000 },
      { tokenId: old.record.tokenId },
      { reason: 'keyCompromise', by: 'arn:admin' },
    );
    expect(result.complete).toBe(true);
    expect(hosts.recordOf(old).state).toBe('REVOKED');
    if (next === undefined) throw new Error('nothing was renewed');
    expect(hosts.recordOf(next)).toMatchObject({ state: 'REVOKED', revocation: { reason: 'keyCompromise' } });
  });
});
