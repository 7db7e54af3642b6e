import type { Issuer, Root } from '../domain/authority.ts';
import { caCertificatePath } from '../domain/revocation-points.ts';
import { AppError } from '../errors/app-error.ts';
import type { ObjectStore } from './ports.ts';

/** A certificate never changes under its path; caches look again once a day. */
const MAX_AGE_SECONDS = 86_400;

/** Two writers of one certificate write the same; who loses sees that it is there. */
const ATTEMPTS = 3;

/**
 * Publishes the certificate of a CA, in DER, where the certificates that it issued point (RFC 5280 section 4.2.2.1).
 *
 * @throws AppError `try_again` where other writers were faster each time.
 */
export async function publishCaCertificate(
  objects: ObjectStore,
  { id, certificate }: Pick<Root | Issuer, 'id'> & { readonly certificate: Uint8Array },
): Promise<'published' | 'unchanged'> {
  const path = caCertificatePath(id);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const there = await objects.read(path);
    if (there !== undefined && Buffer.compare(there.body, certificate) === 0) return 'unchanged';
    const content = {
      body: certificate,
      contentType: 'application/pkix-cert',
      maxAgeSeconds: MAX_AGE_SECONDS,
      metadata: {},
    };
    if ((await objects.replace(path, content, there?.etag)) === 'replaced') return 'published';
  }
  throw new AppError('try_again', `Other writers of ${path} were faster.`);
}
