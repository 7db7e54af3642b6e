import type { CertificateRecord, CertificateSummary } from '../../shared/domain/certificate-record.ts';
import { toRfc3339 } from '../../shared/domain/instant.ts';
import type { CertificateListing, DeploymentLedger } from '../../shared/issuance/ports.ts';
import { readCursor, writeCursor } from '../../shared/store/cursor.ts';
import type { Tables } from './tables.ts';

/** Listings of the records in memory. */
export function fakeListing({ records, deployments }: Tables): CertificateListing {
  return {
    certificate: async (serialNumber) => {
      const record = records.get(serialNumber);
      return record && { ...record, administratorDeployment: deployments.get(serialNumber) };
    },

    listCertificates: async ({ limit, cursor, expiresAfter, expiresBefore, name, profile, state }) => {
      const listing = name === undefined ? 'certificates' : 'certificates-of-name';
      const place = cursor === undefined ? undefined : readCursor(listing, cursor);
      const direction = name === undefined ? 1 : -1;
      const isBehind = (position: string) =>
        place === undefined || (direction === 1 ? position > place.after : position < place.after);
      const rest = [...records.values()]
        .filter((record) => record.state !== 'RESERVED')
        .map((record) => ({ record, position: positionOf(record) }))
        .filter(({ position }) => isBehind(position))
        .filter(({ record }) => expiresAfter === undefined || record.validity.notAfter >= expiresAfter)
        .filter(({ record }) => expiresBefore === undefined || record.validity.notAfter < expiresBefore)
        .filter(({ record }) => name === undefined || record.name === name)
        .filter(({ record }) => profile === undefined || record.profile === profile)
        .filter(({ record }) => state === undefined || record.state === state)
        .sort((a, b) => (a.position < b.position ? -direction : direction));
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(({ record }) => summaryOf(record)),
        cursor:
          last && rest.length > limit
            ? writeCursor(listing, { after: last.position, bound: last.position.slice(0, 7) })
            : undefined,
      };
    },
  };
}

/** The deployments of administrators in memory. */
export function fakeDeployments({ records, deployments }: Tables): DeploymentLedger {
  return {
    recordAdministratorDeployment: async (serialNumber, deployment) => {
      if (records.get(serialNumber)?.state === 'ISSUED') deployments.set(serialNumber, deployment);
    },
  };
}

function positionOf(record: CertificateRecord): string {
  return `${toRfc3339(record.validity.notAfter)}#${record.serialNumber}`;
}

function summaryOf(record: CertificateRecord): CertificateSummary {
  return {
    serialNumber: record.serialNumber,
    issuerId: record.issuerId,
    profile: record.profile,
    name: record.name,
    dnsNames: record.dnsNames,
    ipAddresses: record.ipAddresses,
    validity: record.validity,
    state: record.state,
    publicKeySha256: record.publicKeySha256,
    tokenId: record.tokenId,
    reservedAt: record.reservedAt,
    ...(record.issuedAt === undefined ? {} : { issuedAt: record.issuedAt }),
    ...(record.revocation === undefined ? {} : { revokedAt: record.revocation.revokedAt }),
  };
}
