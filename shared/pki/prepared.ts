import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { CaKeySpec } from '../domain/authority.ts';
import { SIGNATURE_ALGORITHMS } from '../domain/signature-algorithm.ts';
import { AppError } from '../errors/app-error.ts';
import type { Der } from './der/write.ts';

/** What a CA or its responder signs. */
export type SignedKind = 'certificate' | 'certification request' | 'revocation list' | 'OCSP response';

/** A structure to be signed, with everything that {@link prepare} needs to judge it and to finish it. */
interface Draft<Kind extends SignedKind> {
  readonly kind: Kind;
  /** What the signature covers. */
  readonly tbs: Uint8Array;
  /** The key that must sign, with its DER SubjectPublicKeyInfo. */
  readonly signer: { readonly keySpec: CaKeySpec; readonly publicKey: Uint8Array };
  /** What the log says of it where it fails. */
  readonly about: Readonly<Record<string, string | number | boolean>>;
  /** The checks by name, in order; each returns what is wrong. The first that finds something ends the preparation. */
  readonly checks: Readonly<Record<string, () => readonly string[]>>;
  /** The complete DER with this signature. */
  assemble(signature: Uint8Array): Der;
  /** Whether the complete DER bears a signature of the key. */
  verify(der: Der, publicKey: KeyObject): boolean;
}

/** What it takes to turn what was prepared into something issued. */
interface Redeemed {
  /** Of the to-be-signed bytes, with the CA's hash: all that the signer gets to see. */
  readonly digest: Uint8Array;
  /** The DER with this signature, which nobody has verified yet. */
  assemble(signature: Uint8Array): Der;
  /** Whether what was assembled bears a signature of the key that must sign. */
  verify(der: Der): boolean;
}

/**
 * To-be-signed bytes that passed their checks, to be signed once. The class is not exported: only {@link prepare} makes
 * one, and only of what passed, so that signing something unchecked can't be written; only {@link redeem} gives out what
 * signing needs, and only once, so that two signatures of one preparation can't either.
 */
class PreparedDraft<Kind extends SignedKind> {
  readonly #draft: Draft<Kind>;
  #redeemed = false;
  readonly kind: Kind;
  /** Of the key that must sign. */
  readonly keySpec: CaKeySpec;
  /** Hex SHA-256 of the to-be-signed bytes, whatever hash the CA signs with: what is recorded before the signature. */
  readonly tbsSha256: string;

  constructor(draft: Draft<Kind>) {
    this.#draft = draft;
    this.kind = draft.kind;
    this.keySpec = draft.signer.keySpec;
    this.tbsSha256 = createHash('sha256').update(draft.tbs).digest('hex');
  }

  static redeem(prepared: PreparedDraft<SignedKind>): Redeemed {
    if (!(#draft in prepared)) throw new TypeError('only what prepare made can be issued');
    if (prepared.#redeemed) throw new TypeError('what prepare made can be issued only once');
    prepared.#redeemed = true;
    const { tbs, signer, assemble, verify } = prepared.#draft;
    const key = imported(signer.publicKey);
    return {
      digest: createHash(SIGNATURE_ALGORITHMS[signer.keySpec].hash).update(tbs).digest(),
      assemble,
      verify: (der) => verify(der, key),
    };
  }
}

/** Keys of signers that were imported before, by the octets that were read once from the certificate of an issuer. */
const IMPORTED = new WeakMap<Uint8Array, KeyObject>();

function imported(publicKey: Uint8Array): KeyObject {
  const key =
    IMPORTED.get(publicKey) ?? createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  IMPORTED.set(publicKey, key);
  return key;
}

export type Prepared<Kind extends SignedKind = 'certificate'> = PreparedDraft<Kind>;

/**
 * Gives out what signing takes. For `signPrepared` only.
 * @throws TypeError for what {@link prepare} did not make (no look-alike has the private field), and the second time.
 */
export const redeem = PreparedDraft.redeem;

/**
 * Seals a draft that passes its checks. For the function of each kind that states them: `prepareCertificate`,
 * `prepareIssuerRequest`, `prepareList` and `prepareResponse`. A test checks that nothing else imports it.
 * @throws AppError `internal` with the findings in `internal`: bytes that fail are a fault of the program.
 */
export function prepare<Kind extends SignedKind>(draft: Draft<Kind>): Prepared<Kind> {
  for (const [check, run] of Object.entries(draft.checks)) {
    const findings = run();
    if (findings.length > 0) throw unfit(draft, check, findings);
  }
  return new PreparedDraft(draft);
}

function unfit({ kind, about }: Draft<SignedKind>, check: string, findings: readonly string[]): AppError {
  return new AppError('internal', `The ${kind} failed the checks before signing, so it was not signed.`, {
    internal: { [check]: findings.join('; '), ...about },
  });
}
