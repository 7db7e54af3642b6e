import { checkStrictDer } from '../der/check-strict.ts';
import { encodeExtension } from '../extensions.ts';
import { describeOid } from '../oids.ts';
import type { Rule } from './rule.ts';

export const strictDer: Rule = {
  name: 'strict_der',
  citation: 'RFC 5280 section 4.1 and X.690 sections 10 and 11: DER, DEFAULT values left out (section 11.5)',
  check: ({ der, extensions }) => {
    const problem = checkStrictDer(der);
    if (problem !== undefined) return problem;
    for (const { oid, value } of extensions) {
      const inner = checkStrictDer(value);
      if (inner !== undefined) return `${describeOid(oid)}: ${inner}`;
    }
    const text = Buffer.from(der);
    const missing = extensions.find((extension) => !text.includes(Buffer.from(encodeExtension(extension))));
    return missing ? `${describeOid(missing.oid)} is not in its only DER encoding` : undefined;
  },
};
