import { isDeepStrictEqual } from 'node:util';
import type { CertificateEventName } from '../../shared/domain/certificate-event.ts';
import { type CertificateRecord, revokedState } from '../../shared/domain/certificate-record.ts';
import type { Revocation } from '../../shared/domain/revocation.ts';
import { listShardOf } from '../../shared/domain/revocation-points.ts';
import type {
  AgentLedger,
  BlockLedger,
  Released,
  RevocationLedger,
  RevokedCertificates,
  TokenCertificates,
} from '../../shared/revocation/ports.ts';
import { readBlockCursor, writeBlockCursor } from '../../shared/store/cursor.ts';
import type { Tables } from './tables.ts';

type Revoking = Pick<RevocationLedger, 'certificates' | 'revoke' | 'history'> & Pick<AgentLedger, 'note'>;

/** Revocation in memory; what it shares with issuance is there. */
export function fakeRevocation(
  tables: Tables,
): Revoking & RevokedCertificates & Pick<TokenCertificates, 'certificatesOfToken'> {
  const { records, names, exclusive, reservations } = tables;

  const movedOn = (released: Released): boolean =>
    (released.name !== undefined &&
      (names.get(released.name.name)?.version ?? 0) !== released.name.version - 1) ||
    released.exclusive.some((one) => (exclusive.get(one.alternativeName)?.version ?? 0) !== one.version - 1);

  return {
    certificates: async (serialNumbers) => serialNumbers.flatMap((serial) => records.get(serial) ?? []),

    revoke: async ({ serialNumber, state, successor }, revocation, released) => {
      const record = records.get(serialNumber);
      if (record?.state !== state || record.revocation !== undefined || movedOn(released)) return 'changed';
      if (record.successor?.serialNumber !== successor?.serialNumber) return 'changed';
      noteRevoked(tables, record, revocation, 'revoked');
      tables.ocsp.delete(serialNumber);
      if (released.name) names.set(released.name.name, released.name);
      for (const one of released.exclusive) exclusive.set(one.alternativeName, one);
      const { revokedAt: at, revokedBy: by, reason, ...comment } = revocation;
      const { publicKeySha256 } = record;
      if (reason === 'keyCompromise' && !tables.keyBlocks.has(publicKeySha256))
        tables.keyBlocks.set(publicKeySha256, { publicKeySha256, at, by, reason, ...comment });
      return 'revoked';
    },

    history: async (serialNumber) => tables.history.get(serialNumber) ?? [],

    note: async (serialNumber, event) => {
      const before = tables.history.get(serialNumber) ?? [];
      if (!before.some((one) => isDeepStrictEqual(one, event)))
        tables.history.set(serialNumber, [...before, event]);
    },

    revokedEntries: async function* (issuerId, shard) {
      yield [...tables.revoked.values()]
        .filter((one) => one.issuerId === issuerId && one.shard === shard)
        .map(({ issuerId: _, shard: __, ...entry }) => entry)
        .sort((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1));
    },

    certificatesOfToken: async ({ tokenId, limit, after = '' }) => {
      const all = [...reservations]
        .map(([key, { serialNumber }]) => ({ of: key.split('/'), serialNumber }))
        .filter(({ of: [token, hash = ''] }) => token === tokenId && hash > after)
        .sort((a, b) => ((a.of[1] ?? '') < (b.of[1] ?? '') ? -1 : 1));
      const page = all.slice(0, limit);
      return {
        serialNumbers: page.map(({ serialNumber }) => serialNumber),
        cursor: page.length >= limit ? page.at(-1)?.of[1] : undefined,
      };
    },
  };
}

/** The record, its entry for the list and its history, as one write of the adapter. */
export function noteRevoked(
  { records, revoked, history }: Tables,
  record: CertificateRecord,
  revocation: Revocation,
  event: CertificateEventName,
): void {
  const { serialNumber, issuerId, validity } = record;
  const { revokedAt, revokedBy: by, ...why } = revocation;
  records.set(serialNumber, { ...record, state: revokedState(record.state), revocation });
  const entry = { serialNumber, revokedAt, reason: why.reason, notAfter: validity.notAfter };
  revoked.set(serialNumber, { ...entry, issuerId, shard: listShardOf(record) });
  const noted = { event, at: revokedAt, by, ...(event === 'revoked' ? why : {}) };
  history.set(serialNumber, [...(history.get(serialNumber) ?? []), noted]);
}

/** Blocks in memory. */
export function fakeBlocks({ names, nameBlocks, keyBlocks }: Tables): Omit<BlockLedger, 'name'> {
  const movedOn = ({ name, version }: { readonly name: string; readonly version: number }) =>
    ([...names.values()].find((one) => one.name === name)?.version ?? 0) !== version - 1;

  return {
    nameBlock: async (profile, name) => nameBlocks.get(`${profile}/${name}`),

    blockName: async (record, block) => {
      if (movedOn(record)) return 'changed';
      names.set(record.name, record);
      const place = `${block.profile}/${block.name}`;
      if (!nameBlocks.has(place)) nameBlocks.set(place, block);
      return 'blocked';
    },

    unblockName: async (record, { profile, name }) => {
      if (movedOn(record)) return 'changed';
      names.set(record.name, record);
      nameBlocks.delete(`${profile}/${name}`);
      return 'unblocked';
    },

    blockKey: async (block) => {
      const first = keyBlocks.get(block.publicKeySha256) ?? block;
      keyBlocks.set(block.publicKeySha256, first);
      return first;
    },

    listBlocks: async ({ limit, cursor }) => {
      const after = cursor === undefined ? '' : readBlockCursor(cursor);
      const all = [
        ...[...keyBlocks].map(([sha256, block]) => ({ place: `KEY#${sha256}`, block })),
        ...[...nameBlocks].map(([of, block]) => ({ place: `NAME#${of.replace('/', '#')}`, block })),
      ];
      const rest = all.filter(({ place }) => place > after).sort((a, b) => (a.place < b.place ? -1 : 1));
      const page = rest.slice(0, limit);
      const last = page.length >= limit ? page.at(-1) : undefined;
      return {
        items: page.map(({ block }) => block),
        cursor: last && writeBlockCursor(last.place),
      };
    },
  };
}
