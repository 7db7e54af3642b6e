import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { listOf, readEnvironment } from '../../shared/config/environment.ts';
import { READ_MILLISECONDS, RESERVE_MILLISECONDS } from '../../shared/config/metrics.ts';
import { acceptDeployment } from '../../shared/delivery/accept-deployment.ts';
import { renderIssued } from '../../shared/delivery/render-issued.ts';
import { represent } from '../../shared/delivery/represent-issued.ts';
import { checkRepresentable, REPRESENTATIONS } from '../../shared/delivery/representation.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { parseRevocationUrl, REVOCATION_URL_RULE } from '../../shared/domain/revocation-url.ts';
import { parseTrustDomain, TRUST_DOMAIN_RULE } from '../../shared/domain/trust-domain.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { negotiate } from '../../shared/http/accept.ts';
import { api } from '../../shared/http/api.ts';
import { enroll } from '../../shared/issuance/enroll.ts';
import type { EnrollDependencies } from '../../shared/issuance/enrollment.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { ISSUING, issuedLine, timeIssuing, warnOfUnrecorded } from '../../shared/observability/issuing.ts';
import { logKmsAttempts } from '../../shared/observability/kms-attempts.ts';
import { createLog } from '../../shared/observability/log.ts';
import { stepTimer } from '../../shared/observability/step-timer.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { bearerToken, enrollBody } from './request.ts';

const log = createLog('enroll');

/** `POST /v1/enroll`: 201 with a new certificate, 200 with the one that this token and key have already. */
export function enrollHandler(deps: EnrollDependencies) {
  const route = { name: 'enroll', access: 'public', body: enrollBody, measures: ISSUING } as const;
  return api(route, async (request) => {
    const { deployment, ...asked } = request.body;
    const { requestId } = request;
    const representation = negotiate(request.header('accept'), REPRESENTATIONS);
    const timer = stepTimer();
    const enrollment = await enroll(timeIssuing(timer, deps, STEPS), {
      ...asked,
      token: bearerToken(request.header('authorization')),
      sourceIp: request.caller.sourceIp,
      requestId,
      accept: (certificate) => {
        const accepted = acceptDeployment(deployment, certificate, deps.clock());
        checkRepresentable(representation, accepted.resolved);
        return accepted;
      },
    });
    request.note(issuedLine(enrollment, timer));
    warnOfUnrecorded(log, requestId, enrollment);
    const issued = renderIssued(enrollment, { ...deps, urlOf: request.urlOf }, asked.name);
    const { resolved } = enrollment.accepted;
    return { status: enrollment.created ? 201 : 200, ...represent(representation, issued, resolved) };
  });
}

const STEPS = { readForEnrollment: READ_MILLISECONDS, reserve: RESERVE_MILLISECONDS };

const environment = readEnvironment([
  'TABLE_NAME',
  'TRUST_DOMAIN',
  'ROOT_IDS',
  'ISSUER_IDS',
  'REVOCATION_URL',
]);
const trustDomain = parseTrustDomain(environment.TRUST_DOMAIN);
if (trustDomain === undefined) throw new AppError('internal', `TRUST_DOMAIN must be ${TRUST_DOMAIN_RULE}`);

const revocationUrl = parseRevocationUrl(environment.REVOCATION_URL);
if (revocationUrl === undefined)
  throw new AppError('internal', `REVOCATION_URL must be ${REVOCATION_URL_RULE}`);

export const handler = enrollHandler({
  store: dynamoIssuanceStore({
    client: dynamoClient(),
    tableName: environment.TABLE_NAME,
    rootIds: listOf(environment.ROOT_IDS),
    issuerIds: listOf(environment.ISSUER_IDS),
  }),
  signer: kmsCaSigner({ onAttempt: logKmsAttempts(log) }),
  clock: systemClock,
  random: (length) => Uint8Array.from(randomBytes(length)),
  pause: setTimeout,
  trustDomain,
  revocationUrl,
});
