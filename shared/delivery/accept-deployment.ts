import type { Instant } from '../domain/instant.ts';
import { checkDeployment } from '../elastic/check-deployment.ts';
import type { Deployment } from '../elastic/deployment/deployment.ts';
import { recordDeployment } from '../elastic/deployment/recording.ts';
import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import type { Acceptance, AskedCertificate } from '../issuance/enrollment.ts';

/** A deployment that fits its certificate: to be recorded, and to render the kit for. */
export interface AcceptedDeployment extends Acceptance {
  readonly resolved: ResolvedDeployment | undefined;
}

/**
 * Accepts the deployment of a request, if there is one.
 *
 * @param now - @default - whether a CA in it has expired is not looked at
 * @throws AppError `deployment_refused` naming every rule that it breaks.
 */
export function acceptDeployment(
  deployment: Deployment | undefined,
  certificate: AskedCertificate,
  now?: Instant,
): AcceptedDeployment {
  return deployment === undefined
    ? { deployment: undefined, resolved: undefined }
    : {
        resolved: checkDeployment(deployment, { ...certificate, now }),
        deployment: recordDeployment(deployment),
      };
}
