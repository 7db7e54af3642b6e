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
