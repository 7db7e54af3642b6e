import type { SerialNumber } from '../domain/serial-number.ts';
import { AppError } from '../errors/app-error.ts';
import type { ObjectStore } from '../revocation/ports.ts';
import { lineIn } from './archive-lines.ts';
import type { ArchivedCertificate, ArchivedCertificates } from './ports.ts';

export interface FindArchivedDependencies {
  readonly archived: ArchivedCertificates;
  readonly archive: Pick<ObjectStore, 'read'>;
}

/**
 * A certificate that has left the ledger: two reads, however large the archive is.
 *
 * @returns undefined where it has not. @throws AppError `internal` where its object is gone, or has no such line.
 */
export async function findArchived(
  { archived, archive }: FindArchivedDependencies,
  serialNumber: SerialNumber,
): Promise<ArchivedCertificate | undefined> {
  const place = await archived.place(serialNumber);
  if (place === undefined) return undefined;
  const object = await archive.read(`/${place.object}`);
  const line = object && lineIn(object.body, serialNumber);
  if (line === undefined)
    throw new AppError('internal', `the archive's object ${place.object} lacks certificate ${serialNumber}`);
  return archived.read(line, place);
}
