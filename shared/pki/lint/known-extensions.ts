import { describeOid } from '../oids.ts';
import type { CertificateKind, Rule } from './rule.ts';

const IN_ALL = ['2.5.29.14', '2.5.29.15', '2.5.29.19', '2.5.29.35'];

const REVOCATION = ['2.5.29.31', '1.3.6.1.5.5.7.1.1'];

/** A root has no addresses: it is distrusted, not revoked (RFC 5280 section 6.1 looks at no trust anchor). */
const KNOWN: Readonly<Record<CertificateKind, readonly string[]>> = {
  root: IN_ALL,
  cross: [...IN_ALL, ...REVOCATION],
  issuer: [...IN_ALL, ...REVOCATION, '2.5.29.30'],
  leaf: [...IN_ALL, ...REVOCATION, '2.5.29.17', '2.5.29.37'],
  responder: [...IN_ALL, '2.5.29.37', '1.3.6.1.5.5.7.48.1.5'],
};

export const knownExtensions: Rule = {
  name: 'known_extensions',
  citation: 'nothing is signed that no rule looks at (RFC 5280 section 4.2 lets anything be added)',
  check: ({ extensions }, { kind }) => {
    const unknown = extensions
      .filter(({ oid }) => !KNOWN[kind].includes(oid))
      .map(({ oid }) => describeOid(oid));
    return unknown.length > 0 ? `a ${kind} must not have ${unknown.join(', ')}` : undefined;
  },
};
