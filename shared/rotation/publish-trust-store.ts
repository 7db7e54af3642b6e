import { changedAt, endOf, type Issuer, type Root } from '../domain/authority.ts';
import { type Clock, type Instant, isOver } from '../domain/instant.ts';
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
  readonly clock: Clock;
}

/** Two writers of one trust store write the same; who loses sees that it is there. */
const ATTEMPTS = 3;

/** API Gateway reads a version of the object; nobody caches it. */
const MAX_AGE_SECONDS = 0;

/**
 * The CAs that clients of the domain chain to. API Gateway wants all of the chain, from the issuer to the root, whatever the
 * client sends (API Gateway developer guide, "Configuring mutual TLS authentication for a REST API"); so issuers are in it
 * too. What has ended is left out, because API Gateway warns of it, and so is an issuer whose root is. Additional roots are of
 * other authorities, and cross-certificates have the subject of a root that is in it: a subject may have one issuer only.
 */
export function trustStoreOf(
  { roots, issuers }: { readonly roots: readonly Root[]; readonly issuers: readonly Issuer[] },
  now: Instant,
): string {
  const trusted = roots.filter(isTrusted).filter(({ validity }) => !isOver(validity.notAfter, now));
  const isBelowOne = ({ rootId }: Issuer) => trusted.some(({ id }) => id === rootId);
  const certificates = [
    ...trusted.map(({ certificate }) => certificate),
    ...issuers.filter((issuer) => isBelowOne(issuer) && mayHaveClients(issuer, now)).flatMap(chainOf),
  ].map((certificate) => toPem('CERTIFICATE', certificate));
  return [...new Set(certificates)].join('');
}

/**
 * Whether hosts may come with its certificates. Those of a compromised issuer renew from another one, until the root revokes
 * it; one that was retired before has no certificate that is valid, so that only who has its key would come.
 */
function mayHaveClients(issuer: Issuer, now: Instant): boolean {
  const { state, revocation } = issuer;
  const wasRetired = state === 'RETIRED' || changedAt(issuer, 'RETIRED') !== undefined;
  return !wasRetired && revocation === undefined && !isOver(endOf(issuer), now);
}

function chainOf(issuer: Issuer): readonly Uint8Array[] {
  if (issuer.certificate === undefined) return [];
  return [issuer.certificate, ...(issuer.chain ?? [])];
}

/**
 * Publishes the trust store, where it is another one than that which is there.
 *
 * @returns the etag of what was compared last, so that no other version is used for it.
 * @throws AppError `try_again` where other writers were faster each time.
 */
export async function publishTrustStore({
  authority,
  objects,
  clock,
}: PublishTrustStoreDependencies): Promise<{
  readonly outcome: 'published' | 'unchanged';
  readonly etag: string;
}> {
  let outcome: 'published' | 'unchanged' = 'unchanged';
  // What was written last is read once more: its etag is asked for, and another writer may have replaced it.
  for (let attempt = 0; attempt <= ATTEMPTS; attempt++) {
    const there = await objects.read(TRUST_STORE_PATH);
    const body = Buffer.from(trustStoreOf(await authority.readAuthority(), clock()));
    if (there !== undefined && Buffer.compare(there.body, body) === 0) return { outcome, etag: there.etag };
    if (attempt === ATTEMPTS) break;
    const content = {
      body: new Uint8Array(body),
      contentType: 'application/x-pem-file',
      maxAgeSeconds: MAX_AGE_SECONDS,
      metadata: {},
    };
    if ((await objects.replace(TRUST_STORE_PATH, content, there?.etag)) === 'replaced') outcome = 'published';
  }
  throw new AppError('try_again', `Other writers of ${TRUST_STORE_PATH} were faster.`);
}

/** How the domain stands to the trust store. */
export interface TrustStoreUse {
  /**
   * `taken`: it has the published version; `not available`: it has it, but API Gateway does not serve it so yet; `updated`: it
   * was told to take it, and a later run sees whether it did; `no domain`: it does not exist.
   */
  readonly outcome: 'taken' | 'not available' | 'updated' | 'no domain';
  /** What API Gateway says of the domain and of certificates in its trust store that it does not take. */
  readonly warnings: readonly string[];
}

/**
 * Sees that the domain uses the published version of its trust store. May run twice, and at the same time.
 *
 * @param etag of what was published.
 * @throws AppError `try_again` where something else is there by now.
 */
export async function useTrustStore(domain: MutualTlsDomain, etag: string): Promise<TrustStoreUse> {
  const published = await domain.publishedVersion(etag);
  const used = await domain.trustStore();
  if (used === undefined || published === undefined) return { outcome: 'no domain', warnings: [] };
  if (used.version === published) {
    if (used.status === 'AVAILABLE') return { outcome: 'taken', warnings: used.warnings };
    return { outcome: 'not available', warnings: [`the domain is ${used.status}`, ...used.warnings] };
  }
  const warnings = await domain.takeVersion(published);
  return warnings === undefined ? { outcome: 'no domain', warnings: [] } : { outcome: 'updated', warnings };
}
