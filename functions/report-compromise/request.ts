import * as z from 'zod/mini';
import { ONE_PROOF, proofFields } from '../../shared/http/contract/proof.ts';
import { MAX_CMS_LENGTH } from '../../shared/pki/proof/cms.ts';

/** The body of `POST /v1/revoke`: a proof in one of two forms. */
export const reportCompromiseBody = z
  .strictObject(
    proofFields({
      cms: 'base64 of DER: CMS SignedData (RFC 5652) whose content is the serial number of the certificate, 36 hex digits in ASCII',
      jws: 'a compact JWS (RFC 7515) whose payload is {"serialNumber":"<36 hex digits>","revoke":true}',
      maxLength: MAX_CMS_LENGTH,
    }),
  )
  .check(...ONE_PROOF);
