import type { X509Certificate } from 'node:crypto';
import { externalCa } from './external/ca-certificate.ts';
import {
  broken,
  criticalExtensions,
  duplicateExtensions,
  key,
  knownConstraints,
  pathLength,
  purposes,
  role,
  serialNumber,
} from './external/rules.ts';
import { rootProblems } from './trust-anchor.ts';

const RULES = [key, serialNumber, role, duplicateExtensions, criticalExtensions, purposes, knownConstraints];

/**
 * The rules for the root of another CA that certifies our issuers which a certificate breaks, each with the way out, to
 * follow the certificate's name: a self-signed CA that lets issuers follow, and that every reader of ours can read. When it
 * is valid is not looked at: a deployment long after its time must still be possible.
 */
export function externalRootProblems(certificate: X509Certificate): readonly string[] {
  const problems = rootProblems(certificate);
  if (problems.length > 0) return problems;
  const ca = externalCa(certificate);
  if (typeof ca === 'string') return ['must be an X.509 certificate of version 3 in DER (RFC 5280)'];
  const room = pathLength(ca, 1);
  return [...broken(ca, RULES), ...(room === undefined ? [] : [room])];
}
