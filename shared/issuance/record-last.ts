import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { IssuanceStore } from './ports.ts';

interface Dependencies {
  readonly store: Pick<IssuanceStore, 'recordHostDeployment'>;
}

/**
 * Records a deployment that differs from the recorded one: the request that committed the certificate has recorded its
 * own already, and the same again costs nothing. The certificate is there and is returned, whatever becomes of this.
 */
export async function recordLast(
  { store }: Dependencies,
  record: CertificateRecord,
  deployment: string | undefined,
): Promise<{ readonly unrecorded?: unknown }> {
  if (deployment === undefined || deployment === record.hostDeployment) return {};
  try {
    await store.recordHostDeployment(record.serialNumber, deployment);
    return {};
  } catch (unrecorded) {
    return { unrecorded };
  }
}
