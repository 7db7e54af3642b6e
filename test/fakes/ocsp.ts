import { isOver } from '../../shared/domain/instant.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { OcspStore, ResponderStore } from '../../shared/revocation/ports.ts';
import type { Tables } from './tables.ts';

/** Stored responses and the certificates of responders in memory. */
export function fakeOcsp({ records, ocsp, responders }: Tables): OcspStore & ResponderStore {
  const rowOf = (caId: string) => responders.get(caId) ?? [];

  return {
    readForOcsp: async (serialNumber, hash) => {
      const record = records.get(serialNumber);
      const stored = ocsp.get(serialNumber);
      return {
        record: record && {
          issuerId: record.issuerId,
          state: record.state,
          notAfter: record.validity.notAfter,
          ...(record.revocation && {
            revocation: { revokedAt: record.revocation.revokedAt, reason: record.revocation.reason },
          }),
        },
        stored: stored?.responses[hash],
        leasedUntil: stored?.lease?.until,
      };
    },

    takeOcspLease: async (serialNumber, { owner, until, hash, seen }, now) => {
      const stored = ocsp.get(serialNumber) ?? { responses: {} };
      const isFree = stored.lease === undefined || isOver(stored.lease.until, now);
      if (!isFree || stored.responses[hash]?.thisUpdate !== seen) return false;
      ocsp.set(serialNumber, { ...stored, lease: { owner, until } });
      return true;
    },

    storeResponse: async (serialNumber, { owner, hash, response }) => {
      const stored = ocsp.get(serialNumber);
      if (stored?.lease?.owner !== owner) return false;
      ocsp.set(serialNumber, { responses: { ...stored.responses, [hash]: response } });
      return true;
    },

    responders: async (caId) => rowOf(caId).toReversed().slice(0, 3),

    reserveResponder: async (responder) => {
      const there = rowOf(responder.caId).find(({ sequence }) => sequence === responder.sequence);
      if (there === undefined) responders.set(responder.caId, [...rowOf(responder.caId), responder]);
      return there ?? responder;
    },

    commitResponder: async ({ caId, sequence }, certificate) => {
      const there = rowOf(caId).find((one) => one.sequence === sequence);
      if (there === undefined)
        throw new AppError(
          'internal',
          `${String(sequence).padStart(6, '0')} is not recorded; reserve it first`,
        );
      if (there.state === 'ISSUED') return there;
      const issued = { ...there, state: 'ISSUED', certificate } as const;
      responders.set(
        caId,
        rowOf(caId).map((one) => (one === there ? issued : one)),
      );
      return issued;
    },
  };
}
