import { type DeliveredKit, kitOfCertificate } from '../../shared/delivery/script-subject.ts';
import type { DeploymentSender } from '../../shared/domain/certificate-record.ts';
import { checkDeployment } from '../../shared/elastic/check-deployment.ts';
import { deploymentSchema } from '../../shared/elastic/deployment/deployment.ts';
import { parseRecorded, withPlaceholders } from '../../shared/elastic/deployment/recording.ts';
import type { ResolvedDeployment } from '../../shared/elastic/deployment/resolved-deployment.ts';
import type { DeploymentSubject } from '../../shared/elastic/deployment/subject.ts';
import { renderRecordedKit } from '../../shared/elastic/recorded-kit.ts';
import { AppError, type FieldError } from '../../shared/errors/app-error.ts';
import { readWith } from '../../shared/http/schema.ts';
import { certificatePem } from '../../shared/issuance/certificate-pem.ts';
import type { readRecordedForKit } from '../../shared/issuance/read-for-kit.ts';

/**
 * Renders the kit that `GET /v1/certificates/{serial}/kit` returns.
 *
 * @param revocationUrl - base URL of the revocation data
 * @throws AppError `deployment_refused` where the service has other rules now than when the deployment was recorded.
 */
export function renderCertificateKit(
  { deployment: recorded, ...certified }: Awaited<ReturnType<typeof readRecordedForKit>>,
  sender: DeploymentSender,
  revocationUrl: string,
): DeliveredKit {
  const certificate = certificatePem(certified);
  const deployment = checkRecorded(recorded, certified.record);
  const kit = renderRecordedKit({ deployment, certificate, revocationUrl }, sender);
  return kitOfCertificate(certified, { kit, deployment });
}

/** It was accepted when it was recorded; this version may ask for more, or have other fields. */
function checkRecorded(recorded: string, subject: DeploymentSubject): ResolvedDeployment {
  const read = readWith(deploymentSchema, parseRecorded(recorded), ['deployment']);
  if (read.findings !== undefined) throw outdated(read.findings.map(sentence).join('; '), read.findings);
  try {
    return checkDeployment(withPlaceholders(read.value), { ...subject, request: 'kit' });
  } catch (error) {
    if (error instanceof AppError) throw outdated(error.message, error.errors, error);
    throw error;
  }
}

/** Without its full stop, as part of a longer one. */
function sentence({ detail }: FieldError): string {
  return detail.replace(/\.$/, '');
}

function outdated(why: string, errors: readonly FieldError[], cause?: AppError): AppError {
  return new AppError(
    'deployment_refused',
    `The deployment recorded for this certificate breaks the current rules: ${why}. Send POST /v1/kits with serialNumber and a valid deployment.`,
    { errors, cause },
  );
}
