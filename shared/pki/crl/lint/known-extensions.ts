import { EXTENSIONS, type ListRule } from './rule.ts';

/** The extensions that ours have, and which of them are critical (RFC 5280 sections 5.2.1, 5.2.3 and 5.2.5). */
const CRITICAL: ReadonlyMap<string, boolean> = new Map([
  [EXTENSIONS.authorityKeyIdentifier, false],
  [EXTENSIONS.crlNumber, false],
  [EXTENSIONS.issuingDistributionPoint, true],
]);

export const knownExtensions: ListRule = {
  name: 'known_extensions',
  citation:
    'RFC 5280 sections 4.2 and 5.2: each at most once, critical or not as it must be; nothing that no rule looks at',
  check: ({ extensions }) => {
    const oids = extensions.map(({ oid }) => oid);
    const wrong = extensions.filter(
      ({ oid, critical }, i) => CRITICAL.get(oid) !== critical || oids.indexOf(oid) !== i,
    );
    return wrong.length === 0
      ? undefined
      : wrong.map(({ oid, critical }) => `${oid}, ${critical ? '' : 'not '}critical`).join('; ');
  },
};
