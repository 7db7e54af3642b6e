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
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { negotiate } from '../../shared/http/accept.ts';
import { api } from '../../shared/http/api.ts';
import { sentProof } from '../../shared/http/contract/proof.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { ISSUING, issuedLine, timeIssuing, warnOfUnrecorded } from '../../shared/observability/issuing.ts';
import { logKmsAttempts } from '../../shared/observability/kms-attempts.ts';
import { createLog } from '../../shared/observability/log.ts';
import { stepTimer } from '../../shared/observability/step-timer.ts';
import { readRenewalProof } from '../../shared/pki/proof/renewal-proof.ts';
import { presentProof } from '../../shared/rotation/present-proof.ts';
import { renew } from '../../shared/rotation/renew.ts';
import type { RenewalDependencies } from '../../shared/rotation/renewing.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoRenewalStore } from '../../shared/store/renewal-store.ts';
import { renewBody } from './request.ts';

const log = createLog('renew-certificate');

/** `POST /v1/renew`: 201 with the certificate that renews the presented one, 200 with the one that did for this key already. */
export function renewCertificateHandler(deps: RenewalDependencies) {
  const route = {
    name: 'renew-certificate',
    access: 'public',
    body: renewBody,
    measures: ISSUING,
  } as const;
  return api(route, async (request) => {
    const { body, requestId, urlOf } = request;
    const { deployment, trustSha256, fleetAgentId } = body;
    const representation = negotiate(request.header('accept'), REPRESENTATIONS);
    const proof = readRenewalProof(sentProof(body));
    const timer = stepTimer();
    const renewal = await renew(timeIssuing(timer, deps, STEPS), {
      ...withoutUndefined({ trustSha256, fleetAgentId }),
      ...proof,
      presented: presentProof(proof, { clock: deps.clock, endpoint: urlOf('/renew') }),
      csrPointer: body.cms === undefined ? '#/jws' : '#/cms',
      sourceIp: request.caller.sourceIp,
      requestId,
      accept: (certificate) => {
        const accepted = acceptDeployment(deployment, certificate);
        checkRepresentable(representation, accepted.resolved);
        return accepted;
      },
    });
    request.note(issuedLine(renewal, timer));
    warnOfUnrecorded(log, requestId, renewal);
    const issued = renderIssued(renewal, { ...deps, urlOf }, renewal.record.name);
    const { resolved } = renewal.accepted;
    return { status: renewal.created ? 201 : 200, ...represent(representation, issued, resolved) };
  });
}

const STEPS = { readForRenewal: READ_MILLISECONDS, reserveSuccessor: RESERVE_MILLISECONDS };

const environment = readEnvironment([
  'TABLE_NAME',
  'TRUST_DOMAIN',
  'ROOT_IDS',
  'ISSUER_IDS',
  'REVOCATION_URL',
  'RENEWAL_GRACE_SECONDS',
]);
const trustDomain = parseTrustDomain(environment.TRUST_DOMAIN);
if (trustDomain === undefined) throw new AppError('internal', `TRUST_DOMAIN must be ${TRUST_DOMAIN_RULE}`);

const revocationUrl = parseRevocationUrl(environment.REVOCATION_URL);
if (revocationUrl === undefined)
  throw new AppError('internal', `REVOCATION_URL must be ${REVOCATION_URL_RULE}`);

export const handler = renewCertificateHandler({
  store: dynamoRenewalStore({
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
  graceSeconds: Number(environment.RENEWAL_GRACE_SECONDS),
});
