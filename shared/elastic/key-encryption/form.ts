/**
 * Of PBKDF2. OWASP's 600,000 for HMAC-SHA-256 (Password Storage Cheat Sheet) is for passwords that people choose; the
 * passphrase that the script makes has 256 bits, which no count strengthens. Agents pay it at every start and, from
 * 9.5.0, up to every 5 seconds with all handshakes waiting (elastic-agent-libs, cert_reloader.go): 19 ms for 100,000
 * and 150 ms for 600,000, measured with Elastic's library, which sets no limit of its own. So 100,000 slows down guesses
 * at a passphrase that a person chose, but not a Fleet Server.
 */
export const ITERATIONS = 100_000;

/** The longest passphrase, in bytes: OpenSSL reads lines of 1023 (apps/lib/apps.c, APP_PASS_LEN). */
export const LONGEST_PASSPHRASE = 1000;
