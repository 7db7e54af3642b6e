import { BitString, fromBER, OctetString, type Sequence } from 'asn1js';
import { BasicConstraints, Extensions, ExtKeyUsage } from 'pkijs';
import { checkStrictDer } from '../der/check-strict.ts';
import { type Der, element, namedBits, octetString, sequence } from '../der/write.ts';
import {
  basicConstraints,
  encodeExtension,
  extendedKeyUsage,
  KEY_USAGES,
  type KeyUsage,
} from '../extensions.ts';
import { describeAnyOid } from '../oid-names.ts';
import { OID } from '../oids.ts';
import { type RequestedNames, readAlternativeNames } from './alternative-names.ts';
import { csrRefused, malformedCsr } from './errors.ts';

/** What a request asks for besides names. What it does not ask for is absent. */
export interface RequestedExtensions {
  readonly keyUsage?: readonly KeyUsage[];
  /** Dotted OIDs. */
  readonly extendedKeyUsage?: readonly string[];
  readonly basicConstraints?: { readonly ca: boolean; readonly pathLength?: number };
  readonly subjectKeyIdentifier?: Uint8Array;
}

interface Read {
  readonly names?: RequestedNames;
  readonly extensions?: RequestedExtensions;
  /** The value as we would write it. */
  readonly der: Der;
}

export interface ReadExtensions {
  readonly names: RequestedNames;
  readonly extensions: RequestedExtensions;
  /** The whole list of extensions as we would write it. */
  readonly der: Der;
}

const READERS: ReadonlyMap<string, (value: Uint8Array) => Read> = new Map([
  [OID.subjectAltName, readAlternativeNames],
  [OID.keyUsage, readKeyUsage],
  [OID.extKeyUsage, readExtendedKeyUsage],
  [OID.basicConstraints, readBasicConstraints],
  [OID.subjectKeyIdentifier, readSubjectKeyIdentifier],
] as [string, (value: Uint8Array) => Read][]);

const NOTHING: RequestedNames = { dnsNames: [], ipAddresses: [], uris: [] };

/**
 * Reads the extensions of an extension request (RFC 2985 section 5.4.2).
 * @throws AppError `csr_refused` naming every extension that is unknown here or comes twice; `malformed_csr`.
 */
export function readRequestedExtensions(value: Sequence): ReadExtensions {
  const list = new Extensions({ schema: value }).extensions.map((extension) => ({
    oid: extension.extnID,
    critical: extension.critical,
    value: extension.extnValue.valueBlock.valueHexView,
  }));
  refuseUnknown(list.map(({ oid }) => oid));
  const read = list.map((extension) => ({ ...extension, read: readOne(extension.oid, extension.value) }));
  return {
    names: read.find(({ read }) => read.names)?.read.names ?? NOTHING,
    extensions: Object.assign({}, ...read.map(({ read }) => read.extensions ?? {})),
    der: sequence(
      ...read.map(({ oid, critical, read }) => encodeExtension({ oid, critical, value: read.der })),
    ),
  };
}

function refuseUnknown(oids: readonly string[]): void {
  const problems = [
    ...oids
      .filter((oid) => !READERS.has(oid))
      .map(
        (oid) => `The CSR asks for the extension ${describeAnyOid(oid)}, which is not issued. Leave it out.`,
      ),
    ...oids
      .filter((oid, i) => oids.indexOf(oid) !== i)
      .map((oid) => `The CSR asks for the extension ${describeAnyOid(oid)} twice. Keep one.`),
  ];
  const [first, ...more] = problems;
  if (first !== undefined) throw csrRefused(first, ...more);
}

function readOne(oid: string, value: Uint8Array): Read {
  const problem = checkStrictDer(value);
  const read = problem === undefined ? READERS.get(oid)?.(value) : undefined;
  if (read === undefined || Buffer.compare(read.der, value) !== 0) {
    const why = problem === undefined ? '' : `: ${problem}`;
    throw malformedCsr(
      `The value of the extension ${describeAnyOid(oid)} in the CSR is not well formed${why}.`,
    );
  }
  return read;
}

function readKeyUsage(value: Uint8Array): Read {
  const bits = fromBER(value).result;
  const octets = bits instanceof BitString ? bits.valueBlock.valueHexView : new Uint8Array();
  const set = [...KEY_USAGES.keys()].filter((bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
  const usages = set.flatMap((bit) => KEY_USAGES[bit] ?? []);
  return { extensions: { keyUsage: usages }, der: namedBits(set) };
}

function readExtendedKeyUsage(value: Uint8Array): Read {
  const purposes = ExtKeyUsage.fromBER(value).keyPurposes;
  return { extensions: { extendedKeyUsage: purposes }, der: extendedKeyUsage(purposes) };
}

function readBasicConstraints(value: Uint8Array): Read {
  const { cA, pathLenConstraint } = BasicConstraints.fromBER(value);
  if (pathLenConstraint === undefined) {
    return { extensions: { basicConstraints: { ca: cA } }, der: basicConstraints(cA) };
  }
  // A CA is refused later in any case; a limit that does not fit in one octet is not worth reading.
  const pathLength =
    typeof pathLenConstraint === 'number' && pathLenConstraint < 128 ? pathLenConstraint : 127;
  return {
    extensions: { basicConstraints: { ca: cA, pathLength } },
    der: cA ? basicConstraints(cA, pathLength) : sequence(element(0x02, Uint8Array.of(pathLength))),
  };
}

function readSubjectKeyIdentifier(value: Uint8Array): Read {
  const identifier = fromBER(value).result;
  const octets = identifier instanceof OctetString ? identifier.valueBlock.valueHexView : new Uint8Array();
  return { extensions: { subjectKeyIdentifier: octets }, der: octetString(octets) };
}
