import { type ParsedList, parseList } from '../parse-list.ts';
import { authorityKeyIdentifier } from './authority-key-identifier.ts';
import { crlNumber } from './crl-number.ts';
import { issuerName } from './issuer-name.ts';
import { issuingDistributionPoint } from './issuing-distribution-point.ts';
import { knownExtensions } from './known-extensions.ts';
import { revokedCertificates } from './revoked-certificates.ts';
import type { ListContext, ListRule } from './rule.ts';
import { signatureAlgorithm } from './signature-algorithm.ts';
import { strictDer } from './strict-der.ts';
import { updates } from './updates.ts';
import { version } from './version.ts';

/** Each one blocks: there is no finding that we would sign with. */
export const LIST_RULES: readonly ListRule[] = [
  strictDer,
  version,
  signatureAlgorithm,
  issuerName,
  updates,
  revokedCertificates,
  knownExtensions,
  authorityKeyIdentifier,
  crlNumber,
  issuingDistributionPoint,
];

/** All that is wrong with the to-be-signed bytes of a list, as `rule: detail`: an empty list allows the signature. */
export function lintList(tbs: Uint8Array, context: ListContext): readonly string[] {
  let parsed: ParsedList;
  try {
    parsed = parseList(tbs);
  } catch (error) {
    return [`structure: ${String(error)}`];
  }
  return LIST_RULES.flatMap((rule) => apply(rule, parsed, context));
}

/** Applies one rule; a rule that can't read what it looks at has found something, too. */
function apply(rule: ListRule, list: ParsedList, context: ListContext): readonly string[] {
  try {
    const detail = rule.check(list, context);
    return detail === undefined ? [] : [`${rule.name}: ${detail}`];
  } catch (error) {
    return [`${rule.name}: not readable: ${String(error)}`];
  }
}
