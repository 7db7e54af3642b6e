import type { DynamoDBRecord } from 'aws-lambda';
import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import { instant } from '../domain/instant.ts';
import { parseSerialNumber } from '../domain/serial-number.ts';
import type { CertificateChange } from '../rotation/ports.ts';

/**
 * What records of the table's stream say of certificates: entries of revocation lists that are new, and records that
 * changed. Of anything else, and of what was cleaned up, nothing.
 */
export function changedCertificates(
  records: readonly Pick<DynamoDBRecord, 'eventName' | 'dynamodb'>[],
): readonly CertificateChange[] {
  return records.flatMap<CertificateChange>(({ eventName, dynamodb }) => {
    const { [TABLE_KEY.partition]: pk, [TABLE_KEY.sort]: sk } = dynamodb?.Keys ?? {};
    const at = instant(Math.floor(dynamodb?.ApproximateCreationDateTime ?? 0));
    if (eventName === 'REMOVE') return [];
    if (pk?.S?.startsWith(PARTITIONS.revoked))
      return revokedCertificates([sk?.S ?? '']).map((change) => ({ ...change, at }));
    if (!pk?.S?.startsWith(PARTITIONS.certificate)) return [];
    const serialNumber = parseSerialNumber(pk.S.slice(PARTITIONS.certificate.length));
    return serialNumber === undefined ? [] : [{ serialNumber, change: 'changed', at }];
  });
}

/** The same for certificates that are known to be revoked; what is no serial number is left out. */
export function revokedCertificates(
  serialNumbers: readonly string[],
): readonly (CertificateChange & { readonly change: 'revoked' })[] {
  return serialNumbers
    .flatMap((text) => parseSerialNumber(text) ?? [])
    .map((serialNumber) => ({ serialNumber, change: 'revoked' }));
}
