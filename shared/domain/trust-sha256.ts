/** Hex SHA-256 of the trust bundle on a host, as the host reports it; in lower case. */
export const TRUST_SHA256 = /^[0-9a-f]{64}$/;

/** The same in words. */
export const TRUST_SHA256_RULE = '64 lower-case hex digits: the SHA-256 of the trust bundle (caBundle)';
