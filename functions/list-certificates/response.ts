import type * as z from 'zod/mini';
import type { CertificateSummary } from '../../shared/domain/certificate-record.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import { certificateView, renderCertificate } from '../../shared/http/contract/certificate.ts';
import { pageOf } from '../../shared/http/contract/words.ts';
import type { Page } from '../../shared/issuance/ports.ts';

/** The answer to `GET /v1/certificates`. */
export const listCertificatesAnswer = pageOf(certificateView);

/** A page of certificates as they are at `now`. */
export function renderCertificates(
  page: Page<CertificateSummary>,
  now: Instant,
): z.infer<typeof listCertificatesAnswer> {
  return { items: page.items.map((item) => renderCertificate(item, now)), cursor: page.cursor ?? null };
}
