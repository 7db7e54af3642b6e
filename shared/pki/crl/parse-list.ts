import { contentsOf, type DerElement, encodingOf, ofTag, readChildren, readWhole } from '../der/read.ts';

const SEQUENCE = 0x30;
const EXTENSIONS = 0xa0;
const TIMES = [0x17, 0x18];

/** An extension of a list, or its only encoding where a rule compares that. */
export interface ListExtension {
  /** Hex of the OBJECT IDENTIFIER's contents. */
  readonly oid: string;
  readonly critical: boolean;
  /** Contents of the OCTET STRING. */
  readonly value: Uint8Array;
}

/** A TBSCertList (RFC 5280 section 5.1): raw octets wherever a rule compares encodings. */
export interface ParsedList {
  /** Contents of the INTEGER; undefined for version 1, which is not written. */
  readonly version: Uint8Array | undefined;
  /** DER AlgorithmIdentifier. */
  readonly signature: Uint8Array;
  /** DER Name. */
  readonly issuer: Uint8Array;
  readonly thisUpdate: DerElement;
  /** Undefined where there is none. */
  readonly nextUpdate: DerElement | undefined;
  /** Contents of revokedCertificates, not looked into; undefined where there are none. */
  readonly entries: Uint8Array | undefined;
  readonly extensions: readonly ListExtension[];
  /** DER of every element but the entries. */
  readonly parts: readonly Uint8Array[];
}

/**
 * Reads everything but the entries.
 * @throws TypeError where the octets are not a TBSCertList, or something unknown follows.
 */
export function parseList(tbs: Uint8Array): ParsedList {
  const fields = [...readChildren(readWhole(tbs, SEQUENCE))];
  const take = (...tags: readonly number[]) =>
    fields[0] !== undefined && tags.includes(fields[0].tag) ? fields.shift() : undefined;
  const version = take(0x02);
  const signature = ofTag(fields.shift(), SEQUENCE);
  const issuer = ofTag(fields.shift(), SEQUENCE);
  const thisUpdate = take(...TIMES);
  if (thisUpdate === undefined) throw new TypeError('thisUpdate is missing');
  const nextUpdate = take(...TIMES);
  const entries = take(SEQUENCE);
  const extensions = take(EXTENSIONS);
  if (fields.length > 0) throw new TypeError('unknown fields follow');
  const parts = [version, signature, issuer, thisUpdate, nextUpdate, extensions];
  return {
    version: version && contentsOf(version),
    signature: encodingOf(signature),
    issuer: encodingOf(issuer),
    thisUpdate,
    nextUpdate,
    entries: entries && contentsOf(entries),
    extensions: extensions === undefined ? [] : readExtensions(extensions),
    parts: parts.flatMap((part) => (part === undefined ? [] : encodingOf(part))),
  };
}

function readExtensions(wrapper: DerElement): readonly ListExtension[] {
  const [all, ...surplus] = readChildren(wrapper);
  if (surplus.length > 0) throw new TypeError('more than one list of extensions');
  return readChildren(ofTag(all, SEQUENCE)).map(readExtension);
}

function readExtension(extension: DerElement): ListExtension {
  const [oid, ...rest] = readChildren(ofTag(extension, SEQUENCE));
  const critical = rest[0]?.tag === 0x01 ? rest.shift() : undefined;
  const [value, ...surplus] = rest;
  if (surplus.length > 0) throw new TypeError('an extension with more than a value');
  if (critical !== undefined && contentsOf(critical)[0] !== 0xff)
    throw new TypeError('critical FALSE is a DEFAULT and not written');
  return {
    oid: Buffer.from(contentsOf(ofTag(oid, 0x06))).toString('hex'),
    critical: critical !== undefined,
    value: contentsOf(ofTag(value, 0x04)),
  };
}

/** A CertificateList in its three parts (RFC 5280 section 5.1.1). @throws TypeError where it is not one. */
export function splitList(der: Uint8Array): {
  readonly tbs: Uint8Array;
  /** DER AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  /** Whole octets of the BIT STRING. */
  readonly signature: Uint8Array;
} {
  const [tbs, algorithm, signature, ...surplus] = readChildren(readWhole(der, SEQUENCE));
  const bits = contentsOf(ofTag(signature, 0x03));
  if (surplus.length > 0 || bits[0] !== 0) throw new TypeError('not a CertificateList');
  return {
    tbs: encodingOf(ofTag(tbs, SEQUENCE)),
    algorithm: encodingOf(ofTag(algorithm, SEQUENCE)),
    signature: bits.subarray(1),
  };
}
