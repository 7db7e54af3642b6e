import { createHash } from 'node:crypto';
import { BUNDLE_PATH, fullListPath } from '../domain/revocation-points.ts';
import { AppError } from '../errors/app-error.ts';
import { toPemBytes } from '../pki/pem.ts';
import type { PublishedObject } from './ports.ts';
import type { PublishDependencies } from './publish-list.ts';

/** Losers of a race read again; who wins has published something newer. */
const ATTEMPTS = 12;
const PAUSE_MILLISECONDS = 20;

/**
 * Publishes the full lists of these CAs in one PEM file, in this order, for servers that load a file. It is made of what
 * is published, and replaces the bundle that was read before the lists: it never goes backwards either.
 *
 * @throws AppError `try_again` where a list is missing (a server refuses everybody where it knows of no list for a CA), or
 * where other builders were faster each time. The bundle that is there stays.
 */
export async function publishBundle(
  { objects, pause }: Pick<PublishDependencies, 'objects' | 'pause'>,
  caIds: readonly string[],
  { cacheSeconds }: { readonly cacheSeconds: number },
): Promise<'published' | 'unchanged'> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = await objects.describe(BUNDLE_PATH);
    const described = await Promise.all(caIds.map((id) => listOf(id, (path) => objects.describe(path))));
    if (before?.metadata[FINGERPRINT] === fingerprint(described)) return 'unchanged';
    const lists = await Promise.all(caIds.map((id) => listOf(id, (path) => objects.read(path))));
    const content = {
      body: Buffer.concat(lists.map(({ body }) => toPemBytes('X509 CRL', body))),
      contentType: 'application/x-pem-file',
      maxAgeSeconds: cacheSeconds,
      metadata: { [FINGERPRINT]: fingerprint(lists) },
    };
    if ((await objects.replace(BUNDLE_PATH, content, before?.etag)) === 'replaced') return 'published';
    await pause(PAUSE_MILLISECONDS * attempt);
  }
  throw new AppError('try_again', 'Other builders of the bundle of revocation lists were faster.');
}

/** Metadata of the bundle: which lists it has. */
const FINGERPRINT = 'lists-sha256';

function fingerprint(lists: readonly PublishedObject[]): string {
  return createHash('sha256')
    .update(lists.map(({ etag }) => etag).join('\n'))
    .digest('hex');
}

async function listOf<Found>(
  caId: string,
  find: (path: string) => Promise<Found | undefined>,
): Promise<Found> {
  const path = fullListPath(caId);
  const found = await find(path);
  if (found !== undefined) return found;
  throw new AppError(
    'try_again',
    `The bundle of revocation lists needs ${path}, which is not published yet.`,
  );
}
