import type { CertificateEvent } from '../domain/certificate-event.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { RevocationLedger } from './ports.ts';

export interface CertificateHistory {
  readonly record: CertificateRecord;
  /** What happened after it was reserved and issued, oldest first. */
  readonly events: readonly CertificateEvent[];
}

/** The history of a certificate; undefined where there is none. Reserving and issuing are in its record. */
export async function readHistory(
  { ledger }: { readonly ledger: Pick<RevocationLedger, 'certificate' | 'history'> },
  serialNumber: SerialNumber,
): Promise<CertificateHistory | undefined> {
  const record = await ledger.certificate(serialNumber);
  return record && { record, events: await ledger.history(serialNumber) };
}
