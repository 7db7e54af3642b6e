import { CERT_ID_HASHES } from '../../domain/ocsp.ts';
import { checkStrictDer } from '../der/check-strict.ts';
import { contentsOf, contextTag, itemOf, itemsOf, readSequence, TAG } from '../der/expect.ts';
import type { DerElement } from '../der/read.ts';
import { type CertId, HASH_OCTETS, HASH_OID_OCTETS } from './cert-id.ts';
import { checkExtensions } from './request-extensions.ts';

/*
 * Reads an OCSPRequest (RFC 6960 section 4.1.1) as the lightweight profile has it (RFC 9919 section 3.1): exactly one
 * certificate. A signature and the requestor's name are ignored, and so is a nonce: a response is made once, whoever
 * requests it.
 */

/** The longest request that is read, in octets: one certificate takes 80 to 300, a signature with its chain some 3,000. */
export const MAX_REQUEST_OCTETS = 4096;

/**
 * What a request asks.
 * - `certificate`: about this one.
 * - `other-hash`: well-formed, but it names the issuer by a hash that this service does not know.
 * - `malformed`: it is not answered; `why` is for the log and repeats no text of the request.
 */
export type ReadRequest =
  | { readonly kind: 'certificate'; readonly certId: CertId }
  | { readonly kind: 'other-hash' }
  | { readonly kind: 'malformed'; readonly why: string };

/** Reads the DER of a request; never throws. */
export function readRequest(octets: Uint8Array): ReadRequest {
  if (octets.length > MAX_REQUEST_OCTETS)
    return { kind: 'malformed', why: `longer than ${MAX_REQUEST_OCTETS}` };
  const problem = checkStrictDer(octets);
  if (problem !== undefined) return { kind: 'malformed', why: problem };
  try {
    return readStructure(octets);
  } catch (error) {
    if (error instanceof TypeError) return { kind: 'malformed', why: error.message };
    throw error;
  }
}

function readStructure(octets: Uint8Array): ReadRequest {
  const [tbs, signature, ...surplus] = itemsOf(readSequence(octets), TAG.sequence);
  if (signature) itemsOf(itemOf(signature, contextTag(0)), TAG.sequence);
  none(surplus, 'OCSPRequest');
  return readTbs(itemsOf(tbs, TAG.sequence));
}

/** version [0], requestorName [1], requestList, requestExtensions [2]: all but the list may be missing. */
function readTbs(items: readonly DerElement[]): ReadRequest {
  const rest = [...items];
  const take = (tag: number) => (rest[0]?.tag === tag ? rest.shift() : undefined);
  const version = take(contextTag(0));
  if (version && !isZero(contentsOf(itemOf(version, contextTag(0)), TAG.integer)))
    throw new TypeError('a version other than 1');
  const requestor = take(contextTag(1));
  if (requestor) itemOf(requestor, contextTag(1));
  const requests = itemsOf(rest.shift(), TAG.sequence);
  const extensions = take(contextTag(2));
  none(rest, 'TBSRequest');
  if (extensions) checkExtensions(itemOf(extensions, contextTag(2)));
  if (requests.length !== 1) throw new TypeError(`${requests.length} certificates instead of one`);
  return readSingleRequest(itemsOf(requests[0], TAG.sequence));
}

function readSingleRequest([certId, extensions, ...surplus]: readonly DerElement[]): ReadRequest {
  none(surplus, 'Request');
  if (extensions) checkExtensions(itemOf(extensions, contextTag(0)));
  return readCertId(itemsOf(certId, TAG.sequence));
}

function readCertId([algorithm, name, key, serialNumber, ...surplus]: readonly DerElement[]): ReadRequest {
  none(surplus, 'CertID');
  const [oid, parameters, ...more] = itemsOf(algorithm, TAG.sequence);
  none(more, 'AlgorithmIdentifier');
  const hashOid = hex(contentsOf(oid, TAG.objectIdentifier));
  const nameHash = contentsOf(name, TAG.octetString);
  const keyHash = contentsOf(key, TAG.octetString);
  const serial = contentsOf(serialNumber, TAG.integer);
  const hash = CERT_ID_HASHES.find((known) => HASH_OID_OCTETS[known] === hashOid);
  if (hash === undefined) return { kind: 'other-hash' };
  // Absent or NULL: RFC 4055 section 2.1 has both accepted.
  if (parameters) contentsOf(parameters, TAG.null);
  if (nameHash.length !== HASH_OCTETS[hash] || keyHash.length !== HASH_OCTETS[hash])
    throw new TypeError('a hash is not as long as its algorithm says');
  return {
    kind: 'certificate',
    certId: { hash, nameHash: hex(nameHash), keyHash: hex(keyHash), serialNumber: hex(serial) },
  };
}

function none(surplus: readonly DerElement[], structure: string): void {
  if (surplus.length > 0) throw new TypeError(`more elements than ${structure} has`);
}

function isZero(integer: Uint8Array): boolean {
  return integer.length === 1 && integer[0] === 0;
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
