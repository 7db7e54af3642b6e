import { nameConstraints as encode } from '../extensions.ts';
import { extensionOf, hex, type Rule, sameBytes } from './rule.ts';

export const nameConstraints: Rule = {
  name: 'name_constraints',
  citation: 'RFC 5280 section 4.2.1.10: in CA certificates only, never empty; ours exactly the settings',
  check: (tbs, { kind, nameConstraints }) => {
    const extension = extensionOf(tbs, '2.5.29.30');
    if (extension === undefined) return nameConstraints ? 'it is missing' : undefined;
    if (kind !== 'issuer') return `a ${kind} must not have it`;
    const subtrees = nameConstraints
      ? nameConstraints.permittedDns.length + nameConstraints.permittedIp.length
      : 0;
    if (nameConstraints === undefined || subtrees === 0) return 'the settings have no constraints';
    return sameBytes(extension.value, encode(nameConstraints))
      ? undefined
      : `${hex(extension.value)} differs from the settings`;
  },
};
