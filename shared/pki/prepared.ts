import { createHash } from 'node:crypto';
import type { CaKeySpec } from '../domain/authority.ts';
import { SIGNATURE_ALGORITHMS } from '../domain/signature-algorithm.ts';
import { AppError } from '../errors/app-error.ts';
import { caAlgorithmIdentifier } from './ca-algorithm.ts';
import { crossCheck } from './cross-check.ts';
import { bitString, type Der, sequence } from './der/write.ts';
import { lint } from './lint/lint.ts';
import type { LintContext } from './lint/rule.ts';

/** What it takes to turn a prepared certificate into an issued one. */
interface Redeemed {
  /** Of the to-be-signed bytes, with the CA's hash: all that the signer gets to see. */
  readonly digest: Uint8Array;
  /** DER SubjectPublicKeyInfo of the issuer. */
  readonly issuerPublicKey: Uint8Array;
  /** The DER certificate with this signature, which nobody has verified yet. */
  assemble(signature: Uint8Array): Der;
}

/**
 * To-be-signed bytes that passed the lint and the second parser, to be signed once. The class is not exported: only
 * {@link prepare} makes one, and only of what passed, so that signing something unlinted can't be written; only
 * {@link redeem} gives out what signing needs, and only once, so that two certificates of one preparation can't either.
 */
class PreparedCertificate {
  readonly #tbs: Uint8Array;
  readonly #issuerPublicKey: Uint8Array;
  #redeemed = false;
  /** Of the key that must sign. */
  readonly keySpec: CaKeySpec;
  /** Hex SHA-256 of the to-be-signed bytes, whatever hash the CA signs with: what is recorded before the signature. */
  readonly tbsSha256: string;

  constructor(tbs: Uint8Array, context: LintContext) {
    this.#tbs = tbs;
    this.#issuerPublicKey = context.issuer.publicKey;
    this.keySpec = context.issuer.keySpec;
    this.tbsSha256 = createHash('sha256').update(tbs).digest('hex');
  }

  static redeem(prepared: PreparedCertificate): Redeemed {
    if (!(#tbs in prepared)) throw new TypeError('only what prepare made can be issued');
    if (prepared.#redeemed) throw new TypeError('what prepare made can be issued only once');
    prepared.#redeemed = true;
    const { keySpec } = prepared;
    const tbs = prepared.#tbs;
    return {
      digest: createHash(SIGNATURE_ALGORITHMS[keySpec].hash).update(tbs).digest(),
      issuerPublicKey: prepared.#issuerPublicKey,
      assemble: (signature) => assemble(tbs, keySpec, signature),
    };
  }
}

export type Prepared = PreparedCertificate;

/**
 * Gives out what signing a prepared certificate takes. For `issue` only.
 * @throws TypeError for what {@link prepare} did not make (no look-alike has the private field), and the second time.
 */
export const redeem = PreparedCertificate.redeem;

/**
 * Lints the to-be-signed bytes, has OpenSSL read them under a dummy signature, and seals them.
 * @throws AppError `internal` naming the rules in `internal`: bytes that fail are a fault of the program.
 */
export function prepare(tbs: Uint8Array, context: LintContext): Prepared {
  const findings = lint(tbs, context).map(({ rule, detail }) => `${rule}: ${detail}`);
  if (findings.length > 0) throw unfit('lint', findings, context);
  const differences = crossCheck(assemble(tbs, context.issuer.keySpec, Uint8Array.of(0)), context);
  if (differences.length > 0) throw unfit('crossCheck', differences, context);
  return new PreparedCertificate(tbs, context);
}

function assemble(tbs: Der, keySpec: CaKeySpec, signature: Uint8Array): Der {
  return sequence(tbs, caAlgorithmIdentifier(keySpec), bitString(signature));
}

function unfit(check: string, problems: readonly string[], { serialNumber, kind }: LintContext): AppError {
  return new AppError('internal', 'The certificate failed the checks before signing, so it was not signed.', {
    internal: { [check]: problems.join('; '), serialNumber, kind },
  });
}
