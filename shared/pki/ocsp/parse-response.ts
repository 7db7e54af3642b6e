import { fromDate, type Instant } from '../../domain/instant.ts';
import { contentsOf, contextTag, itemOf, itemsOf, readSequence, TAG } from '../der/expect.ts';
import { type DerElement, encodingOf } from '../der/read.ts';

/** What is read back of ResponseData: octets in hex wherever a rule compares encodings. */
export interface ParsedResponseData {
  readonly responderKeyHash: string;
  readonly producedAt: Instant;
  readonly hashAlgorithm: string;
  readonly nameHash: string;
  readonly keyHash: string;
  readonly serialNumber: string;
  /** The whole element, in hex. */
  readonly status: string;
  /** Undefined where the certificate is not said to be revoked. */
  readonly revocationTime: Instant | undefined;
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant;
}

/** A response in its parts. */
export interface ParsedResponse {
  /** DER of ResponseData. */
  readonly tbs: Uint8Array;
  /** DER AlgorithmIdentifier, in hex. */
  readonly algorithm: string;
  readonly signature: Uint8Array;
  /** DER of the responder's certificate. */
  readonly certificate: Uint8Array;
}

/** Reads ResponseData in the one form that is written here. @throws TypeError for any other. */
export function parseResponseData(tbs: Uint8Array): ParsedResponseData {
  const [responder, producedAt, responses] = exactly(3, itemsOf(readSequence(tbs), TAG.sequence));
  const single = itemOf(responses, TAG.sequence);
  const [certId, status, thisUpdate, nextUpdate] = exactly(4, itemsOf(single, TAG.sequence));
  const [algorithm, name, key, serialNumber] = exactly(4, itemsOf(certId, TAG.sequence));
  return {
    responderKeyHash: hex(contentsOf(itemOf(responder, contextTag(2)), TAG.octetString)),
    producedAt: instantOf(producedAt),
    hashAlgorithm: hexOf(algorithm),
    nameHash: hex(contentsOf(name, TAG.octetString)),
    keyHash: hex(contentsOf(key, TAG.octetString)),
    serialNumber: hex(contentsOf(serialNumber, TAG.integer)),
    status: hexOf(status),
    revocationTime: status?.tag === contextTag(1) ? instantOf(itemsOf(status, status.tag)[0]) : undefined,
    thisUpdate: instantOf(thisUpdate),
    nextUpdate: instantOf(itemOf(nextUpdate, contextTag(0))),
  };
}

/** Reads a successful response. @throws TypeError where it is not one with one certificate. */
export function parseResponse(der: Uint8Array): ParsedResponse {
  const [status, bytes] = exactly(2, itemsOf(readSequence(der), TAG.sequence));
  if (hex(contentsOf(status, TAG.enumerated)) !== '00') throw new TypeError('not successful');
  const [type, response] = exactly(2, itemsOf(itemOf(bytes, contextTag(0)), TAG.sequence));
  if (hex(contentsOf(type, TAG.objectIdentifier)) !== '2b0601050507300101')
    throw new TypeError('not a basic response');
  const basic = readSequence(contentsOf(response, TAG.octetString));
  const [tbs, algorithm, signature, certificates] = exactly(4, itemsOf(basic, TAG.sequence));
  return {
    tbs: tbs ? encodingOf(tbs) : new Uint8Array(),
    algorithm: hexOf(algorithm),
    signature: contentsOf(signature, TAG.bitString).subarray(1),
    certificate: encodingOf(itemOf(itemOf(certificates, contextTag(0)), TAG.sequence)),
  };
}

function exactly(count: number, elements: readonly DerElement[]): readonly DerElement[] {
  if (elements.length !== count) throw new TypeError(`${elements.length} elements instead of ${count}`);
  return elements;
}

/** GeneralizedTime as RFC 5280 section 4.1.2.5.2 has it: UTC, whole seconds. */
function instantOf(element: DerElement | undefined): Instant {
  const text = Buffer.from(contentsOf(element, TAG.generalizedTime)).toString('latin1');
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)?.slice(1);
  if (parts === undefined) throw new TypeError('a time is not in UTC with whole seconds');
  const [year = 0, month = 0, day, hour, minute, second] = parts.map(Number);
  return fromDate(new Date(Date.UTC(year, month - 1, day, hour, minute, second)));
}

function hexOf(element: DerElement | undefined): string {
  return element ? hex(encodingOf(element)) : '';
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
