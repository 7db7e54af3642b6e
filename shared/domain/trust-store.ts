/**
 * Path of the trust store of the domain for mutual TLS, in the bucket of the revocation data: PEM of the CAs that clients
 * chain to.
 */
export const TRUST_STORE_PATH = '/trust/client-cas.pem';
