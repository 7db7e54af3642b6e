import { Sequence } from 'asn1js';
import type { Attribute } from 'pkijs';
import { contextConstructed, objectIdentifier, sequence, setOfOne } from '../der/write.ts';
import { describeOid, OID } from '../oids.ts';
import { csrRefused, malformedCsr } from './errors.ts';
import { type ReadExtensions, readRequestedExtensions } from './extension-request.ts';

/** What the attributes of a request ask for; `der` is the attributes field as we would write it. */
export type ReadAttributes = ReadExtensions;

/**
 * Attributes (RFC 2986 section 4.1): none, or one extensionRequest.
 * @throws AppError `csr_refused` naming every other attribute; `malformed_csr`.
 */
export function readAttributes(attributes: readonly Attribute[]): ReadAttributes {
  refuseOthers(attributes.map(({ type }) => type));
  const request = attributes[0];
  if (request === undefined) {
    const names = { dnsNames: [], ipAddresses: [], uris: [] };
    return { names, extensions: {}, der: contextConstructed(0) };
  }
  const [value, ...more] = request.values;
  if (!(value instanceof Sequence) || more.length > 0) {
    throw malformedCsr('The extensionRequest attribute of the CSR must hold exactly one list of extensions.');
  }
  const read = readRequestedExtensions(value);
  const attribute = sequence(objectIdentifier(OID.extensionRequest), setOfOne(read.der));
  return { ...read, der: contextConstructed(0, attribute) };
}

function refuseOthers(types: readonly string[]): void {
  const problems = types
    .filter((type) => type !== OID.extensionRequest)
    .map((type) => `The CSR holds the attribute ${describeOid(type)}, which is not used here. Leave it out.`);
  if (problems.length === 0 && types.length > 1)
    problems.push('The CSR holds more than one extensionRequest.');
  const [first, ...rest] = problems;
  if (first !== undefined) throw csrRefused(first, ...rest);
}
