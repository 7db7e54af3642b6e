import { describeOid } from '../oids.ts';
import type { CertificateKind, Rule } from './rule.ts';

/**
 * Which extensions are critical; what is absent here is not. Basic constraints of leaves may be either (RFC 5280 section
 * 4.2.1.9), ours are; subjectAltName would be where the subject is empty (section 4.2.1.6), which ours never is.
 */
const CRITICAL: Readonly<Record<string, readonly CertificateKind[]>> = {
  '2.5.29.15': ['root', 'cross', 'issuer', 'leaf', 'responder'],
  '2.5.29.19': ['root', 'cross', 'issuer', 'leaf', 'responder'],
  '2.5.29.30': ['issuer'],
};

export const criticality: Rule = {
  name: 'criticality',
  citation: 'RFC 5280 sections 4.2.1.1 to 4.2.1.15, the sentence on criticality of each extension',
  check: ({ extensions }, { kind }) => {
    const wrong = extensions.filter(
      ({ oid, critical }) => critical !== (CRITICAL[oid]?.includes(kind) ?? false),
    );
    const words = wrong.map(
      ({ oid, critical }) => `${describeOid(oid)} is ${critical ? '' : 'not '}critical`,
    );
    return words.length > 0 ? words.join(', ') : undefined;
  },
};
