import { describe, expect, test } from '@jest/globals';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import { lint } from '../../../shared/pki/lint/lint.ts';
import { RULES } from '../../../shared/pki/lint/rules.ts';
import { RESPONDER_CONTEXT, RESPONDER_PARTS, RESPONDER_VECTORS } from '../../vectors/lint/responder.ts';
import { bytes, CONTEXT, encode, ISSUER_CONTEXT, ISSUER_PARTS, LEAF_PARTS } from '../../vectors/lint/tbs.ts';
import { VECTORS as CA_AND_LEAF_VECTORS } from '../../vectors/lint/vectors.ts';

const VECTORS = [...CA_AND_LEAF_VECTORS, ...RESPONDER_VECTORS];

const rules = new Map(Object.values(RULES).flatMap((list) => list.map((rule) => [rule.name, rule] as const)));

describe('the lint', () => {
  test('passes the certificates that the bad vectors are made from', () => {
    expect(lint(encode(LEAF_PARTS), CONTEXT)).toEqual([]);
    expect(lint(encode(ISSUER_PARTS), ISSUER_CONTEXT)).toEqual([]);
    expect(lint(encode(RESPONDER_PARTS), RESPONDER_CONTEXT)).toEqual([]);
  });

  test('passes names that lie within the constraints of their issuer', () => {
    const nameConstraints = {
      permittedDns: ['web-01.example.com', 'svc'],
      permittedIp: ['192.0.2.0/24', '2001:db8::/32'] as Cidr[],
    };
    const context = { ...CONTEXT, issuer: { ...CONTEXT.issuer, nameConstraints } };
    expect(lint(encode(LEAF_PARTS), context)).toEqual([]);
  });

  test.each(VECTORS)('$rule finds: $name', ({ rule, tbs, context, words }) => {
    const findings = lint(tbs, context).filter((finding) => finding.rule === rule);
    expect(findings).toEqual([{ rule, detail: expect.stringContaining(words) }]);
  });

  test.each([...rules.values()])('$name has a vector and a citation', ({ name, citation }) => {
    expect(VECTORS.map(({ rule }) => rule)).toContain(name);
    expect(citation).not.toBe('');
  });

  test('finds octets that are no certificate at all', () => {
    expect(lint(bytes('3000'), CONTEXT)).toEqual([
      { rule: 'structure', detail: expect.stringContaining('TypeError') },
    ]);
  });
});
