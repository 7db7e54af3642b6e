import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import { type Clock, instant } from '../../shared/domain/instant.ts';
import { SIGNATURE_ALGORITHMS } from '../../shared/domain/signature-algorithm.ts';
import { type CaSigner, SigningError } from '../../shared/issuance/ports.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { kmsClient } from '../../shared/kms/client.ts';
import { fakeCaSigner } from '../fakes/ca-signer.ts';
import { startKms } from '../support/local-kms.ts';

const KEYS = { rsa: 'RSA_3072', p256: 'ECC_NIST_P256', p384: 'ECC_NIST_P384' } as const;
type KeyName = keyof typeof KEYS;
const NAMES = Object.keys(KEYS) as readonly KeyName[];

const arnOf = (name: string) => `arn:aws:kms:eu-central-1:111122223333:key/${name}`;
const keyOf = (name: KeyName): { readonly keyArn: string; readonly keySpec: CaKeySpec } => ({
  keyArn: arnOf(name),
  keySpec: KEYS[name],
});

/** A signer with the three keys. */
interface Subject {
  readonly signer: CaSigner;
  /** The next attempts are throttled. */
  throttle(times: number): void;
  /** Signing with this key fails from now on as for a disabled key, once. */
  disableOnce(name: KeyName): () => void;
  stop(): Promise<void>;
}

const AT = instant(1_795_413_600);
const clock: Clock = () => AT;

async function startFake(): Promise<Subject> {
  const signer = fakeCaSigner(Object.fromEntries(NAMES.map((name) => [arnOf(name), KEYS[name]])), clock);
  return {
    signer,
    throttle: (times) => signer.failNext(...Array<string>(times).fill('ThrottlingException')),
    disableOnce: () => {
      signer.failNext('DisabledException');
      return () => {};
    },
    stop: async () => {},
  };
}

async function startAdapter(): Promise<Subject> {
  const kms = await startKms({ keys: NAMES.map((name) => ({ arn: arnOf(name), keySpec: KEYS[name] })) });
  const client = kmsClient({
    endpoint: kms.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  let now = 0;
  const signer = kmsCaSigner({
    client,
    clock,
    elapsed: () => now,
    random: () => 0.999,
    pause: async (milliseconds) => {
      now += milliseconds;
    },
  });
  return {
    signer,
    throttle: (times) => {
      kms.faults.clear();
      for (let nth = 1; nth <= times; nth++) kms.faults.add({ nth, does: 'throttle' });
    },
    disableOnce: (name) => {
      kms.setState(arnOf(name), 'Disabled');
      return () => kms.setState(arnOf(name), 'Enabled');
    },
    stop: async () => {
      client.destroy();
      await kms.stop();
    },
  };
}

describe.each([
  { name: 'the fake', start: startFake },
  { name: 'the KMS adapter', start: startAdapter },
])('signing with a CA key, on $name', ({ start }) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject.stop());

  const message = randomBytes(500);
  const digest = (name: KeyName) =>
    Uint8Array.from(createHash(SIGNATURE_ALGORITHMS[KEYS[name]].hash).update(message).digest());

  test.each(NAMES.map((name) => ({ name })))(
    '$name: the signature verifies with the public key',
    async ({ name }) => {
      const { signature, attempts } = await subject.signer.sign(keyOf(name), digest(name));
      const spki = await subject.signer.publicKey(arnOf(name));
      const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
      // node:crypto reads RSA signatures as PKCS#1 v1.5 and ECDSA ones as DER, as X.509 carries them.
      expect(verify(SIGNATURE_ALGORITHMS[KEYS[name]].hash, message, key, signature)).toBe(true);
      expect(attempts).toEqual([{ at: AT, requestId: expect.any(String), outcome: 'ok' }]);
    },
  );

  test('throttled twice, it signs at the third attempt; each has its own request id', async () => {
    subject.throttle(2);
    const { attempts } = await subject.signer.sign(keyOf('p256'), digest('p256'));
    expect(attempts.map(({ outcome }) => outcome)).toEqual([
      'ThrottlingException',
      'ThrottlingException',
      'ok',
    ]);
    expect(new Set(attempts.map(({ requestId }) => requestId)).size).toBe(3);
  });

  test('throttled for too long: an error that says another try may do, with all attempts', async () => {
    subject.throttle(1000);
    const error = await subject.signer.sign(keyOf('p256'), digest('p256')).catch((caught: unknown) => caught);
    subject.throttle(0);
    expect(error).toBeInstanceOf(SigningError);
    const { attempts, retryable } = error as SigningError;
    expect(retryable).toBe(true);
    expect(attempts.length).toBeGreaterThan(1);
    expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['ThrottlingException']));
  });

  test('a disabled key: an error that says no try will do, after one attempt', async () => {
    const enable = subject.disableOnce('p384');
    await expect(subject.signer.sign(keyOf('p384'), digest('p384'))).rejects.toMatchObject({
      name: 'SigningError',
      message: expect.stringContaining('DisabledException'),
      retryable: false,
      attempts: [{ at: AT, outcome: 'DisabledException', requestId: expect.any(String) }],
    });
    enable();
  });

  test.each([
    {
      name: 'a key that is not there',
      key: { keyArn: arnOf('none'), keySpec: 'ECC_NIST_P256' as const },
      outcome: 'NotFoundException',
    },
    {
      name: 'a key of another spec than recorded',
      key: { keyArn: arnOf('p256'), keySpec: 'RSA_3072' as const },
      outcome: 'InvalidKeyUsageException',
    },
  ])('$name: no try will do', async ({ key, outcome }) => {
    await expect(subject.signer.sign(key, digest('p256'))).rejects.toMatchObject({
      retryable: false,
      attempts: [{ outcome }],
    });
  });

  test('a digest of the wrong length is refused, not hashed again', async () => {
    await expect(subject.signer.sign(keyOf('p256'), new Uint8Array(48))).rejects.toMatchObject({
      retryable: false,
      attempts: [{ outcome: 'ValidationException' }],
    });
  });
});

test('a multi-Region key is used in the Region of the client, whichever one is recorded', async () => {
  const here = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef';
  const recorded = here.replace('eu-west-1', 'eu-central-1');
  const kms = await startKms({ keys: [{ arn: here, keySpec: KEYS.p256 }] });
  const client = kmsClient({
    endpoint: kms.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const signer = kmsCaSigner({ client });
  const digest = Uint8Array.from(randomBytes(32));
  const { attempts } = await signer.sign({ keyArn: recorded, keySpec: KEYS.p256 }, digest);
  expect(attempts).toMatchObject([{ outcome: 'ok' }]);
  expect(await signer.publicKey(recorded)).toEqual(await signer.publicKey(here));
  // A key of one Region stays that key.
  const other = recorded.replace('mrk-', 'abc-');
  await expect(signer.sign({ keyArn: other, keySpec: KEYS.p256 }, digest)).rejects.toThrow(
    'NotFoundException',
  );
  client.destroy();
  await kms.stop();
});
