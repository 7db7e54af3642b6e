import type { X509Certificate } from 'node:crypto';
import * as z from 'zod/mini';
import { MAX_ADDITIONAL_ROOTS_LENGTH } from '../../shared/domain/additional-root.ts';
import {
  describeCertificate,
  readOneCertificate,
  trustAnchorProblems,
} from '../../shared/pki/trust-anchor.ts';

/**
 * The setting `additionalRoots`: hosts trust these certificates, so each must be a unique root CA that is valid now. Every
 * problem is reported with index, subject, rule and remedy.
 *
 * @param now the clock for the check of validity.
 */
export function additionalRoots(now: () => Date) {
  return z.array(z.string()).check(({ value: pems, issues }) => {
    const certificates = pems.map(readOneCertificate);
    for (const [index, certificate] of certificates.entries())
      for (const message of problems(certificate, certificates.slice(0, index), now()))
        issues.push({ code: 'custom', message, path: [index], input: pems[index] });
    const length = pems.join('').length;
    if (length > MAX_ADDITIONAL_ROOTS_LENGTH)
      issues.push({
        code: 'custom',
        message: `must have at most ${MAX_ADDITIONAL_ROOTS_LENGTH} characters in total, not ${length}: every host downloads them. Keep only the roots that hosts still need`,
        input: pems,
      });
  });
}

function problems(
  certificate: X509Certificate | string,
  before: readonly (X509Certificate | string)[],
  now: Date,
): readonly string[] {
  if (typeof certificate === 'string') return [certificate];
  const same = before.findIndex((other) => typeof other !== 'string' && other.raw.equals(certificate.raw));
  const found =
    same >= 0
      ? [`is the same certificate as additionalRoots.${same}: remove one of them`]
      : trustAnchorProblems(certificate, now);
  return found.map((problem) => `"${describeCertificate(certificate).subject}" ${problem}`);
}
