import * as z from 'zod/mini';
import { fieldError } from '../../shared/errors/app-error.ts';
import { SPKI_SHA256 } from '../../shared/http/contract/formats.ts';
import { comment, reason } from '../../shared/http/contract/revocation.ts';
import { text } from '../../shared/http/schema.ts';
import { publicKeySha256OfCertificate, publicKeySha256OfCsr } from '../../shared/pki/key-to-block.ts';

/** PEM has no need of more; text of this length is decoded, never kept. */
const pem = z.string().check(z.maxLength(8192));

/** The body of `POST /v1/blocks/keys`: the key in one of three forms. */
export const blockKeyBody = z
  .strictObject({
    spkiSha256: z.optional(text(parseSha256, SPKI_SHA256)),
    certificate: z.optional(pem),
    csr: z.optional(pem),
    reason: z._default(reason, 'keyCompromise'),
    comment,
  })
  .check(z.meta({ oneOf: ['spkiSha256', 'certificate', 'csr'].map((form) => ({ required: [form] })) }));

function parseSha256(hex: string): string | undefined {
  return SPKI_SHA256.pattern?.test(hex) ? hex.toLowerCase() : undefined;
}

/**
 * The hash that names the key.
 *
 * @throws AppError `malformed_request` unless exactly one form was sent that can be read; `key_refused` for keys that get
 * no certificate anyway.
 */
export function readKey({
  spkiSha256,
  certificate,
  csr,
}: Pick<z.infer<typeof blockKeyBody>, 'spkiSha256' | 'certificate' | 'csr'>): string {
  const forms = [
    spkiSha256,
    certificate === undefined ? undefined : () => publicKeySha256OfCertificate(certificate),
    csr === undefined ? undefined : () => publicKeySha256OfCsr(csr),
  ].filter((form) => form !== undefined);
  const [form, ...more] = forms;
  if (form === undefined || more.length > 0)
    throw fieldError(
      'malformed_request',
      '#',
      `Exactly one of spkiSha256, certificate and csr is required; the body has ${forms.length}. Send one form of the key.`,
    );
  return typeof form === 'string' ? form : form();
}
