import { checkDeployment } from '../../shared/elastic/check-deployment.ts';
import type { DeploymentSubject, ResolvedDeployment } from '../../shared/elastic/deployment.ts';
import type { Kit } from '../../shared/elastic/kit.ts';
import { renderRecordedKit } from '../../shared/elastic/recorded-deployment.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { deploymentSchema } from '../../shared/http/contract/deployment.ts';
import { certificatePem } from '../../shared/issuance/certificate-pem.ts';
import type { readRecordedForKit } from '../../shared/issuance/read-for-kit.ts';

/**
 * The answer to `GET /v1/certificates/{serial}/kit`.
 *
 * @throws AppError `deployment_refused` where the service has other rules now than when the deployment was recorded.
 */
export function renderCertificateKit({
  record,
  issuer,
  bundle,
  deployment,
}: Awaited<ReturnType<typeof readRecordedForKit>>): Kit {
  const certificate = certificatePem({ record, issuer, bundle });
  return renderRecordedKit({ deployment: checkRecorded(deployment, record), certificate });
}

/** It was accepted when it was recorded; this version may ask for more, or have other fields. */
function checkRecorded(recorded: string, subject: DeploymentSubject): ResolvedDeployment {
  const read = deploymentSchema.safeParse(JSON.parse(recorded));
  if (!read.success) throw outdated('it has fields that this version does not know');
  try {
    return checkDeployment(read.data, { ...subject, request: 'kit' });
  } catch (error) {
    if (error instanceof AppError) throw outdated(error.message, error);
    throw error;
  }
}

function outdated(why: string, cause?: AppError): AppError {
  return new AppError(
    'deployment_refused',
    `The deployment that is recorded with this certificate is refused by the rules of today: ${why}. Send POST /v1/kits with serialNumber and a deployment that fits.`,
    { errors: cause?.errors ?? [], cause },
  );
}
