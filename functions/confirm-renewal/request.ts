import * as z from 'zod/mini';
import { ONE_PROOF, proofFields } from '../../shared/http/contract/proof.ts';
import { MAX_CMS_LENGTH } from '../../shared/pki/proof/cms.ts';

/** The body of `POST /v1/renew/confirm`: a proof in one of two forms. */
export const confirmRenewalBody = z
  .strictObject(
    proofFields({
      cms: 'base64 of DER: CMS SignedData (RFC 5652) whose content is the serial number of the previous certificate, 36 hex digits in ASCII, signed by the key of the new one, with a signing time of the last 5 minutes',
      jws: 'a compact JWS (RFC 7515) by the key of the new certificate, whose payload is {"serialNumber":"<36 hex digits of the previous certificate>","iat":<seconds since 1970>,"aud":"<URL of this API>"}',
      maxLength: MAX_CMS_LENGTH,
    }),
  )
  .check(...ONE_PROOF);
