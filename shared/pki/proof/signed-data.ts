import type { Instant } from '../../domain/instant.ts';
import { contentsOf, type DerElement, encodingOf, ofTag, readChildren, readWhole } from '../der/read.ts';
import { objectIdentifier } from '../der/write.ts';
import { OID } from '../oids.ts';
import { readSigningTime } from './signing-time.ts';

/** What is verified of a SignedData with one signer (RFC 5652 sections 5.1 and 5.3). */
export interface SignedData {
  readonly content: Uint8Array;
  /** DER AlgorithmIdentifier of the digest over the content. */
  readonly digestAlgorithm: Uint8Array;
  /** The digest that the signer states. */
  readonly messageDigest: Uint8Array;
  /** The bytes that are signed: the signed attributes as a SET OF (RFC 5652 section 5.4). */
  readonly signedAttributes: Uint8Array;
  /** DER AlgorithmIdentifier. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  /** When the signer says that it signed (section 11.3); one of the signed attributes. Undefined where there is none. */
  readonly signingTime: Instant | undefined;
  /** Serial number of the signer's certificate, in hex; undefined where the signer is named by a key identifier. */
  readonly signerSerial: string | undefined;
  /** DER of the X.509 certificates that are included; not signed, and in any order. */
  readonly certificates: readonly Uint8Array[];
}

/** Identifier octets of the types in it. */
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT_0 = 0xa0;

/**
 * Reads a SignedData whose content is included, as plain data, and whose one signer signed attributes. CRLs and unsigned
 * attributes are skipped. The signer's name and the certificates only say which certificate is meant: nobody signed them.
 *
 * @param der strict DER.
 * @throws TypeError for anything else, with the reason.
 */
export function readSignedData(der: Uint8Array): SignedData {
  const [type, wrapped, ...surplus] = readChildren(readWhole(der, SEQUENCE));
  if (!isOid(type, OID.cmsSignedData) || surplus.length > 0) throw new TypeError('it is not a SignedData');
  const [, , encapsulated, ...rest] = itemsOf(only(itemsOf(wrapped, CONTEXT_0)), SEQUENCE);
  const [signer, ...others] = itemsOf(rest.at(-1), SET);
  if (signer === undefined || others.length > 0) throw new TypeError('it does not have exactly one signer');
  return {
    content: readContent(encapsulated),
    certificates: readCertificates(rest.slice(0, -1)),
    ...readSigner(signer),
  };
}

/** Those of plain form (section 10.2.2): a SEQUENCE inside of `[0]`. */
function readCertificates(between: readonly DerElement[]): readonly Uint8Array[] {
  const set = between.find(({ tag }) => tag === CONTEXT_0);
  return set === undefined
    ? []
    : readChildren(set)
        .filter(({ tag }) => tag === SEQUENCE)
        .map(encodingOf);
}

function readContent(encapsulated: DerElement | undefined): Uint8Array {
  const [type, content] = itemsOf(encapsulated, SEQUENCE);
  if (!isOid(type, OID.cmsData)) throw new TypeError('its content is not plain data (id-data)');
  if (content === undefined) throw new TypeError('its content is not included; sign with -nodetach');
  return octetsOf(only(itemsOf(content, CONTEXT_0)));
}

function readSigner(signer: DerElement): Omit<SignedData, 'content' | 'certificates'> {
  const [, identifier, digest, attributes, algorithm, signature] = itemsOf(signer, SEQUENCE);
  if (attributes?.tag !== CONTEXT_0)
    throw new TypeError('its signer signed no attributes; sign without -noattr');
  const values = readAttributes(attributes);
  if (!isOid(values.get(oidHex(OID.cmsContentType)), OID.cmsData))
    throw new TypeError('its signed content type is not plain data (id-data)');
  return {
    digestAlgorithm: encodingOf(ofTag(digest, SEQUENCE)),
    messageDigest: octetsOf(values.get(oidHex(OID.cmsMessageDigest))),
    signedAttributes: Buffer.concat([Uint8Array.of(SET), encodingOf(attributes).subarray(1)]),
    signatureAlgorithm: encodingOf(ofTag(algorithm, SEQUENCE)),
    signature: octetsOf(signature),
    signingTime: readSigningTime(values.get(oidHex(OID.cmsSigningTime))),
    signerSerial: readSignerSerial(identifier),
  };
}

/** SignerIdentifier (section 5.3): issuerAndSerialNumber, or `[0]` with a key identifier. */
function readSignerSerial(identifier: DerElement | undefined): string | undefined {
  if (identifier?.tag !== SEQUENCE) return undefined;
  const [, serialNumber] = readChildren(identifier);
  return Buffer.from(contentsOf(ofTag(serialNumber, INTEGER))).toString('hex');
}

/** The one value of each attribute, by the hex of its type. @throws TypeError where a type is there twice. */
function readAttributes(attributes: DerElement): ReadonlyMap<string, DerElement | undefined> {
  const found = new Map<string, DerElement | undefined>();
  for (const attribute of readChildren(attributes)) {
    const [type, values] = itemsOf(attribute, SEQUENCE);
    const name = hexOf(type);
    const [value, ...more] = itemsOf(values, SET);
    if (found.has(name)) throw new TypeError('a signed attribute is there twice');
    found.set(name, more.length === 0 ? value : undefined);
  }
  return found;
}

function itemsOf(element: DerElement | undefined, tag: number): readonly DerElement[] {
  return readChildren(ofTag(element, tag));
}

function only(items: readonly DerElement[]): DerElement | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function octetsOf(element: DerElement | undefined): Uint8Array {
  return contentsOf(ofTag(element, OCTET_STRING));
}

function hexOf(element: DerElement | undefined): string {
  return element ? Buffer.from(encodingOf(element)).toString('hex') : '';
}

function oidHex(dotted: string): string {
  return Buffer.from(objectIdentifier(dotted)).toString('hex');
}

function isOid(element: DerElement | undefined, dotted: string): boolean {
  return hexOf(element) === oidHex(dotted);
}
