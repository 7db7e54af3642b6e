import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { SIGNATURE_ALGORITHMS } from '../domain/signature-algorithm.ts';
import { AppError } from '../errors/app-error.ts';
import type { CaSigner, SignatureUse } from '../issuance/ports.ts';
import { type AttemptOptions, attemptWithin } from './attempts.ts';
import { kmsClient } from './client.ts';
import { keyHere } from './key-here.ts';

export interface KmsCaSignerOptions extends AttemptOptions {
  /** With `maxAttempts` 1. @default {@link kmsClient} */
  readonly client?: KMSClient;
}

/**
 * Signs with CA keys in AWS KMS. Only a digest goes there (`MessageType` DIGEST, which the key policies demand); the
 * signature comes back as X.509 carries it (API reference of Sign: PKCS#1 octets for RSA, DER Ecdsa-Sig-Value for ECC).
 */
export function kmsCaSigner({ client = kmsClient(), ...options }: KmsCaSignerOptions = {}): CaSigner {
  return {
    sign: async ({ keyArn, keySpec }, digest, use) => {
      const command = new SignCommand({
        KeyId: await keyHere(client, keyArn),
        Message: digest,
        MessageType: 'DIGEST',
        SigningAlgorithm: SIGNATURE_ALGORITHMS[keySpec].kms,
      });
      const { answer, attempts } = await attemptWithin(reporting(options, use), 'Sign', (timeout) =>
        client.send(command, timeout),
      );
      return { signature: present(answer.Signature, 'Signature'), attempts };
    },

    publicKey: async (keyArn) => {
      const command = new GetPublicKeyCommand({ KeyId: await keyHere(client, keyArn) });
      const { answer } = await attemptWithin(options, 'GetPublicKey', (timeout) =>
        client.send(command, timeout),
      );
      return present(answer.PublicKey, 'PublicKey');
    },
  };
}

/** Each attempt names the certificate that it is for: its record is looked up when signatures are reconciled. */
function reporting(options: AttemptOptions, use: SignatureUse | undefined): AttemptOptions {
  const { onAttempt } = options;
  if (onAttempt === undefined || use === undefined || !('serialNumber' in use)) return options;
  const { serialNumber } = use;
  return { ...options, onAttempt: (attempt) => onAttempt({ ...attempt, serialNumber }) };
}

function present(bytes: Uint8Array | undefined, field: string): Uint8Array {
  if (bytes === undefined) throw new AppError('internal', `KMS answered without ${field}`);
  return bytes;
}
