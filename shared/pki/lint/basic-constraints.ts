import { extensionOf, hex, type Rule } from './rule.ts';

/** CA:TRUE; with pathLenConstraint 1 and 0; CA:FALSE, which as a DEFAULT is not written. */
const EXPECTED = {
  root: '30030101ff',
  cross: '30060101ff020101',
  issuer: '30060101ff020100',
  leaf: '3000',
  responder: '3000',
} as const;

export const basicConstraints: Rule = {
  name: 'basic_constraints',
  citation:
    'RFC 5280 section 4.2.1.9: MUST be in CA certificates; MAY be in others, where it says that they are not CAs',
  check: (tbs, { kind }) => {
    const extension = extensionOf(tbs, '2.5.29.19');
    if (extension === undefined) return 'it is missing';
    return hex(extension.value) === EXPECTED[kind]
      ? undefined
      : `${hex(extension.value)} is not ${EXPECTED[kind]}`;
  },
};
