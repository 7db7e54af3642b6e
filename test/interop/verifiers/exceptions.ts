import type { Case } from './case.ts';

/** Cases that a judge refuses although the certificate is good, for a reason of its own. */
export interface Exception {
  /** How the judge's name and version begin; where no judge is of this version, the entry has no effect. */
  readonly judge: string;
  /** Which of the cases that are to be accepted. */
  readonly concerns: (trial: Case) => boolean;
  readonly reason: string;
}

/**
 * The closed list. One that no case needs, or that concerns a case which the judge now accepts, fails the run: so the
 * list does not outlive its reasons.
 */
export const EXCEPTIONS: readonly Exception[] = [
  {
    judge: 'mbedTLS 2.',
    concerns: ({ authority }) => authority.includes('permitted'),
    reason:
      'mbedTLS does not implement name constraints and reads no CA that has them (Mbed-TLS/mbedtls#8759)',
  },
  {
    judge: 'mbedTLS 2.',
    concerns: ({ authority, key }) => !authority.includes('permitted') && key === 'Ed25519',
    reason: 'mbedTLS has RSA and EC keys only (mbedtls_pk_type_t in mbedtls/pk.h)',
  },
  {
    judge: 'mbedTLS 2.',
    concerns: ({ authority, key, trial }) =>
      !authority.includes('permitted') &&
      key !== 'Ed25519' &&
      /^(right by|forged for) [\d:.a-f]+$/.test(trial),
    reason: 'mbedTLS 2 compares no IP address of a subjectAltName; 3 does (Mbed-TLS/mbedtls#6473)',
  },
  {
    judge: 'NSS 3.87',
    concerns: ({ key, purpose }) => key === 'Ed25519' && purpose === 'server',
    reason: 'NSS before 3.99 has no Ed25519 keys (release notes of NSS 3.99)',
  },
];

/** The exception that lets the judge refuse the case, if any does. */
export function exceptionFor(judge: string, trial: Case): Exception | undefined {
  if (trial.expected === 'refuse') return undefined;
  return EXCEPTIONS.find((entry) => judge.startsWith(entry.judge) && entry.concerns(trial));
}
