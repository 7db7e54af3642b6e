import { checkStrictDer } from '../der/check-strict.ts';
import { contentsOf, itemsOf, TAG } from '../der/expect.ts';
import { type DerElement, readElement } from '../der/read.ts';

/** Contents of the OID id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2, in hex. */
const NONCE = '2b0601050507300102';

/** Octets of a nonce (RFC 9654 section 2.1). */
const NONCE_OCTETS = { min: 1, max: 128 };

/**
 * Checks the extensions of a request: each once; none that is critical, for none is served (RFC 6960 section 4.4 has those
 * ignored that are not critical); a nonce of the right form, although it is ignored too: the profile has responders do so
 * that answer with stored responses (RFC 9919 section 3.2.1).
 *
 * @param list the SEQUENCE of extensions.
 * @throws TypeError with what is wrong.
 */
export function checkExtensions(list: DerElement): void {
  const seen = new Set<string>();
  for (const item of itemsOf(list, TAG.sequence)) {
    const { oid, critical, value } = readExtension(item);
    if (seen.has(oid)) throw new TypeError('an extension occurs twice');
    seen.add(oid);
    if (oid === NONCE) checkNonce(value);
    else if (critical) throw new TypeError('a critical extension is not known');
  }
}

function readExtension(item: DerElement) {
  const [oid, ...rest] = itemsOf(item, TAG.sequence);
  const flag = rest.length === 2 ? contentsOf(rest[0], TAG.boolean) : Uint8Array.of(0);
  if (rest.length > 2) throw new TypeError('more elements than Extension has');
  return {
    oid: Buffer.from(contentsOf(oid, TAG.objectIdentifier)).toString('hex'),
    critical: flag[0] !== 0,
    value: contentsOf(rest.at(-1), TAG.octetString),
  };
}

/** RFC 9654 section 2.1: a nonce of no octets, or of more than 128, makes the request malformed. */
function checkNonce(value: Uint8Array): void {
  const problem = checkStrictDer(value);
  if (problem !== undefined) throw new TypeError(`the nonce: ${problem}`);
  const { length } = contentsOf(readElement(value), TAG.octetString);
  if (length < NONCE_OCTETS.min || length > NONCE_OCTETS.max)
    throw new TypeError(`a nonce of ${length} octets`);
}
