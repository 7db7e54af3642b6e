import { createHash, X509Certificate } from 'node:crypto';
import { type Instant, plus } from '../../shared/domain/instant.ts';
import { SIGNATURE_ALGORITHMS } from '../../shared/domain/signature-algorithm.ts';
import { caAlgorithmIdentifier } from '../../shared/pki/ca-algorithm.ts';
import { publicKeyOf, subjectOf } from '../../shared/pki/certificate.ts';
import {
  bitString,
  contextConstructed,
  objectIdentifier,
  octetString,
  sequence,
  time,
  unsignedInteger,
} from '../../shared/pki/der/write.ts';
import { authorityKeyIdentifier } from '../../shared/pki/extensions.ts';
import { keyIdentifier } from '../../shared/pki/key-identifier.ts';
import { OID } from '../../shared/pki/oids.ts';
import { toPem } from '../../shared/pki/pem.ts';
import type { CaKey } from './ca-keys.ts';

export interface Crl extends CaKey {
  /** The CA's certificate, PEM. */
  readonly ca: string;
  /** Certificates, PEM. */
  readonly revoked: readonly string[];
  readonly thisUpdate: Instant;
  /** Seconds until nextUpdate. */
  readonly lifetime: number;
}

/** A certificate revocation list as PEM (RFC 5280 section 5.1), until the service makes its own. */
export async function makeCrl(crl: Crl): Promise<string> {
  const { keySpec, revoked, thisUpdate, lifetime } = crl;
  const ca = Uint8Array.from(new X509Certificate(crl.ca).raw);
  const algorithm = caAlgorithmIdentifier(keySpec);
  const number = unsignedInteger(Uint8Array.of(1));
  const issuerKey = authorityKeyIdentifier(keyIdentifier(publicKeyOf(ca)));
  const entries = revoked.map((certificate) => {
    const serial = Buffer.from(new X509Certificate(certificate).serialNumber, 'hex');
    return sequence(unsignedInteger(serial), time(thisUpdate));
  });
  const list = sequence(
    unsignedInteger(Uint8Array.of(1)),
    algorithm,
    subjectOf(ca),
    time(thisUpdate),
    time(plus(thisUpdate, lifetime)),
    // An empty list of entries is left out (section 5.1.2.6).
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    contextConstructed(
      0,
      sequence(
        sequence(objectIdentifier(OID.authorityKeyIdentifier), octetString(issuerKey)),
        sequence(objectIdentifier('2.5.29.20'), octetString(number)),
      ),
    ),
  );
  const digest = createHash(SIGNATURE_ALGORITHMS[keySpec].hash).update(list).digest();
  const signature = await crl.sign(Uint8Array.from(digest));
  return toPem('X509 CRL', sequence(list, algorithm, bitString(signature)));
}
