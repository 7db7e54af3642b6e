import { createHash } from 'node:crypto';
import type { Validity } from '../../domain/validity.ts';
import { validityOf } from '../parse-tbs.ts';
import type { ExternalCa } from './ca-certificate.ts';

/** What is recorded of an issuer's certificate from outside. */
export function readInstalled({ x509, parsed }: ExternalCa): {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Hex, in lower case, as openssl prints it in upper case. */
  readonly serialNumber: string;
  readonly validity: Validity;
  /** Hex SHA-256 of what its signature covers. */
  readonly tbsSha256: string;
} {
  return {
    certificate: new Uint8Array(x509.raw),
    serialNumber: x509.serialNumber.toLowerCase(),
    validity: validityOf(parsed),
    tbsSha256: createHash('sha256').update(parsed.der).digest('hex'),
  };
}
