import {
  Boolean as Asn1Boolean,
  type BaseBlock,
  fromBER,
  GeneralizedTime,
  Integer,
  ObjectIdentifier,
  OctetString,
  UTCTime,
} from 'asn1js';
import { fromDate, type Instant } from '../domain/instant.ts';
import type { Validity } from '../domain/validity.ts';
import { childrenOf } from './der/children.ts';

/** A time as it is written in a certificate. */
export interface ParsedTime {
  readonly form: 'UTCTime' | 'GeneralizedTime' | 'other';
  readonly text: string;
}

export interface ParsedExtension {
  readonly oid: string;
  readonly critical: boolean;
  /** Contents of the OCTET STRING. */
  readonly value: Uint8Array;
}

/** A TBSCertificate (RFC 5280 section 4.1) as asn1js reads it: raw octets wherever a rule compares encodings. */
export interface ParsedTbs {
  readonly der: Uint8Array;
  /** 0 for version 1, which is not written. */
  readonly version: number;
  /** Contents of the INTEGER. */
  readonly serialNumber: Uint8Array;
  /** DER AlgorithmIdentifier. */
  readonly signature: Uint8Array;
  /** DER Name. */
  readonly issuer: Uint8Array;
  readonly notBefore: ParsedTime;
  readonly notAfter: ParsedTime;
  /** DER Name. */
  readonly subject: Uint8Array;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Whether issuerUniqueID or subjectUniqueID, or anything unknown, is there. */
  readonly surplusFields: boolean;
  readonly extensions: readonly ParsedExtension[];
}

/** @throws TypeError where the octets are no TBSCertificate of version 3. */
export function parseTbs(der: Uint8Array): ParsedTbs {
  return readTbs(fromBER(der).result);
}

/** @throws TypeError where the octets are no Certificate. */
export function parseCertificate(der: Uint8Array): ParsedTbs {
  return readTbs(childrenOf(fromBER(der).result)[0]);
}

function readTbs(tbs: BaseBlock | undefined): ParsedTbs {
  const [version, serialNumber, signature, issuer, validity, subject, publicKey, ...rest] = childrenOf(tbs);
  const [notBefore, notAfter] = childrenOf(validity);
  const extensions = rest.find((item) => contextNumber(item) === 3);
  return {
    der: raw(tbs),
    version: contextNumber(version) === 0 ? integer(childrenOf(version)[0]) : -1,
    serialNumber: contents(serialNumber, Integer),
    signature: raw(signature),
    issuer: raw(issuer),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    subject: raw(subject),
    publicKey: raw(publicKey),
    surplusFields: rest.length !== (extensions ? 1 : 0),
    extensions: extensions ? childrenOf(childrenOf(extensions)[0]).map(readExtension) : [],
  };
}

function readExtension(item: BaseBlock): ParsedExtension {
  const parts = childrenOf(item);
  const critical = parts[1] instanceof Asn1Boolean ? parts[1].getValue() : false;
  const [oid] = parts;
  if (!(oid instanceof ObjectIdentifier)) throw new TypeError('an extension without an identifier');
  return { oid: oid.getValue(), critical, value: contents(parts.at(-1), OctetString) };
}

function readTime(item: BaseBlock | undefined): ParsedTime {
  const form =
    item instanceof GeneralizedTime ? 'GeneralizedTime' : item instanceof UTCTime ? 'UTCTime' : 'other';
  // Tag and length take two octets: no time is longer than 127.
  return { form, text: Buffer.from(raw(item)).subarray(2).toString('latin1') };
}

function contextNumber(item: BaseBlock | undefined): number {
  return item?.idBlock.tagClass === 3 ? item.idBlock.tagNumber : -1;
}

function raw(item: BaseBlock | undefined): Uint8Array {
  if (item === undefined) throw new TypeError('an element is missing');
  return new Uint8Array(item.valueBeforeDecodeView);
}

function contents(item: BaseBlock | undefined, type: typeof Integer | typeof OctetString): Uint8Array {
  if (!(item instanceof type)) throw new TypeError(`an element is not a ${type.NAME}`);
  return new Uint8Array(item.valueBlock.valueHexView);
}

function integer(item: BaseBlock | undefined): number {
  return item instanceof Integer ? Number(item.toBigInt()) : -1;
}

/** The moment that a time means; undefined where its form is not one that certificates may have. */
export function instantOf({ form, text }: ParsedTime): Instant | undefined {
  const match = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null || text.length !== (form === 'UTCTime' ? 13 : 15)) return undefined;
  const [year = 0, month = 0, day, hour, minute, second] = match.slice(1).map(Number);
  // RFC 5280 section 4.1.2.5.1: two digits from 50 on mean the twentieth century.
  const century = form === 'UTCTime' ? (year < 50 ? 2000 : 1900) : 0;
  return fromDate(new Date(Date.UTC(century + year, month - 1, day, hour, minute, second)));
}

/** @throws TypeError where a time is not readable. */
export function validityOf(tbs: Pick<ParsedTbs, 'notBefore' | 'notAfter'>): Validity {
  const notBefore = instantOf(tbs.notBefore);
  const notAfter = instantOf(tbs.notAfter);
  if (notBefore === undefined || notAfter === undefined) throw new TypeError('a time is not readable');
  return { notBefore, notAfter };
}
