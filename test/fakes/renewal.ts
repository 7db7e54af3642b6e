import { createHash } from 'node:crypto';
import type { CertificateEvent } from '../../shared/domain/certificate-event.ts';
import { alternativeNames } from '../../shared/domain/exclusive-name.ts';
import { isOver } from '../../shared/domain/instant.ts';
import { holderAt, SERVICE } from '../../shared/domain/revocation.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import type { ConfirmationLedger, RenewalStore, SuccessorReservation } from '../../shared/rotation/ports.ts';
import { noteRevoked } from './revocation.ts';
import type { Tables } from './tables.ts';

type Renewing = Pick<RenewalStore, 'readForRenewal' | 'reserveSuccessor'> &
  Pick<ConfirmationLedger, 'confirmSuccessor'>;

/** Renewal in memory; what it shares with issuance is there. */
export function fakeRenewal(tables: Tables): Renewing {
  const { records, names, exclusive, reservations, history, keyBlocks } = tables;

  const note = (serialNumber: SerialNumber, event: CertificateEvent) =>
    history.set(serialNumber, [...(history.get(serialNumber) ?? []), event]);

  const movedOn = ({ name, exclusive: claimed, record, replaced, predecessor }: SuccessorReservation) => {
    const now = records.get(predecessor.serialNumber);
    const other = replaced && records.get(replaced.serialNumber);
    return (
      now?.state !== 'ISSUED' ||
      now.successor?.serialNumber !== replaced?.serialNumber ||
      now.successor?.confirmedAt !== undefined ||
      other?.state !== replaced?.state ||
      other?.successor !== undefined ||
      (other?.state === 'RESERVED' && !isOver(other.lease.until, record.reservedAt)) ||
      (names.get(name.name)?.version ?? 0) !== name.version - 1 ||
      claimed.some((one) => (exclusive.get(one.alternativeName)?.version ?? 0) !== one.version - 1)
    );
  };

  return {
    readForRenewal: async ({ reference, publicKeySha256 }) => {
      const record =
        'serialNumber' in reference
          ? records.get(reference.serialNumber)
          : [...records.values()].find(
              ({ certificate }) => certificate && sha256(certificate) === reference.thumbprint,
            );
      if (record === undefined) return undefined;
      return {
        record,
        successor: record.successor && records.get(record.successor.serialNumber),
        name: names.get(record.name) ?? { name: record.name, version: 0, holders: [], blocked: [] },
        exclusive: alternativeNames(record).map(
          (alternativeName) => exclusive.get(alternativeName) ?? { alternativeName, version: 0, holders: [] },
        ),
        issuers: [...tables.issuers.values()],
        roots: [...tables.roots.values()],
        additionalRoots: tables.additionalRoots,
        newKeyBlocked: keyBlocks.has(publicKeySha256),
        keyBlocked: record.successor !== undefined && keyBlocks.has(record.publicKeySha256),
      };
    },

    reserveSuccessor: async (reservation) => {
      const { record, predecessor, replaced, name } = reservation;
      const before = records.get(predecessor.serialNumber);
      if (before === undefined || movedOn(reservation)) return 'changed';
      if (keyBlocks.has(predecessor.publicKeySha256)) return 'key_blocked';
      if (keyBlocks.has(record.publicKeySha256)) return 'new_key_blocked';
      const { serialNumber, publicKeySha256, tokenId, reservedAt, sourceIp } = record;
      const replacedSo = replaced && { successorsReplaced: (before.successorsReplaced ?? 0) + 1 };
      const successor = { serialNumber, publicKeySha256 };
      records.set(predecessor.serialNumber, { ...before, successor, ...replacedSo });
      records.set(serialNumber, record);
      reservations.set(`${tokenId}/${publicKeySha256}#${serialNumber}`, {
        serialNumber,
        followUntil: reservedAt,
      });
      names.set(name.name, name);
      for (const one of reservation.exclusive) exclusive.set(one.alternativeName, one);
      const by = { at: reservedAt, by: holderAt(sourceIp) };
      note(
        predecessor.serialNumber,
        replaced === undefined
          ? { event: 'renewed', ...by, successor: serialNumber }
          : { event: 'successorReplaced', ...by, successor: serialNumber, replaced: replaced.serialNumber },
      );
      const old = replaced && records.get(replaced.serialNumber);
      if (old === undefined) return 'reserved';
      const comment = `replaced by ${serialNumber}`;
      const revocation = {
        revokedAt: reservedAt,
        reason: 'superseded',
        revokedBy: SERVICE,
        comment,
      } as const;
      noteRevoked(tables, old, revocation, 'revoked');
      tables.ocsp.delete(old.serialNumber);
      return 'reserved';
    },

    confirmSuccessor: async (predecessor, serialNumber, { at, by }) => {
      const record = records.get(predecessor);
      const { successor } = record ?? {};
      if (!record || successor?.serialNumber !== serialNumber || successor.confirmedAt !== undefined)
        return 'changed';
      records.set(predecessor, { ...record, successor: { ...successor, confirmedAt: at } });
      note(predecessor, { event: 'successorConfirmed', at, by, successor: serialNumber });
      return 'confirmed';
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
