import type { CaKeySpec, KmsRoot } from '../domain/authority.ts';
import { type Clock, type Instant, plus } from '../domain/instant.ts';
import { CA_BACKDATE_SECONDS } from '../domain/profile.ts';
import { SERVICE } from '../domain/revocation.ts';
import { newSerialNumber, type RandomBytes } from '../domain/serial-number.ts';
import { AppError } from '../errors/app-error.ts';
import { publicKeyOf } from '../pki/certificate.ts';
import { issue } from '../pki/issue.ts';
import type { Prepared } from '../pki/prepared.ts';
import type { CaSigner } from './ports.ts';

/*
 * What the certification of every CA has in common. Record first: serial number, validity and hash of what will be signed
 * are stored before KMS signs. What is recorded is taken up and finished with the same bytes.
 */

/** A CA key that the template declares. */
export interface CaSlot {
  readonly id: string;
  readonly keyArn: string;
  readonly keySpec: CaKeySpec;
  /** How long its certificate is valid. Applied when the certificate is recorded; later changes have no effect. */
  readonly lifetimeSeconds: number;
}

/** A root that signs. */
export type CertifiedRoot = KmsRoot & { readonly certificate: Uint8Array };

/** What determines the bytes of a CA certificate, besides its plan. */
export function newDraft(
  { clock, random }: { readonly clock: Clock; readonly random: RandomBytes },
  slot: CaSlot,
) {
  const createdAt: Instant = clock();
  const { id, keyArn, keySpec } = slot;
  const validity = {
    notBefore: plus(createdAt, -CA_BACKDATE_SECONDS),
    notAfter: plus(createdAt, slot.lifetimeSeconds),
  };
  return { id, keyArn, keySpec, serialNumber: newSerialNumber(random), validity, createdAt };
}

/**
 * Signs what is recorded, with the key of a root. @param by who wants it. @returns the DER certificate.
 *
 * @throws AppError `internal` where the settings that determine the recorded bytes were changed before they were signed.
 */
export async function signRecorded(
  signer: CaSigner,
  recorded: { readonly id: string; readonly tbsSha256: string },
  prepared: Prepared,
  rootKey: Pick<KmsRoot, 'keyArn' | 'keySpec'>,
  by: string = SERVICE,
): Promise<Uint8Array> {
  if (prepared.tbsSha256 !== recorded.tbsSha256)
    throw new AppError(
      'internal',
      `${recorded.id} was recorded with different contents than the settings now give; deploy the settings that it was recorded with`,
    );
  return (
    await issue(prepared, (digest) =>
      signer.sign(rootKey, digest, { purpose: `certificate of ${recorded.id}`, by }),
    )
  ).certificate;
}

/**
 * Stops where a slot points to another key than its certificate has.
 * @throws AppError `internal`.
 */
export function checkKey(id: string, certificate: Uint8Array, publicKey: Uint8Array): void {
  if (Buffer.compare(publicKeyOf(certificate), publicKey) !== 0)
    throw new AppError(
      'internal',
      `the certificate of ${id} has a different key than its KMS key; a slot keeps its key: restore it, or declare a new slot`,
    );
}
