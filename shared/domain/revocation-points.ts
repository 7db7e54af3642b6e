import type { CertificateContents } from './certificate-record.ts';
import type { RevocationUrl } from './revocation-url.ts';
import type { SerialNumber } from './serial-number.ts';

/*
 * Where revocation data are served: certificates contain these addresses, so none of them may ever change. Each path
 * follows the base URL, `http://<host>`; without its first slash, it is the key of the object.
 */

/** The list of one shard of an issuer's certificates. */
export const shardPath = (issuerId: string, shard: number) => `/crl/${issuerId}/${shard}.crl` as const;

/** The list of everything that a CA has revoked. */
export const fullListPath = (caId: string) => `/crl/${caId}/full.crl` as const;

/** The list of the CA certificates that a root has revoked. */
export const caListPath = (rootId: string) => `/crl/${rootId}/ca.crl` as const;

/** The certificate of a CA, in DER. */
export const caCertificatePath = (caId: string) => `/ca/${caId}.cer` as const;

/** The full lists of every CA in one PEM file. */
export const BUNDLE_PATH = '/crl/bundle.pem';

/** OCSP (RFC 6960 appendix A). */
export const OCSP_PATH = '/ocsp';

/**
 * The shard of a certificate, of `shards`: drawn from the last two octets of its serial number, which are random.
 * @param shards 1 to 128; as recorded of its issuer.
 */
export function crlShardOf(serialNumber: SerialNumber, shards: number): number {
  return Number.parseInt(serialNumber.slice(-4), 16) % shards;
}

/** Shards of an issuer that was certified before their number was recorded. */
export const DEFAULT_CRL_SHARDS = 16;

/** The shard on whose list a certificate is: as recorded with it, or by its serial number where nothing is recorded. */
export function listShardOf(certificate: {
  readonly serialNumber: SerialNumber;
  readonly crlShard?: number;
}): number {
  return certificate.crlShard ?? crlShardOf(certificate.serialNumber, DEFAULT_CRL_SHARDS);
}

/** The addresses in a certificate at which its revocation can be looked up. */
export interface RevocationPoints {
  /** The list on which it would be (RFC 5280 section 4.2.1.13). */
  readonly crl: string;
  /** RFC 5280 section 4.2.2.1. */
  readonly ocsp: string;
  /** Its issuer's certificate. */
  readonly caIssuers: string;
}

/** Those of a leaf certificate; undefined where it was recorded without any. */
export function leafRevocationPoints({
  revocationUrl,
  crlShard,
  issuerId,
}: CertificateContents): RevocationPoints | undefined {
  if (revocationUrl === undefined || crlShard === undefined) return undefined;
  return pointsAt(revocationUrl, shardPath(issuerId, crlShard), issuerId);
}

/** Those of an issuer's certificate; undefined where it was recorded without any. */
export function issuerRevocationPoints(
  rootId: string,
  revocationUrl: RevocationUrl | undefined,
): RevocationPoints | undefined {
  return revocationUrl === undefined ? undefined : pointsAt(revocationUrl, caListPath(rootId), rootId);
}

function pointsAt(revocationUrl: RevocationUrl, listPath: string, caId: string): RevocationPoints {
  return {
    crl: `${revocationUrl}${listPath}`,
    ocsp: `${revocationUrl}${OCSP_PATH}`,
    caIssuers: `${revocationUrl}${caCertificatePath(caId)}`,
  };
}
