import { type Instant, toDate } from '../../domain/instant.ts';
import type { OcspStatus } from '../../domain/ocsp.ts';
import { REVOCATION_REASONS } from '../../domain/revocation.ts';
import {
  contextConstructed,
  contextPrimitive,
  type Der,
  element,
  NULL,
  objectIdentifier,
  octetString,
  sequence,
  unsignedInteger,
} from '../der/write.ts';
import type { CertId } from './cert-id.ts';

/** What a response says. */
export interface ResponseContents {
  readonly certId: CertId;
  readonly status: OcspStatus;
  /** When this was known to be so, and when it was written: here the same. */
  readonly thisUpdate: Instant;
  /** Until when it is to be believed. */
  readonly nextUpdate: Instant;
}

const HASH_OID = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' } as const;

/**
 * ResponseData (RFC 6960 section 4.2.1): what the signature covers. One certificate, no extensions, the responder named by
 * its key, which is shorter (RFC 9919 section 3.2.1).
 *
 * @param responderKeyHash SHA-1 of the bits of the responder's public key.
 */
export function encodeResponseData(contents: ResponseContents, responderKeyHash: Uint8Array): Der {
  const { certId, status, thisUpdate, nextUpdate } = contents;
  return sequence(
    contextConstructed(2, octetString(responderKeyHash)),
    generalizedTime(thisUpdate),
    sequence(
      sequence(
        encodeCertId(certId),
        encodeStatus(status),
        generalizedTime(thisUpdate),
        contextConstructed(0, generalizedTime(nextUpdate)),
      ),
    ),
  );
}

/** The parameters of the hash are NULL, as clients write them in their requests. */
function encodeCertId({ hash, nameHash, keyHash, serialNumber }: CertId): Der {
  return sequence(
    sequence(objectIdentifier(HASH_OID[hash]), NULL),
    octetString(Buffer.from(nameHash, 'hex')),
    octetString(Buffer.from(keyHash, 'hex')),
    unsignedInteger(Buffer.from(serialNumber, 'hex')),
  );
}

/** The reason `unspecified` is not written, as in lists (RFC 5280 section 5.3.1). */
function encodeStatus(status: OcspStatus): Der {
  if (status.state === 'good') return contextPrimitive(0, new Uint8Array());
  const reason = REVOCATION_REASONS[status.reason];
  const reasons = reason === 0 ? [] : [contextConstructed(0, element(0x0a, Uint8Array.of(reason)))];
  return contextConstructed(1, generalizedTime(status.revokedAt), ...reasons);
}

/** GeneralizedTime in UTC with whole seconds. @throws RangeError for years outside 1970 to 9999. */
function generalizedTime(at: Instant): Der {
  const digits = toDate(at)
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '');
  if (digits.length !== 15) throw new RangeError(`no year for a response: ${at}`);
  return element(0x18, Buffer.from(digits, 'latin1'));
}
