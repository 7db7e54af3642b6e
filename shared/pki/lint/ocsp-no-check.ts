import { extensionOf, hex, type Rule } from './rule.ts';

export const ocspNoCheck: Rule = {
  name: 'ocsp_no_check',
  citation:
    'RFC 6960 section 4.2.2.2.1: clients trust the responder for the lifetime of its certificate; its value is NULL',
  check: (tbs) => {
    const extension = extensionOf(tbs, '1.3.6.1.5.5.7.48.1.5');
    if (extension === undefined) return 'it is missing';
    return hex(extension.value) === '0500' ? undefined : `${hex(extension.value)} is not NULL`;
  },
};
