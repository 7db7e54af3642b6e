import { packLines } from '../../shared/archive/archive-lines.ts';
import type { FindArchivedDependencies } from '../../shared/archive/find-archived.ts';
import type { ArchivedCertificate } from '../../shared/archive/ports.ts';

/** An archive that holds these certificates, and nothing else. */
export function fakeArchive(...certificates: readonly ArchivedCertificate[]): FindArchivedDependencies {
  const find = (serialNumber: string) =>
    certificates.find(({ record }) => record.serialNumber === serialNumber);
  return {
    archived: {
      place: async (serialNumber) => {
        const found = find(serialNumber);
        return found && { object: serialNumber, archivedAt: found.record.archivedAt };
      },
      read: (line) => {
        const found = find((JSON.parse(line) as { readonly serialNumber: string }).serialNumber);
        if (found === undefined) throw new Error(`not archived: ${line}`);
        return found;
      },
    },
    archive: {
      read: async (path) => {
        const serialNumber = path.slice(1);
        const found = find(serialNumber);
        if (found === undefined) return undefined;
        const line = JSON.stringify({ serialNumber, items: [] });
        return {
          etag: '',
          metadata: {},
          body: packLines([{ serialNumber: found.record.serialNumber, line }]),
        };
      },
    },
  };
}
