import { Sequence } from 'asn1js';
import type { Attribute } from 'pkijs';
import { contextConstructed, objectIdentifier, sequence, setOfOne } from '../der/write.ts';
import { describeAnyOid } from '../oid-names.ts';
import { OID } from '../oids.ts';
import { csrRefused, malformedCsr } from './errors.ts';
import { type ReadExtensions, readRequestedExtensions } from './extension-request.ts';

/** What the attributes of a request ask for; `der` is the attributes field as we would write it. */
export type ReadAttributes = ReadExtensions;

/**
 * Attributes that say something about the request and ask for nothing in the certificate: a password for revoking it
 * (RFC 2985 section 5.4.1), and what Windows' certreq says of its host ([MS-WCCE] section 3.1.1.4.3.1.1). Their values
 * are not looked at. An unstructuredName is not among them: it names the subject.
 */
const WITHOUT_A_REQUEST: ReadonlySet<string> = new Set([
  OID.challengePassword,
  OID.msOsVersion,
  OID.msEnrollmentCsp,
  OID.msClientInformation,
]);

/**
 * Attributes (RFC 2986 section 4.1): at most one extensionRequest, and any that ask for nothing.
 * @throws AppError `csr_refused` naming every other attribute; `malformed_csr`.
 */
export function readAttributes(attributes: readonly Attribute[]): ReadAttributes {
  refuseOthers(attributes.map(({ type }) => type));
  const request = attributes.find(({ type }) => type === OID.extensionRequest);
  const read = request === undefined ? NOTHING : readExtensionRequest(request);
  const written = attributes.map((attribute) =>
    attribute === request ? read.der : new Uint8Array(attribute.toSchema().toBER()),
  );
  return { ...read, der: contextConstructed(0, ...written) };
}

const NOTHING: ReadExtensions = {
  names: { dnsNames: [], ipAddresses: [], uris: [] },
  extensions: {},
  der: new Uint8Array(),
};

/** @returns what it asks for, and the whole attribute as we would write it. */
function readExtensionRequest({ values }: Attribute): ReadExtensions {
  const [value, ...more] = values;
  if (!(value instanceof Sequence) || value.valueBlock.value.length === 0 || more.length > 0) {
    throw malformedCsr(
      'The extensionRequest attribute of the CSR must contain exactly one list, with at least one extension.',
    );
  }
  const read = readRequestedExtensions(value);
  return { ...read, der: sequence(objectIdentifier(OID.extensionRequest), setOfOne(read.der)) };
}

function refuseOthers(types: readonly string[]): void {
  const problems = types
    .filter((type) => type !== OID.extensionRequest && !WITHOUT_A_REQUEST.has(type))
    .map(
      (type) => `The CSR contains the attribute ${describeAnyOid(type)}, which is not allowed. Leave it out.`,
    );
  if (types.filter((type) => type === OID.extensionRequest).length > 1)
    problems.push('The CSR contains more than one extensionRequest. Keep one.');
  const [first, ...rest] = problems;
  if (first !== undefined) throw csrRefused(first, ...rest);
}
