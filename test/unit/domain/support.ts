import { type CommonName, parseCommonName } from '../../../shared/domain/common-name.ts';
import { type NamePattern, parseNamePattern } from '../../../shared/domain/name-pattern.ts';
import { parseTrustDomain, type TrustDomain } from '../../../shared/domain/trust-domain.ts';

/** A name that is known to be one. @throws Error where it is not. */
export function commonName(text: string): CommonName {
  return known(parseCommonName(text), text);
}

/** A trust domain that is known to be one. @throws Error where it is not. */
export function trustDomain(text: string): TrustDomain {
  return known(parseTrustDomain(text), text);
}

/** A pattern that is known to be one. @throws Error where it is not. */
export function namePattern(text: string): NamePattern {
  return known(parseNamePattern(text), text);
}

/** The value, which the test knows to be there. @throws Error naming `text` where it is not. */
export function known<Value>(value: Value | undefined, text: string): Value {
  if (value === undefined) throw new Error(`the test's own input is refused: ${text}`);
  return value;
}
