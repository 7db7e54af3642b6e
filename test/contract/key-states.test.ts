import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CaSigner, KeyStates } from '../../shared/issuance/ports.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { kmsClient } from '../../shared/kms/client.ts';
import { kmsKeyStates } from '../../shared/kms/key-states.ts';
import { fakeCaSigner } from '../fakes/ca-signer.ts';
import { startKms } from '../support/local-kms.ts';

const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/root';
const KEY = { keyArn: ARN, keySpec: 'ECC_NIST_P256' } as const;
const DIGEST = new Uint8Array(32).fill(7);

/** KMS with one key, that is enabled. */
interface Subject {
  readonly signer: CaSigner;
  readonly keys: KeyStates;
  scheduleDeletion(): void;
  stop(): Promise<void>;
}

async function startFake(): Promise<Subject> {
  const signer = fakeCaSigner({ [ARN]: KEY.keySpec });
  return {
    signer,
    keys: signer,
    scheduleDeletion: () => signer.scheduleDeletion(ARN),
    stop: async () => {},
  };
}

async function startAdapter(): Promise<Subject> {
  const kms = await startKms({ keys: [{ arn: ARN, keySpec: KEY.keySpec }] });
  const client = kmsClient({
    endpoint: kms.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    signer: kmsCaSigner({ client }),
    keys: kmsKeyStates({ client }),
    scheduleDeletion: () => kms.setState(ARN, 'PendingDeletion'),
    stop: async () => {
      client.destroy();
      await kms.stop();
    },
  };
}

describe.each([
  { name: 'the fake', start: startFake },
  { name: 'the KMS adapter', start: startAdapter },
])('the state of a CA key, on $name', ({ start }) => {
  const started: Subject[] = [];
  let subject: Subject;
  beforeEach(async () => {
    subject = await start();
    started.push(subject);
  });
  afterAll(async () => {
    for (const one of started) await one.stop();
  });

  test('a disabled key signs nothing, and its public key cannot be read', async () => {
    const { signer, keys } = subject;
    expect(await keys.stateOf(ARN)).toBe('Enabled');
    await keys.disable(ARN);
    expect(await keys.stateOf(ARN)).toBe('Disabled');
    const refused = { name: 'SigningError', retryable: false, attempts: [{ outcome: 'DisabledException' }] };
    await expect(signer.sign(KEY, DIGEST)).rejects.toMatchObject(refused);
    await expect(signer.publicKey(ARN)).rejects.toMatchObject(refused);
  });

  test('a key that is enabled again signs', async () => {
    const { signer, keys } = subject;
    await keys.disable(ARN);
    await keys.enable(ARN);
    expect(await keys.stateOf(ARN)).toBe('Enabled');
    expect((await signer.sign(KEY, DIGEST)).attempts).toMatchObject([{ outcome: 'ok' }]);
    expect((await signer.publicKey(ARN)).length).toBeGreaterThan(64);
  });

  test('a key that is in the state already stays in it', async () => {
    const { keys } = subject;
    await keys.enable(ARN);
    await keys.disable(ARN);
    await keys.disable(ARN);
    expect(await keys.stateOf(ARN)).toBe('Disabled');
  });

  test('a key whose deletion is scheduled can be neither enabled nor disabled', async () => {
    const { signer, keys } = subject;
    subject.scheduleDeletion();
    expect(await keys.stateOf(ARN)).toBe('PendingDeletion');
    const refused = { retryable: false, attempts: [{ outcome: 'KMSInvalidStateException' }] };
    await expect(keys.enable(ARN)).rejects.toMatchObject(refused);
    await expect(keys.disable(ARN)).rejects.toMatchObject(refused);
    await expect(signer.sign(KEY, DIGEST)).rejects.toMatchObject(refused);
  });

  test('a key that is not there is named in the error', async () => {
    const refused = { retryable: false, attempts: [{ outcome: 'NotFoundException' }] };
    await expect(subject.keys.stateOf('arn:none')).rejects.toMatchObject(refused);
    await expect(subject.keys.enable('arn:none')).rejects.toMatchObject(refused);
  });
});
