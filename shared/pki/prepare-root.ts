import type { CaKeySpec } from '../domain/authority.ts';
import type { Validity } from '../domain/validity.ts';
import { caExtensions } from './ca-extensions.ts';
import { rootCommonName } from './ca-names.ts';
import { keyIdentifier } from './key-identifier.ts';
import { prepareCertificate } from './prepare-certificate.ts';
import type { Prepared } from './prepared.ts';
import { commonNameOnly, encodeTbs } from './tbs.ts';

export interface RootPlan {
  readonly authority: string;
  /** For example `root-1`. Two roots of one authority, as during a rollover, differ in name. */
  readonly rootId: string;
  /** Hex. */
  readonly serialNumber: string;
  readonly validity: Validity;
  /** DER SubjectPublicKeyInfo of the key that signs it: its own. */
  readonly publicKey: Uint8Array;
  readonly keySpec: CaKeySpec;
}

/**
 * Prepares a self-signed root, `CN=fleetseal <authority> <root id>`: the same plan always gives the same bytes.
 * @throws AppError `internal` where the bytes break a rule.
 */
export function prepareRoot(plan: RootPlan): Prepared {
  const { authority, rootId, serialNumber, validity, publicKey, keySpec } = plan;
  const commonName = rootCommonName(authority, rootId);
  const subject = commonNameOnly(commonName);
  const identifier = keyIdentifier(publicKey);
  const extensions = caExtensions({ keyIdentifier: identifier, issuerKeyIdentifier: identifier });
  const tbs = encodeTbs({ serialNumber, keySpec, issuer: subject, validity, subject, publicKey, extensions });
  const issuer = {
    keySpec,
    subject,
    keyIdentifier: identifier,
    validity,
    publicKey,
    nameConstraints: undefined,
  };
  return prepareCertificate(tbs, { kind: 'root', serialNumber, validity, commonName, publicKey, issuer });
}
