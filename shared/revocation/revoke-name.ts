import type { NameBlock } from '../domain/block.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { isOver } from '../domain/instant.ts';
import { SERVICE } from '../domain/revocation.ts';
import { AppError } from '../errors/app-error.ts';
import { type BlockDependencies, blockName, type ProfileAndName } from './block-name.ts';
import type { NameCertificates } from './ports.ts';
import { type RevocationRequest, type RevokedRecord, revokeWithSuccessor } from './revoke-certificate.ts';
import { hasTime, type RevokedInTime, type RevokeManyDependencies, revokeInTime } from './revoke-in-time.ts';

export interface RevokeNameDependencies extends RevokeManyDependencies {
  readonly ledger: RevokeManyDependencies['ledger'] & BlockDependencies['ledger'];
  readonly listing: NameCertificates;
}

export interface RevokedName extends RevokedInTime {
  /** Where the name was to be blocked. */
  readonly block?: NameBlock;
}

/** Certificates of a page of the index; as many are read at once. */
const PAGE = 100;

/**
 * Revokes every certificate of a name in a profile that has not expired: those that hold the name, as the ledger has
 * them, then others that the index knows. With `block`, the name is blocked first, so that nothing is enrolled between.
 * What was revoked earlier is in the result too, so that the same request again has the same result.
 *
 * @throws AppError `not_found` where there is no such certificate and nothing is blocked; `try_again`.
 */
export async function revokeName(
  deps: RevokeNameDependencies,
  { profile, name }: ProfileAndName,
  { block, ...request }: RevocationRequest & { readonly block: boolean },
): Promise<RevokedName> {
  const blocked = block ? { block: await blockName(deps, { profile, name }, request) } : {};
  const holders = await revokeHolders(deps, { profile, name }, request);
  const others = await revokeListed(deps, { profile, name }, request, holders.revoked);
  const revoked = [...holders.revoked, ...others.revoked];
  const complete = holders.complete && others.complete;
  if (revoked.length === 0 && complete && !block)
    throw new AppError(
      'not_found',
      `No unexpired certificate of profile "${profile}" and name "${name}" is recorded. GET /v1/certificates?name=${name} lists all of this name.`,
    );
  return { ...blocked, revoked, complete };
}

async function revokeHolders(
  deps: RevokeNameDependencies,
  { profile, name }: ProfileAndName,
  request: RevocationRequest,
): Promise<RevokedInTime> {
  const { holders } = await deps.ledger.name(name);
  const live = holders.filter((one) => one.profile === profile && !isOver(one.notAfter, deps.clock()));
  const records = await deps.ledger.certificates(live.map(({ serialNumber }) => serialNumber).toReversed());
  return revokeInTime(deps, records, request, revokeWithSuccessor);
}

/** The index is in order of expiry: what comes behind an expired certificate has expired too. */
async function revokeListed(
  deps: RevokeNameDependencies,
  of: ProfileAndName,
  request: RevocationRequest,
  done: readonly RevokedRecord[],
): Promise<RevokedInTime> {
  const seen = new Set(done.map(({ serialNumber }) => serialNumber));
  const revoked: RevokedRecord[] = [];
  const now = deps.clock();
  let cursor: string | undefined;
  do {
    if (!hasTime(deps)) return { revoked, complete: false };
    const at = cursor === undefined ? {} : { cursor };
    const page = await deps.listing.listCertificates({ ...of, ...at, limit: PAGE, now });
    const live = page.items.filter(
      ({ serialNumber, validity }) => !seen.has(serialNumber) && !isOver(validity.notAfter, now),
    );
    const records = await deps.ledger.certificates(live.map(({ serialNumber }) => serialNumber));
    const result = await revokeInTime(deps, records.filter(mattered), request, revokeWithSuccessor);
    revoked.push(...result.revoked);
    if (!result.complete) return { revoked, complete: false };
    const last = page.items.at(-1);
    cursor = last && isOver(last.validity.notAfter, now) ? undefined : page.cursor;
  } while (cursor !== undefined);
  return { revoked, complete: true };
}

/** What the service gave up was never signed for anybody. */
function mattered({ revocation }: CertificateRecord): boolean {
  return revocation?.revokedBy !== SERVICE;
}
