import type { Issuer, Root } from '../domain/authority.ts';
import { isTrusted } from '../domain/root-states.ts';
import { TRUST_STORE_PATH } from '../domain/trust-store.ts';
import { AppError } from '../errors/app-error.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import { toPem } from '../pki/pem.ts';
import type { ObjectStore } from '../revocation/ports.ts';
import type { MutualTlsDomain } from './ports.ts';

export interface PublishTrustStoreDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly objects: Pick<ObjectStore, 'read' | 'replace'>;
}

/** Two writers of one trust store write the same; who loses sees that it is there. */
const ATTEMPTS = 3;

/** API Gateway reads a version of the object; nobody caches it. */
const MAX_AGE_SECONDS = 0;

/**
 * The CAs that clients of the domain chain to. API Gateway wants all of the chain, from the issuer to the root, whatever the
 * client sends (API Gateway developer guide, "Configuring mutual TLS authentication for a REST API"); so issuers are in it
 * too. Compromised ones stay, because their holders renew from another one. Additional roots are of other authorities, and
 * cross-certificates have the subject of a root that is in it: a subject may have one issuer only.
 */
export function trustStoreOf({
  roots,
  issuers,
}: {
  readonly roots: readonly Root[];
  readonly issuers: readonly Issuer[];
}): string {
  const certificates = [
    ...roots.filter(isTrusted).map(({ certificate }) => certificate),
    ...issuers.filter(({ state }) => state !== 'RETIRED').flatMap(chainOf),
  ].map((certificate) => toPem('CERTIFICATE', certificate));
  return [...new Set(certificates)].join('');
}

function chainOf(issuer: Issuer): readonly Uint8Array[] {
  if (issuer.certificate === undefined) return [];
  return [issuer.certificate, ...(issuer.chain ?? [])];
}

/**
 * Publishes the trust store, where it is another one than that which is there.
 *
 * @throws AppError `try_again` where other writers were faster each time.
 */
export async function publishTrustStore({
  authority,
  objects,
}: PublishTrustStoreDependencies): Promise<'published' | 'unchanged'> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const there = await objects.read(TRUST_STORE_PATH);
    const body = Buffer.from(trustStoreOf(await authority.readAuthority()));
    if (there !== undefined && Buffer.compare(there.body, body) === 0) return 'unchanged';
    const content = {
      body: new Uint8Array(body),
      contentType: 'application/x-pem-file',
      maxAgeSeconds: MAX_AGE_SECONDS,
      metadata: {},
    };
    if ((await objects.replace(TRUST_STORE_PATH, content, there?.etag)) === 'replaced') return 'published';
  }
  throw new AppError('try_again', `Other writers of ${TRUST_STORE_PATH} were faster.`);
}

/** How the domain stands to the trust store. */
export interface TrustStoreUse {
  /** `taken`: it has the published version; `updated`: it was told to take it; `no domain`: there is none of this name. */
  readonly outcome: 'taken' | 'updated' | 'no domain';
  /** What API Gateway says of certificates in it that it does not take. */
  readonly warnings: readonly string[];
}

/** Sees that the domain uses the published version of its trust store. May run twice, and at the same time. */
export async function useTrustStore(domain: MutualTlsDomain): Promise<TrustStoreUse> {
  const published = await domain.publishedVersion();
  const used = await domain.trustStore();
  if (used === undefined || published === undefined) return { outcome: 'no domain', warnings: [] };
  if (used.version === published) return { outcome: 'taken', warnings: used.warnings };
  return { outcome: 'updated', warnings: await domain.takeVersion(published) };
}
