import { createHash, createPublicKey, verify } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalKms, startKms } from '../../support/local-kms.ts';

const SPECS = ['RSA_2048', 'ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'];
const message = Buffer.from('the bytes to be signed');
const digest = createHash('sha256').update(message).digest();

let kms: LocalKms;
let client: KMSClient;

beforeAll(async () => {
  kms = await startKms({
    keys: [...SPECS.map((keySpec) => ({ keySpec })), { keySpec: 'RSA_2048', keyUsage: 'ENCRYPT_DECRYPT' }],
  });
  client = new KMSClient({
    endpoint: kms.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await kms.stop();
});

const arnOf = (keySpec: string) => kms.keys.find((key) => key.keySpec === keySpec)?.arn ?? 'none';

describe('a signature of the local KMS verifies under the key that it shows', () => {
  test.each([
    { keySpec: 'RSA_2048', algorithm: 'RSASSA_PKCS1_V1_5_SHA_256', hash: 'sha256' },
    { keySpec: 'RSA_2048', algorithm: 'RSASSA_PKCS1_V1_5_SHA_384', hash: 'sha384' },
    { keySpec: 'RSA_2048', algorithm: 'RSASSA_PKCS1_V1_5_SHA_512', hash: 'sha512' },
    { keySpec: 'ECC_NIST_P256', algorithm: 'ECDSA_SHA_256', hash: 'sha256' },
    { keySpec: 'ECC_NIST_P384', algorithm: 'ECDSA_SHA_384', hash: 'sha384' },
    { keySpec: 'ECC_NIST_P521', algorithm: 'ECDSA_SHA_512', hash: 'sha512' },
  ] as const)('$keySpec, $algorithm', async ({ keySpec, algorithm, hash }) => {
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: arnOf(keySpec) }));
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    const sign = async (MessageType: 'RAW' | 'DIGEST', Message: Uint8Array) => {
      const input = { KeyId: arnOf(keySpec), SigningAlgorithm: algorithm, MessageType, Message };
      const answer = await client.send(new SignCommand(input));
      expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
      return answer.Signature ?? new Uint8Array();
    };
    const hashed = createHash(hash).update(message).digest();
    expect(verify(hash, message, key, await sign('DIGEST', hashed))).toBe(true);
    expect(verify(hash, message, key, await sign('RAW', message))).toBe(true);
    expect(verify(hash, message, key, await sign('RAW', hashed))).toBe(false);
  });
});

describe('the local KMS refuses what KMS refuses, in its words', () => {
  const rsa = { SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256', MessageType: 'DIGEST' } as const;
  test.each([
    {
      name: 'an unknown key',
      input: () => ({ ...rsa, KeyId: 'arn:aws:kms:eu-central-1:000000000000:key/none', Message: digest }),
      error: 'NotFoundException',
      words: "Key 'arn:aws:kms:eu-central-1:000000000000:key/none' does not exist",
    },
    {
      name: "another key kind's algorithm",
      input: () => ({ ...rsa, KeyId: arnOf('ECC_NIST_P256'), Message: digest }),
      error: 'InvalidKeyUsageException',
      words: 'Algorithm RSASSA_PKCS1_V1_5_SHA_256 is incompatible with key spec ECC_NIST_P256.',
    },
    {
      name: 'a digest of another length',
      input: () => ({ ...rsa, KeyId: arnOf('RSA_2048'), Message: digest.subarray(1) }),
      error: 'ValidationException',
      words: 'Digest is invalid length for algorithm RSASSA_PKCS1_V1_5_SHA_256.',
    },
    {
      name: 'a message above 4096 bytes',
      input: () => ({
        ...rsa,
        MessageType: 'RAW' as const,
        KeyId: arnOf('RSA_2048'),
        Message: Buffer.alloc(4097),
      }),
      error: 'ValidationException',
      words: 'less than or equal to 4096',
    },
    {
      name: 'an encryption key',
      input: () => ({ ...rsa, KeyId: kms.keys.at(-1)?.arn, Message: digest }),
      error: 'InvalidKeyUsageException',
      words: 'key usage is ENCRYPT_DECRYPT which is not valid for Sign.',
    },
  ])('$name', async ({ input, error, words }) => {
    await expect(client.send(new SignCommand(input()))).rejects.toMatchObject({
      name: error,
      message: expect.stringContaining(words),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test.each([
    { state: 'Disabled', error: 'DisabledException' },
    { state: 'PendingDeletion', error: 'KMSInvalidStateException' },
  ] as const)('a key that is $state', async ({ state, error }) => {
    const KeyId = arnOf('ECC_NIST_P384');
    kms.setState(KeyId, state);
    try {
      const input = {
        KeyId,
        SigningAlgorithm: 'ECDSA_SHA_384',
        MessageType: 'RAW',
        Message: message,
      } as const;
      await expect(client.send(new SignCommand(input))).rejects.toMatchObject({ name: error });
    } finally {
      kms.setState(KeyId, 'Enabled');
    }
  });
});
