import type { SerialNumber } from '../../domain/serial-number.ts';
import { readCms } from './cms.ts';
import { malformedProof } from './errors.ts';
import { readJws, readObject } from './jws.ts';
import type { Proof, SentProof } from './proof.ts';
import { serialInCms, serialInJws } from './serial-statement.ts';

/*
 * "Revoke my certificate": its serial number, signed by its own key.
 *
 *   CMS    content: the serial number, 36 hex digits in ASCII; a line end may follow
 *   JWS    payload: { "serialNumber": "<36 hex digits>", "revoke": true, "iat": <optional> }
 *
 * Nothing else that a host signs for this service can be taken for it, and it can be taken for nothing else:
 *
 *   to renew             CMS content: a DER request, which begins with 0x30; JWS payload: has "csr", and no "revoke"
 *   to confirm           CMS content: the serial number of the predecessor, signed by the successor's other key: a serial
 *                        number that the key of its own certificate signs always means this one; JWS: no "revoke"
 *
 * It does not age, and a copy of it does no harm: it states that the key is compromised, which stays so, and the
 * certificate can be revoked only once.
 */

/** A request of the holder to revoke its certificate, not yet verified. */
export interface RevocationProof extends Pick<Proof, 'isMadeBy'> {
  readonly serialNumber: SerialNumber;
}

/** @throws AppError `malformed_proof` where it is not such a statement, with the reason. */
export function readRevocationProof(sent: SentProof): RevocationProof {
  const proof = 'cms' in sent ? readCms(sent.cms) : readJws(sent.jws);
  const serialNumber = 'cms' in sent ? statedInCms(proof.content) : statedInJws(proof.content);
  return { serialNumber, isMadeBy: proof.isMadeBy };
}

function statedInCms(content: Uint8Array): SerialNumber {
  const serial = serialInCms(content);
  if (serial === undefined)
    throw malformedProof(
      'cms',
      "The content of the CMS must be the certificate's serial number in 36 hex digits.",
    );
  return serial;
}

const STATEMENT = 'must be {"serialNumber":"<36 hex digits>","revoke":true}, and may have "iat"';

function statedInJws(content: Uint8Array): SerialNumber {
  const { serialNumber, revoke, iat, ...rest } = readObject(content) ?? {};
  const serial = serialInJws(serialNumber);
  const isStatement = revoke === true && Object.keys(rest).length === 0;
  const isTime = iat === undefined || typeof iat === 'number';
  if (serial === undefined || !isStatement || !isTime)
    throw malformedProof('jws', `The payload of the JWS ${STATEMENT}.`);
  return serial;
}
