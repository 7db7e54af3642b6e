import { PrintableString, Utf8String } from 'asn1js';
import type { RelativeDistinguishedNames } from 'pkijs';
import { COMMON_NAME_RULE, type CommonName, parseCommonName } from '../../domain/common-name.ts';
import { type Der, objectIdentifier, printableString, sequence, setOfOne, utf8String } from '../der/write.ts';
import { describeAnyOid } from '../oid-names.ts';
import { OID } from '../oids.ts';
import { csrRefused } from './errors.ts';

export interface ReadSubject {
  readonly commonName: CommonName | undefined;
  /** The subject as we would write it, in its own case; the caller compares it with what came. */
  readonly der: Der;
}

/** Attributes that a refusal names; the rest is counted. */
const MAX_NAMED = 8;

/**
 * A subject that is empty or only `CN=<name>`, as UTF8String or PrintableString (RFC 5280 section 4.1.2.4).
 * @throws AppError `csr_refused` naming the other attributes, or the rule of names.
 */
export function readSubject(subject: RelativeDistinguishedNames): ReadSubject {
  const [first, ...more] = subject.typesAndValues;
  if (first === undefined) return { commonName: undefined, der: sequence() };
  const others = subject.typesAndValues.filter(({ type }) => type !== OID.commonName);
  if (others.length > 0 || more.length > 0) {
    const named = others.slice(0, MAX_NAMED).map(({ type }) => describeAnyOid(type));
    const rest = others.length > named.length ? [`and ${others.length - named.length} more`] : [];
    const found = [...named, ...rest].join(', ') || 'commonName more than once';
    throw csrRefused(
      `The CSR's subject contains ${found}; it must be empty or CN=<name> only. Use for example: openssl req -new -subj "/CN=web-01".`,
    );
  }
  return readCommonName(first.value);
}

function readCommonName(value: unknown): ReadSubject {
  const write =
    value instanceof Utf8String ? utf8String : value instanceof PrintableString ? printableString : undefined;
  const text = value instanceof Utf8String || value instanceof PrintableString ? value.getValue() : '';
  const commonName = parseCommonName(text);
  if (write === undefined || commonName === undefined) {
    throw csrRefused(
      `The CN in the CSR's subject must be ${COMMON_NAME_RULE}, as UTF8String or PrintableString.`,
    );
  }
  const attribute = sequence(objectIdentifier(OID.commonName), write(text));
  return { commonName, der: sequence(setOfOne(attribute)) };
}
