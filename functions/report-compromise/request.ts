import * as z from 'zod/mini';
import { describeFormat, type Format } from '../../shared/http/schema.ts';
import { MAX_CMS_LENGTH } from '../../shared/pki/proof/cms.ts';
import { MAX_JWS_LENGTH } from '../../shared/pki/proof/jws.ts';
import type { SentProof } from '../../shared/pki/proof/proof.ts';

const CMS: Format = {
  rule: 'base64 of DER: CMS SignedData (RFC 5652) whose content is the serial number of the certificate, 36 hex digits in ASCII',
  pattern: /^[A-Za-z0-9+/= \t\r\n]+$/,
  schema: { minLength: 1, maxLength: MAX_CMS_LENGTH },
};

const JWS: Format = {
  rule: 'a compact JWS (RFC 7515) whose payload is {"serialNumber":"<36 hex digits>","revoke":true}',
  pattern: /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/,
  schema: { minLength: 1, maxLength: MAX_JWS_LENGTH },
};

/**
 * The body of `POST /v1/revoke`: a proof in one of two forms. What a proof must be is checked by `shared/pki/proof`, with
 * its reasons.
 */
export const reportCompromiseBody = z
  .strictObject({
    cms: z.optional(z.string().check(describeFormat(CMS))),
    jws: z.optional(z.string().check(describeFormat(JWS))),
  })
  .check(
    z.refine((body) => (body.cms === undefined) !== (body.jws === undefined), {
      error: 'must have either cms or jws',
    }),
    z.meta({ oneOf: [{ required: ['cms'] }, { required: ['jws'] }] }),
  );

/** The one that is there. */
export function sentProof({ cms, jws }: z.infer<typeof reportCompromiseBody>): SentProof {
  return cms === undefined ? { jws: jws ?? '' } : { cms };
}
