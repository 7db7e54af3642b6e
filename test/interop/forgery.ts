import { createHash } from 'node:crypto';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { type Instant, plus } from '../../shared/domain/instant.ts';
import type { IpAddress } from '../../shared/domain/ip-address.ts';
import { SIGNATURE_ALGORITHMS } from '../../shared/domain/signature-algorithm.ts';
import type { CaSigner } from '../../shared/issuance/ports.ts';
import { caAlgorithmIdentifier } from '../../shared/pki/ca-algorithm.ts';
import { issuerFacts } from '../../shared/pki/certificate.ts';
import { bitString, sequence } from '../../shared/pki/der/write.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  subjectAltName,
} from '../../shared/pki/extensions.ts';
import { OID } from '../../shared/pki/oids.ts';
import { commonNameOnly, encodeTbs } from '../../shared/pki/tbs.ts';
import { publicKeyOfKind } from '../support/leaf-contents.ts';

/** What a stolen issuer key could put into a server's certificate. */
export interface Forgery {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly IpAddress[];
}

export interface StolenKey {
  readonly certificate: Uint8Array;
  readonly keySpec: CaKeySpec;
  readonly keyArn: string;
  readonly signer: CaSigner;
}

/** Signs a server's certificate of 30 days past every check of the service. Returns its DER. */
export async function forge(
  { certificate, keySpec, keyArn, signer }: StolenKey,
  { commonName, ...names }: Forgery,
  now: Instant,
): Promise<Uint8Array> {
  const facts = issuerFacts({ certificate, keySpec });
  const tbs = encodeTbs({
    serialNumber: '01000000000000000000000000000000f0f0',
    keySpec,
    issuer: facts.subject,
    validity: { notBefore: plus(now, -300), notAfter: plus(now, 30 * DAY) },
    subject: commonNameOnly(commonName),
    publicKey: publicKeyOfKind('p256'),
    extensions: [
      {
        oid: OID.authorityKeyIdentifier,
        critical: false,
        value: authorityKeyIdentifier(facts.keyIdentifier),
      },
      { oid: OID.basicConstraints, critical: true, value: basicConstraints(false) },
      { oid: OID.keyUsage, critical: true, value: keyUsage(['digitalSignature']) },
      { oid: OID.extKeyUsage, critical: false, value: extendedKeyUsage([OID.serverAuth]) },
      { oid: OID.subjectAltName, critical: false, value: subjectAltName({ uris: [], ...names }) },
    ],
  });
  const digest = createHash(SIGNATURE_ALGORITHMS[keySpec].hash).update(tbs).digest();
  const { signature } = await signer.sign({ keyArn, keySpec }, digest);
  return sequence(tbs, caAlgorithmIdentifier(keySpec), bitString(signature));
}
