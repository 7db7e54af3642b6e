import type { SerialNumber } from '../../domain/serial-number.ts';
import { readCms } from './cms.ts';
import { malformedProof } from './errors.ts';
import { readJws, readObject } from './jws.ts';
import type { Proof, SentProof } from './proof.ts';
import { serialInCms, serialInJws } from './serial-statement.ts';
import { type FreshStatement, readIssuedAt } from './statement.ts';

/*
 * "My new certificate works": the serial number of the previous certificate, signed by the key of the new one.
 *
 *   CMS    content: the serial number of the previous certificate, 36 hex digits in ASCII; a line end may follow. Signed
 *          attribute: signingTime.
 *   JWS    payload: { "serialNumber": "<36 hex digits>", "iat", "aud" }
 *
 * The two keys are never the same: a serial number that the key of its own certificate signs always means "revoke"
 * (`revocation-proof.ts`). What the CMS says of its signer is not looked at: the record of the previous certificate says
 * whose key must have signed.
 */

/** A confirmation of the holder that it uses the successor of a certificate, not yet verified. */
export interface ConfirmationProof extends FreshStatement, Pick<Proof, 'isMadeBy'> {
  /** The previous certificate. */
  readonly predecessor: SerialNumber;
}

/** @throws AppError `malformed_proof` where it is not such a statement, with the reason. */
export function readConfirmationProof(sent: SentProof): ConfirmationProof {
  return 'cms' in sent ? statedInCms(sent.cms) : statedInJws(sent.jws);
}

function statedInCms(cms: string): ConfirmationProof {
  const { content, signingTime, isMadeBy } = readCms(cms);
  const predecessor = serialInCms(content);
  if (predecessor === undefined)
    throw malformedProof(
      'cms',
      'The content of the CMS must be the serial number of the previous certificate in 36 hex digits.',
    );
  if (signingTime === undefined)
    throw malformedProof('cms', 'The CMS has no signing time among its signed attributes.');
  return { predecessor, signedAt: signingTime, audience: undefined, isMadeBy };
}

function statedInJws(jws: string): ConfirmationProof {
  const { content, isMadeBy } = readJws(jws);
  const { serialNumber, iat, aud, ...rest } = readObject(content) ?? {};
  const predecessor = serialInJws(serialNumber);
  const signedAt = readIssuedAt(iat);
  const unknown = Object.keys(rest).length > 0;
  if (predecessor === undefined || signedAt === undefined || typeof aud !== 'string' || unknown)
    throw malformedProof(
      'jws',
      'The payload of the JWS must be {"serialNumber":"<36 hex digits of the previous certificate>","iat":<seconds since 1970>,"aud":"<URL of this API>"}.',
    );
  return { predecessor, signedAt, audience: aud, isMadeBy };
}
