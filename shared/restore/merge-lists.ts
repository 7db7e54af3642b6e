import type { Issuer } from '../domain/authority.ts';
import { DAY } from '../domain/duration.ts';
import { plus } from '../domain/instant.ts';
import {
  LEAF_REVOCATION_REASONS,
  type LeafRevocationReason,
  type RevocationReason,
  SERVICE,
} from '../domain/revocation.ts';
import { crlShardOf, fullListPath, shardPath } from '../domain/revocation-points.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { type ListedEntry, listedEntries } from '../pki/crl/listed-entries.ts';
import type { ObjectStore } from '../revocation/ports.ts';
import { type RevokeDependencies, revokeCertificate } from '../revocation/revoke-certificate.ts';
import type { RestoredLedger } from './ports.ts';

/** What the published lists had and the restored ledger lacked. */
export interface MergedLists {
  /** Entries on the published lists. */
  readonly entries: number;
  /** Certificates that are revoked again. */
  readonly revoked: number;
  /** Entries of certificates that are not recorded: they stay on the lists. */
  readonly unrecorded: number;
}

export interface MergeListsDependencies extends RevokeDependencies {
  readonly restored: RestoredLedger;
  readonly objects: Pick<ObjectStore, 'read'>;
}

/** A day more than the longest life of a certificate: one that was revoked has expired by then. */
const LONGEST_LIFE_SECONDS = 398 * DAY;

/**
 * Revokes again what the published lists of the issuers have and the ledger lacks, with the time and reason of then. Of a
 * certificate that is not recorded there is an entry for the lists only.
 *
 * @param apply whether anything is written.
 */
export async function mergeLists(
  deps: MergeListsDependencies,
  issuers: readonly Pick<Issuer, 'id' | 'crlShards'>[],
  apply: boolean,
): Promise<MergedLists> {
  const merged = { entries: 0, revoked: 0, unrecorded: 0 };
  for (const { id, crlShards } of issuers) {
    const listed = await published(deps, id, crlShards);
    const known = await recorded(deps.restored, id, crlShards);
    merged.entries += listed.size;
    for (const entry of listed.values()) {
      if (known.has(entry.serialNumber)) continue;
      const outcome = await revokeAgain(deps, id, crlShards, entry, apply);
      merged[outcome]++;
    }
  }
  return merged;
}

/** Of all lists of an issuer, each certificate once. */
async function published(
  { objects }: MergeListsDependencies,
  issuerId: string,
  crlShards: number,
): Promise<ReadonlyMap<SerialNumber, ListedEntry>> {
  const paths = [...shardsOf(crlShards).map((shard) => shardPath(issuerId, shard)), fullListPath(issuerId)];
  const listed = new Map<SerialNumber, ListedEntry>();
  for (const path of paths) {
    const object = await objects.read(path);
    if (object === undefined) continue;
    for (const entry of listedEntries(object.body)) listed.set(entry.serialNumber, entry);
  }
  return listed;
}

async function recorded(
  restored: RestoredLedger,
  issuerId: string,
  crlShards: number,
): Promise<ReadonlySet<SerialNumber>> {
  const known = new Set<SerialNumber>();
  for (const shard of shardsOf(crlShards))
    for await (const page of restored.entries(issuerId, shard))
      for (const { serialNumber } of page) known.add(serialNumber);
  return known;
}

function shardsOf(crlShards: number): readonly number[] {
  return Array.from({ length: crlShards }, (_, shard) => shard);
}

async function revokeAgain(
  deps: MergeListsDependencies,
  issuerId: string,
  crlShards: number,
  { serialNumber, revokedAt, reason }: ListedEntry,
  apply: boolean,
): Promise<'revoked' | 'unrecorded'> {
  const [record] = await deps.restored.records([serialNumber]);
  if (!apply) return record === undefined ? 'unrecorded' : 'revoked';
  if (record !== undefined) {
    const comment = 'on the published revocation list, merged after a restore';
    await revokeCertificate(deps, serialNumber, {
      reason: leafReason(reason),
      by: SERVICE,
      at: revokedAt,
      comment,
    });
    return 'revoked';
  }
  const notAfter = plus(revokedAt, LONGEST_LIFE_SECONDS);
  const shard = crlShardOf(serialNumber, crlShards);
  await deps.restored.addEntry(issuerId, shard, { serialNumber, revokedAt, reason, notAfter });
  return 'unrecorded';
}

function leafReason(reason: RevocationReason): LeafRevocationReason {
  return LEAF_REVOCATION_REASONS.find((one) => one === reason) ?? 'unspecified';
}
