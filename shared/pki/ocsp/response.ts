import type { CaKeySpec } from '../../domain/authority.ts';
import { caAlgorithmIdentifier } from '../ca-algorithm.ts';
import {
  bitString,
  contextConstructed,
  type Der,
  element,
  objectIdentifier,
  octetString,
  sequence,
} from '../der/write.ts';

/** id-pkix-ocsp-basic (RFC 6960 section 4.2.1). */
const BASIC = '1.3.6.1.5.5.7.48.1.1';

/**
 * A successful OCSPResponse (RFC 6960 section 4.2.1) with the certificate of the responder, which clients need to verify
 * it (RFC 9919 section 3.2.1).
 */
export function assembleResponse(
  tbs: Der,
  { certificate, keySpec }: { readonly certificate: Der; readonly keySpec: CaKeySpec },
  signature: Uint8Array,
): Der {
  const basic = sequence(
    tbs,
    caAlgorithmIdentifier(keySpec),
    bitString(signature),
    contextConstructed(0, sequence(certificate)),
  );
  const bytes = sequence(objectIdentifier(BASIC), octetString(basic));
  return sequence(element(0x0a, Uint8Array.of(0)), contextConstructed(0, bytes));
}
