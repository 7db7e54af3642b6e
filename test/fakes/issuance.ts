import type { CertificateRecord, SigningAttempt } from '../../shared/domain/certificate-record.ts';
import type { CommonName } from '../../shared/domain/common-name.ts';
import { alternativeNames, type ExclusiveName } from '../../shared/domain/exclusive-name.ts';
import { type Instant, isOver, plus } from '../../shared/domain/instant.ts';
import type { NameRecord } from '../../shared/domain/name-record.ts';
import { SERVICE } from '../../shared/domain/revocation.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { IssuanceStore, ReserveOutcome } from '../../shared/issuance/ports.ts';
import { noteRevoked } from './revocation.ts';
import type { Tables } from './tables.ts';

/** The ledger in memory. Every method acts in one piece, as its DynamoDB write does. */
export function fakeIssuance(tables: Tables): IssuanceStore {
  const { tokens, reservations, records, names } = tables;

  const nameOf = (name: CommonName): NameRecord =>
    names.get(name) ?? { name, version: 0, holders: [], blocked: [] };

  const exclusiveOf = (names: Parameters<IssuanceStore['exclusiveNames']>[0]): readonly ExclusiveName[] =>
    alternativeNames(names).map(
      (alternativeName) =>
        tables.exclusive.get(alternativeName) ?? { alternativeName, version: 0, holders: [] },
    );

  const movedOn = (name: NameRecord | undefined, exclusive: readonly ExclusiveName[]): boolean =>
    (name !== undefined && nameOf(name.name).version !== name.version - 1) ||
    exclusive.some((one) => (tables.exclusive.get(one.alternativeName)?.version ?? 0) !== one.version - 1);

  const write = (name: NameRecord | undefined, exclusive: readonly ExclusiveName[]): void => {
    if (name) names.set(name.name, name);
    for (const one of exclusive) tables.exclusive.set(one.alternativeName, one);
  };

  const change = (record: CertificateRecord, changes: Partial<CertificateRecord>): CertificateRecord => {
    const changed = { ...record, ...changes };
    records.set(record.serialNumber, changed);
    return changed;
  };

  return {
    readForEnrollment: async ({ tokenId, publicKeySha256, name, ...rest }) => ({
      token: tokens.get(tokenId)?.token,
      reservation: reservations.get(`${tokenId}/${publicKeySha256}`),
      name: nameOf(name),
      exclusive: exclusiveOf(rest),
      issuers: [...tables.issuers.values()],
      roots: [...tables.roots.values()],
      additionalRoots: tables.additionalRoots,
      keyBlocked: tables.keyBlocks.has(publicKeySha256),
    }),

    reserve: async ({ record, name, exclusive, followUntil }, now): Promise<ReserveOutcome> => {
      const key = `${record.tokenId}/${record.publicKeySha256}`;
      const entry = tokens.get(record.tokenId);
      const slot = entry?.slots[record.useSlot];
      if (reservations.has(key)) return 'exists';
      if (!entry || !slot || entry.token.revokedAt !== undefined || isOver(entry.token.expiresAt, now))
        return 'token_closed';
      if (slot.used >= slot.capacity) return 'slot_full';
      if (records.has(record.serialNumber)) throw new AppError('try_again', 'the serial number is taken');
      if (tables.keyBlocks.has(record.publicKeySha256)) return 'key_blocked';
      if (movedOn(name, exclusive)) return 'name_changed';
      slot.used += 1;
      reservations.set(key, { serialNumber: record.serialNumber, followUntil });
      records.set(record.serialNumber, record);
      write(name, exclusive);
      return 'reserved';
    },

    freeUseSlots: async ({ id }) =>
      (tokens.get(id)?.slots ?? []).flatMap((slot, index) => (slot.used < slot.capacity ? [index] : [])),

    certificate: async (serialNumber) => records.get(serialNumber),

    issuer: async (id) => tables.issuers.get(id),
    takeLease: async (serialNumber, lease, now) => {
      const record = records.get(serialNumber);
      const free = record?.state === 'RESERVED' && isOver(record.lease.until, now);
      return record && free ? change(record, { lease }) : record;
    },

    commit: async ({ serialNumber }, { certificate, issuedAt, attempts, deployment }) => {
      const record = records.get(serialNumber);
      if (!record) return undefined;
      const known = { attempts: noted(record.attempts, attempts) };
      return record.state === 'RESERVED'
        ? change(record, { ...known, ...said(deployment), state: 'ISSUED', certificate, issuedAt })
        : change(record, known);
    },

    recordHostDeployment: async (serialNumber, hostDeployment) => {
      const record = records.get(serialNumber);
      if (record?.state === 'ISSUED') change(record, { hostDeployment });
    },

    releaseLease: async (serialNumber, owner, attempts, now) => {
      const record = records.get(serialNumber);
      if (!record) return;
      const ended = record.state === 'RESERVED' && record.lease.owner === owner;
      change(record, {
        attempts: noted(record.attempts, attempts),
        ...(ended ? { lease: { owner, until: plus(now, -1) } } : {}),
      });
    },

    openReservations: async ({ before, limit, cursor = '0' }) => {
      const open = [...records.values()]
        .filter((record) => record.state === 'RESERVED' && record.reservedAt < before)
        .sort((a, b) => a.reservedAt - b.reservedAt || (a.serialNumber < b.serialNumber ? -1 : 1))
        .map(({ serialNumber, reservedAt }) => ({ serialNumber, reservedAt }));
      const rest = open.filter((one) => `${one.reservedAt}#${one.serialNumber}` > cursor);
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      return {
        items,
        cursor: last && rest.length > limit ? `${last.reservedAt}#${last.serialNumber}` : undefined,
      };
    },

    name: async (name) => nameOf(name),

    exclusiveNames: async (wanted) => exclusiveOf(wanted),

    voidReservation: async ({ serialNumber, tokenId, publicKeySha256, useSlot }, name, exclusive, now) => {
      const record = records.get(serialNumber);
      if (record?.state !== 'RESERVED' || !isOver(record.lease.until, now) || movedOn(name, exclusive))
        return 'changed';
      if (record.predecessor === undefined) {
        const slot = tokens.get(tokenId)?.slots[useSlot];
        if (slot) slot.used -= 1;
        reservations.delete(`${tokenId}/${publicKeySha256}`);
      } else forgetSuccessor(tables, record, record.predecessor, now);
      write(name, exclusive);
      noteRevoked(tables, record, { revokedAt: now, reason: 'unspecified', revokedBy: SERVICE }, 'voided');
      return 'voided';
    },
  };
}

/** What a renewal wrote beside the record. */
function forgetSuccessor(
  { records, reservations, history }: Tables,
  { serialNumber, tokenId, publicKeySha256 }: CertificateRecord,
  of: SerialNumber,
  now: Instant,
): void {
  reservations.delete(`${tokenId}/${publicKeySha256}#${serialNumber}`);
  const predecessor = records.get(of);
  if (predecessor === undefined) return;
  const { successor: _, ...rest } = predecessor;
  records.set(of, rest);
  const event = { event: 'successorVoided', at: now, by: SERVICE, successor: serialNumber } as const;
  history.set(of, [...(history.get(of) ?? []), event]);
}

function said(deployment: string | undefined): Pick<CertificateRecord, 'hostDeployment'> {
  return deployment === undefined ? {} : { hostDeployment: deployment };
}

/** Noting the same attempt again, as a repeated write does, changes nothing. */
function noted(
  before: readonly SigningAttempt[],
  attempts: readonly SigningAttempt[],
): readonly SigningAttempt[] {
  const known = new Set(before.map((attempt) => JSON.stringify(attempt)));
  return [...before, ...attempts.filter((attempt) => !known.has(JSON.stringify(attempt)))];
}
