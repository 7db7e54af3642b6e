import { deploymentOf, type RecordWithDeployments } from '../domain/certificate-record.ts';
import { AppError } from '../errors/app-error.ts';
import type { DeploymentLedger } from './ports.ts';

/**
 * Records what an administrator said of the deployment of a certificate; the same again costs nothing. What the host said
 * stays beside it.
 *
 * @param deployment - without secrets
 * @throws AppError `try_again` where it could not be written
 */
export async function recordAdministratorDeployment(
  ledger: DeploymentLedger,
  record: RecordWithDeployments,
  deployment: string,
): Promise<void> {
  if (deployment === deploymentOf(record, 'administrator')) return;
  try {
    await ledger.recordAdministratorDeployment(record.serialNumber, deployment);
  } catch (cause) {
    throw new AppError(
      'try_again',
      'The deployment could not be recorded with its certificate. Send the same request again.',
      { retryAfterSeconds: 2, cause },
    );
  }
}
