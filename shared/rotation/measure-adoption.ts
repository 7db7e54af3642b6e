import type { Root } from '../domain/authority.ts';
import type { CertificateSummary } from '../domain/certificate-record.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import type { AuthorityStore, CertificateListing } from '../issuance/ports.ts';
import { trustBundle } from '../issuance/trust-bundle.ts';
import type { AdoptionRecords, HostTrust, RootStore } from './ports.ts';
import { wasIssuedWith } from './trust-changes.ts';

export interface MeasureAdoptionDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly roots: Pick<RootStore, 'noteBundle' | 'noteAdoption'>;
  readonly certificates: Pick<CertificateListing, 'listCertificates'>;
  readonly records: AdoptionRecords;
  readonly clock: Clock;
}

/** Certificates in one page of the listing, and records in one read. */
const PAGE = 1000;
const RECORDS = 100;

/**
 * Measures how many certificates in use have a root that waits to be activated in their host's trust bundle: those that
 * were enrolled since it joined the bundle, and those whose host reported a bundle with it as it renewed. A Fleet Server trusts
 * it only after a restart, so its renewal must be confirmed too, which its host does after the restart. Of a name, the newest
 * certificate counts. Reads every live certificate's summary, and the records of those issued since; keeps a few
 * hundred octets for each name in memory. Where no root waits, it reads the roots and nothing else.
 *
 * @returns the roots that were measured.
 */
export async function measureAdoption(deps: MeasureAdoptionDependencies): Promise<readonly Root[]> {
  const { roots, additionalRoots } = await deps.authority.readAuthority();
  const waiting = roots.filter(({ state }) => state === 'TRUSTED');
  const measured: Root[] = [];
  for (const { id, changes = [] } of waiting) {
    // From here on, hosts may report it.
    const { bundles } = await deps.roots.noteBundle(id, trustBundle({ roots, additionalRoots }).sha256);
    const joinedAt = changes.find(({ to }) => to === 'TRUSTED')?.at;
    if (joinedAt === undefined) continue;
    const measuredAt = deps.clock();
    const newest = await newestByName(deps, measuredAt);
    const since = [...newest.values()].filter((one) => wasIssuedWith(one, joinedAt));
    const adopted = await countAdopted(deps.records, since, new Set(bundles));
    measured.push(await deps.roots.noteAdoption(id, { live: newest.size, adopted, measuredAt }));
  }
  return measured;
}

type Newest = Pick<CertificateSummary, 'serialNumber' | 'reservedAt'>;

async function newestByName(
  { certificates }: MeasureAdoptionDependencies,
  now: Instant,
): Promise<ReadonlyMap<string, Newest>> {
  const newest = new Map<string, Newest>();
  let cursor: string | undefined;
  do {
    const query = { limit: PAGE, now, expiresAfter: now, ...(cursor === undefined ? {} : { cursor }) };
    const page = await certificates.listCertificates(query);
    for (const { profile, name, state, serialNumber, reservedAt } of page.items) {
      const key = `${profile}/${name}`;
      const before = newest.get(key);
      if (state === 'ISSUED' && (before === undefined || before.reservedAt <= reservedAt))
        newest.set(key, { serialNumber, reservedAt });
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return newest;
}

async function countAdopted(
  records: AdoptionRecords,
  since: readonly Newest[],
  bundles: ReadonlySet<string>,
): Promise<number> {
  let adopted = 0;
  for (let from = 0; from < since.length; from += RECORDS) {
    const serialNumbers = since.slice(from, from + RECORDS).map((one) => one.serialNumber);
    const trusting = (await records.trustOf(serialNumbers)).filter(
      ({ predecessor, trustSha256 }) =>
        predecessor === undefined || (trustSha256 !== undefined && bundles.has(trustSha256)),
    );
    adopted += trusting.length - (await countNotRestarted(records, trusting));
  }
  return adopted;
}

/** Fleet Servers that have the root, and have not started since. */
async function countNotRestarted(records: AdoptionRecords, trusting: readonly HostTrust[]): Promise<number> {
  const predecessors = trusting.flatMap(({ profile, predecessor }) =>
    profile === 'fleet-server' ? (predecessor ?? []) : [],
  );
  return predecessors.length - (await records.countConfirmed(predecessors));
}
