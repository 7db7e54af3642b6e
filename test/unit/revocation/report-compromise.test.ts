import { describe, expect, test } from '@jest/globals';
import { reportCompromise } from '../../../shared/revocation/report-compromise.ts';
import { revokeCertificate } from '../../../shared/revocation/revoke-certificate.ts';
import { makeCsr } from '../../support/csr.ts';
import { makeJws } from '../../support/proofs.ts';
import { NOW, serialNumber } from '../../support/records.ts';
import { refusal, World } from '../issuance/world.ts';
import { disagreements, Killed, request, revoking, seen } from './revoking.ts';

/** A host with a certificate, and its proof that its key is compromised. */
async function compromised(world: World, name = 'host-1') {
  const { pem, privateKey } = makeCsr({ kind: 'p256' });
  const enrolling = world.request(await world.token(), { csr: pem, name });
  const { record } = await world.enroll(enrolling);
  return { record, csr: pem, privateKey, proof: proofOf(privateKey, record.serialNumber) };
}

function proofOf(privateKey: ReturnType<typeof makeCsr>['privateKey'], serial: string) {
  return { jws: makeJws({ privateKey, keyKind: 'p256' }, { serialNumber: serial, revoke: true }) };
}

const sourceIp = '198.51.100.9';

describe('a holder that reports its key as compromised', () => {
  test('has its certificate revoked, its key blocked and its name free, and is recorded with its address', async () => {
    const world = await World.create();
    const { record, csr, proof } = await compromised(world);
    const revocation = {
      revokedAt: NOW,
      reason: 'keyCompromise',
      revokedBy: 'holder of the key, from 198.51.100.9',
    };
    const revoked = await reportCompromise(revoking(world), { proof, sourceIp });
    expect(revoked).toEqual([{ ...record, state: 'REVOKED', revocation }]);
    expect(seen(world, record)).toEqual({ state: 'REVOKED', revocation, onList: true, events: ['revoked'] });
    const same = world.request(await world.token(), { csr });
    expect((await refusal(world.enroll(same))).code).toBe('key_refused');
    expect((await world.enroll(world.request(await world.token()))).created).toBe(true);
    expect(disagreements(world)).toEqual([]);
  });

  test('may send the same proof again: nothing changes', async () => {
    const world = await World.create();
    const { proof } = await compromised(world);
    const first = await reportCompromise(revoking(world), { proof, sourceIp });
    world.pass(86_400);
    expect(await reportCompromise(revoking(world), { proof, sourceIp: '203.0.113.1' })).toEqual(first);
    expect(disagreements(world)).toEqual([]);
  });

  test('blocks the key of a certificate that was revoked for another reason', async () => {
    const world = await World.create();
    const { record, proof, csr } = await compromised(world);
    await revokeCertificate(revoking(world), record.serialNumber, request());
    const [{ revocation }] = await reportCompromise(revoking(world), { proof, sourceIp });
    expect(revocation.reason).toBe('cessationOfOperation');
    const again = world.request(await world.token(), { csr });
    expect((await refusal(world.enroll(again))).code).toBe('key_refused');
  });

  test.each(['before', 'after'] as const)(
    'may try again where the service died %s the write',
    async (when) => {
      const world = await World.create();
      const { record, proof } = await compromised(world);
      world.store.failNext('revoke', { error: new Killed(), when });
      await expect(reportCompromise(revoking(world), { proof, sourceIp })).rejects.toThrow(Killed);
      expect((await reportCompromise(revoking(world), { proof, sourceIp }))[0].state).toBe('REVOKED');
      expect(seen(world, record)).toMatchObject({ state: 'REVOKED', onList: true, events: ['revoked'] });
      expect(disagreements(world)).toEqual([]);
    },
  );
});

describe('a report that proves nothing', () => {
  const WORDS =
    'The proof was not made with the key of a certificate that has this serial number. Sign the serial number of the certificate with its own key.';

  test('is refused after one read, in the same words: an unknown serial number, and the key of another', async () => {
    const world = await World.create();
    const { record } = await compromised(world);
    const other = await compromised(world, 'host-2');
    for (const { serial, why } of [
      { serial: serialNumber(), why: 'unknown' },
      { serial: record.serialNumber, why: 'not_its_key' },
    ]) {
      const before = world.store.calls.length;
      const proof = proofOf(other.privateKey, serial);
      expect(await refusal(reportCompromise(revoking(world), { proof, sourceIp }))).toMatchObject({
        code: 'proof_rejected',
        message: WORDS,
        internal: { why, serialNumber: serial },
      });
      expect(world.store.calls.slice(before)).toEqual(['certificate']);
    }
    expect(world.recordsIn('REVOKED')).toBe(0);
  });

  test('is refused before any read where it is not a proof', async () => {
    const world = await World.create();
    const before = world.store.calls.length;
    const refused = refusal(reportCompromise(revoking(world), { proof: { cms: 'MAA=' }, sourceIp }));
    expect((await refused).code).toBe('malformed_proof');
    expect(world.store.calls.length).toBe(before);
  });
});
