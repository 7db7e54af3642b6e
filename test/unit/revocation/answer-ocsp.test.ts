import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Instant, plus } from '../../../shared/domain/instant.ts';
import {
  newSerialNumber,
  parseSerialNumber,
  type SerialNumber,
} from '../../../shared/domain/serial-number.ts';
import { certifiedIssuer } from '../../../shared/issuance/issuers.ts';
import { answerOcsp } from '../../../shared/revocation/answer-ocsp.ts';
import { revokeCertificate } from '../../../shared/revocation/revoke-certificate.ts';
import { LIFETIME_SECONDS, OcspWorld } from './ocsp-world.ts';
import { Killed, request, reserved, revoking } from './revoking.ts';

let ocsp: OcspWorld;
beforeEach(async () => {
  ocsp = await OcspWorld.create();
});

const revoke = (serialNumber: SerialNumber) =>
  revokeCertificate(revoking(ocsp.world), serialNumber, request({ reason: 'keyCompromise' }));
const HALF = LIFETIME_SECONDS / 2;

describe('a certificate', () => {
  test('that is issued is good', async () => {
    const { serialNumber } = await ocsp.issue();
    expect(await ocsp.ask(serialNumber)).toMatchObject({
      kind: 'response',
      from: 'signer',
      response: {
        status: { state: 'good' },
        thisUpdate: ocsp.world.now,
        nextUpdate: plus(ocsp.world.now, LIFETIME_SECONDS),
      },
    });
  });

  test('that is revoked is said to be, with time and reason', async () => {
    const { serialNumber } = await ocsp.issue();
    await revoke(serialNumber);
    expect(await ocsp.ask(serialNumber)).toMatchObject({
      response: { status: { state: 'revoked', revokedAt: ocsp.world.now, reason: 'keyCompromise' } },
    });
  });

  test('that was given up before it was finished counts as revoked', async () => {
    const { record } = await reserved(ocsp.world);
    await revoke(record.serialNumber);
    expect(await ocsp.ask(record.serialNumber)).toMatchObject({ response: { status: { state: 'revoked' } } });
  });

  test('of an issuer is answered for by the responder of its root', async () => {
    const { serialNumber = '' } = ocsp.world.store.tables.issuers.get('issuer-1') ?? {};
    expect(await ocsp.ask(serialNumber, 'sha1', 'root-1')).toMatchObject({
      response: { status: { state: 'good' } },
    });
    expect(await ocsp.ask(serialNumber, 'sha1', 'issuer-1')).toMatchObject({ why: 'of another issuer' });
  });

  test('of an issuer that the root revoked is revoked at once, whatever is in memory or stored', async () => {
    const { store } = ocsp.world;
    const issuer = certifiedIssuer([...store.tables.issuers.values()], 'issuer-1');
    const ask = () => answerOcsp(ocsp.deps, ocsp.certId(issuer.serialNumber, 'sha1', 'root-1'));
    expect(await ask()).toMatchObject({ response: { status: { state: 'good' } }, from: 'signer' });
    store.tables.issuers.set('issuer-1', { ...issuer, state: 'COMPROMISED' });
    expect(await ask()).toMatchObject({ response: { status: { state: 'good' } }, from: 'store' });
    const revocation = { revokedAt: ocsp.world.now, reason: 'cACompromise' } as const;
    await store.revokeIssuer(issuer, revocation);
    const status = { state: 'revoked', ...revocation };
    expect(await ask()).toMatchObject({ response: { status }, from: 'signer' });
    expect(await ask()).toMatchObject({ response: { status }, from: 'store' });
  });

  test('of an issuer that the root revokes while a response is signed is not answered as good', async () => {
    const { store } = ocsp.world;
    const issuer = certifiedIssuer([...store.tables.issuers.values()], 'issuer-1');
    store.tables.issuers.set('issuer-1', { ...issuer, state: 'COMPROMISED' });
    const revocation = { revokedAt: ocsp.world.now, reason: 'cACompromise' } as const;
    ocsp.responder.interleave(() => store.revokeIssuer(issuer, revocation));
    expect(await ocsp.ask(issuer.serialNumber, 'sha1', 'root-1')).toMatchObject({
      response: { status: { state: 'revoked' } },
    });
  });

  test.each<{ name: string; serial: () => Promise<string>; ca?: string; why: string }>([
    {
      name: 'that is not recorded',
      serial: async () => newSerialNumber(ocsp.world.random),
      why: 'not recorded',
    },
    { name: 'whose serial number could not be ours', serial: async () => '05', why: 'not recorded' },
    {
      name: 'whose serial number has the octets that another one has as decimal digits',
      serial: async () => {
        const digits = `1${'0'.repeat(41)}`;
        const serialNumber = parseSerialNumber(digits);
        if (serialNumber === undefined) throw new Error(`${digits} is no serial number`);
        const record = await ocsp.issue();
        ocsp.world.store.tables.records.set(serialNumber, { ...record, serialNumber });
        return digits;
      },
      why: 'not recorded',
    },
    {
      name: 'of another issuer',
      serial: async () => (await ocsp.issue()).serialNumber,
      ca: 'root-1',
      why: 'of another issuer',
    },
    {
      name: 'that is only promised',
      serial: async () => (await reserved(ocsp.world)).record.serialNumber,
      why: 'not issued yet',
    },
    {
      name: 'that has expired',
      serial: async () => {
        const { serialNumber, validity } = await ocsp.issue();
        ocsp.world.now = plus(validity.notAfter, 1);
        await ocsp.certify();
        return serialNumber;
      },
      why: 'expired',
    },
  ])('$name is answered without a signature', async ({ serial, ca, why }) => {
    const serialNumber = await serial();
    const answer = await ocsp.ask(serialNumber, 'sha1', ca);
    expect(answer).toEqual({ kind: 'error', status: 'unauthorized', why });
    expect(ocsp.responder.signatures).toBe(0);
    expect(ocsp.world.store.tables.ocsp.size).toBe(0);
  });

  test('of a CA that is not ours is answered without a signature, and without a look at the ledger', async () => {
    const { serialNumber } = await ocsp.issue();
    const before = ocsp.world.store.calls.length;
    const foreign = { ...ocsp.certId(serialNumber), keyHash: 'ab'.repeat(20) };
    const { answerOcsp } = await import('../../../shared/revocation/answer-ocsp.ts');
    expect(await answerOcsp(ocsp.deps, foreign)).toEqual({
      kind: 'error',
      status: 'unauthorized',
      why: 'of no CA of ours',
    });
    expect(ocsp.world.store.calls.slice(before)).not.toContain('readForOcsp');
  });
});

describe('the stored response', () => {
  test('is served as it is for half of its life, with one look at the ledger', async () => {
    const { serialNumber } = await ocsp.issue();
    const first = await ocsp.ask(serialNumber);
    ocsp.world.pass(HALF - 1);
    const before = ocsp.world.store.calls.length;
    expect(await ocsp.ask(serialNumber)).toEqual({ ...first, from: 'store' });
    const calls = ocsp.world.store.calls.slice(before);
    expect(calls.filter((call) => call !== 'readAuthority' && call !== 'responders')).toEqual([
      'readForOcsp',
    ]);
    expect(ocsp.responder.signatures).toBe(1);
  });

  test('is replaced after half of its life', async () => {
    const { serialNumber } = await ocsp.issue();
    await ocsp.ask(serialNumber);
    ocsp.world.pass(HALF);
    const { now } = ocsp.world;
    expect(await ocsp.ask(serialNumber)).toMatchObject({ from: 'signer', response: { thisUpdate: now } });
    expect(ocsp.responder.signatures).toBe(2);
  });

  test('of each hash is one of its own', async () => {
    const { serialNumber } = await ocsp.issue();
    for (const hash of ['sha1', 'sha256', 'sha1', 'sha256'] as const)
      expect(await ocsp.ask(serialNumber, hash)).toMatchObject({ kind: 'response' });
    expect(ocsp.responder.signatures).toBe(2);
  });

  test('lives no longer than the certificate, and is then not replaced', async () => {
    const { serialNumber, validity } = await ocsp.issue();
    ocsp.world.now = plus(validity.notAfter, -3600);
    await ocsp.certify();
    expect(await ocsp.ask(serialNumber)).toMatchObject({ response: { nextUpdate: validity.notAfter } });
    for (let second = 3599; second > 0; second -= 100) {
      ocsp.world.now = plus(validity.notAfter, -second);
      expect(await ocsp.ask(serialNumber)).toMatchObject({ from: 'store' });
    }
    expect(ocsp.responder.signatures).toBe(1);
  });

  test('is gone with the revocation: the next answer says revoked', async () => {
    const { serialNumber } = await ocsp.issue();
    await ocsp.ask(serialNumber);
    await revoke(serialNumber);
    expect(await ocsp.ask(serialNumber)).toMatchObject({ response: { status: { state: 'revoked' } } });
    expect(ocsp.responder.signatures).toBe(2);
  });

  test('that says something else than the record is not served, even if it is still there', async () => {
    const { serialNumber } = await ocsp.issue();
    await ocsp.ask(serialNumber);
    const stale = ocsp.world.store.tables.ocsp.get(serialNumber);
    await revoke(serialNumber);
    if (stale) ocsp.world.store.tables.ocsp.set(serialNumber, stale);
    expect(await ocsp.ask(serialNumber)).toMatchObject({ response: { status: { state: 'revoked' } } });
  });
});

describe('however many ask at once', () => {
  test.each([{ callers: 2 }, { callers: 40 }])(
    '$callers: one signature, one response',
    async ({ callers }) => {
      const { serialNumber } = await ocsp.issue();
      const answers = await Promise.all(Array.from({ length: callers }, () => ocsp.ask(serialNumber)));
      const responses = answers.map((answer) => answer.kind === 'response' && answer.response.der);
      expect(new Set(responses).size).toBe(1);
      expect(ocsp.responder.signatures).toBe(1);
    },
  );

  test('while one signs the next response, the others get the previous one at once', async () => {
    const { serialNumber } = await ocsp.issue();
    const first = await ocsp.ask(serialNumber);
    ocsp.world.pass(HALF);
    let meanwhile: unknown;
    ocsp.responder.interleave(async () => {
      meanwhile = await ocsp.ask(serialNumber);
    });
    await ocsp.ask(serialNumber);
    expect(meanwhile).toEqual({ ...first, from: 'store' });
    expect(ocsp.responder.signatures).toBe(2);
  });

  test('and one is revoked while its response is signed: nobody gets "good", and no "good" is stored', async () => {
    const { serialNumber } = await ocsp.issue();
    ocsp.responder.interleave(() => revoke(serialNumber));
    expect(await ocsp.ask(serialNumber)).toMatchObject({ response: { status: { state: 'revoked' } } });
    expect(ocsp.world.store.tables.ocsp.get(serialNumber)?.responses.sha1?.status.state).toBe('revoked');
  });

  test('and one is revoked between the look at it and the lease: what is signed says revoked', async () => {
    const { serialNumber } = await ocsp.issue();
    ocsp.world.store.interleave('takeOcspLease', () => revoke(serialNumber));
    expect(await ocsp.ask(serialNumber)).toMatchObject({ response: { status: { state: 'revoked' } } });
    expect(ocsp.responder.signatures).toBe(1);
  });

  test('and the clock of who revoked is a moment ahead: the response is not made before the revocation', async () => {
    const { serialNumber } = await ocsp.issue();
    ocsp.world.pass(2);
    await revoke(serialNumber);
    const revokedAt = ocsp.world.now;
    ocsp.world.pass(-2);
    expect(await ocsp.ask(serialNumber)).toMatchObject({ response: { thisUpdate: revokedAt } });
  });
});

describe('when the signer fails', () => {
  test('the previous response is served, and nobody asks the signer again while the lease runs', async () => {
    const { serialNumber } = await ocsp.issue();
    const first = await ocsp.ask(serialNumber);
    ocsp.world.pass(HALF);
    ocsp.responder.failNext('DisabledException');
    expect(await ocsp.ask(serialNumber)).toEqual({ ...first, from: 'store' });
    const attempts = ocsp.responder.attempts.length;
    expect(await ocsp.ask(serialNumber)).toEqual({ ...first, from: 'store' });
    expect(ocsp.responder.attempts).toHaveLength(attempts);
    ocsp.world.pass(11);
    expect(await ocsp.ask(serialNumber)).toMatchObject({ from: 'signer' });
  });

  test('and there is none, the caller is to try later', async () => {
    const { serialNumber } = await ocsp.issue();
    ocsp.responder.failNext('DisabledException');
    expect(await ocsp.ask(serialNumber)).toEqual({ kind: 'error', status: 'tryLater', why: 'not signed' });
    expect(await ocsp.ask(serialNumber)).toEqual({ kind: 'error', status: 'tryLater', why: 'being signed' });
  });

  test('and the responder has no valid certificate, nothing is signed', async () => {
    const { serialNumber } = await ocsp.issue();
    ocsp.world.now = plus(ocsp.world.now, 29 * 86_400);
    for (const [ca, [first]] of ocsp.world.store.tables.responders)
      if (first)
        ocsp.world.store.tables.responders.set(ca, [
          { ...first, validity: { ...first.validity, notAfter: 5 as Instant } },
        ]);
    expect(await ocsp.ask(serialNumber)).toEqual({
      kind: 'error',
      status: 'tryLater',
      why: 'no valid responder',
    });
  });
});

describe('a process that dies while it answers', () => {
  const POINTS = (['readForOcsp', 'takeOcspLease', 'storeResponse'] as const).flatMap((method) =>
    (['before', 'after'] as const).map((when) => ({ method, when })),
  );

  test.each(POINTS)(
    '$when $method: at most one signature more, and only when its lease is over',
    async ({ method, when }) => {
      const { serialNumber } = await ocsp.issue();
      ocsp.world.store.failNext(method, { error: new Killed(), when });
      await expect(ocsp.ask(serialNumber)).rejects.toThrow(Killed);
      const signed = ocsp.responder.signatures;
      const stored = ocsp.world.store.tables.ocsp.get(serialNumber)?.responses.sha1;
      // Nobody can tell yet that it died: others wait for it, until they are to try later.
      const soon = await ocsp.ask(serialNumber);
      const isFree =
        stored !== undefined || ocsp.world.store.tables.ocsp.get(serialNumber)?.lease === undefined;
      expect(soon.kind).toBe(isFree ? 'response' : 'error');
      if (!isFree) expect(ocsp.responder.signatures).toBe(signed);
      ocsp.world.pass(11);
      const answers = await Promise.all(Array.from({ length: 5 }, () => ocsp.ask(serialNumber)));
      for (const answer of answers) expect(answer).toMatchObject({ response: { status: { state: 'good' } } });
      expect(ocsp.responder.signatures).toBeLessThanOrEqual(isFree ? 1 : signed + 1);
    },
  );
});
