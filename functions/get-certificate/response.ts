import * as z from 'zod/mini';
import type { RecordWithDeployments, Successor } from '../../shared/domain/certificate-record.ts';
import { type Instant, toRfc3339 } from '../../shared/domain/instant.ts';
import { KEY_KINDS } from '../../shared/domain/key-kind.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { deploymentSchema } from '../../shared/elastic/deployment/deployment.ts';
import { certificateView, renderCertificate } from '../../shared/http/contract/certificate.ts';
import { renderRevocation, revocationView } from '../../shared/http/contract/revocation.ts';
import { optionalTime, time } from '../../shared/http/contract/words.ts';
import { toPem } from '../../shared/pki/pem.ts';

/** What only the record of one certificate has. */
const details = z.object({
  keyKind: z.enum(KEY_KINDS),
  certificate: z.optional(z.string().check(z.describe('PEM; absent until it is signed.'))),
  revocation: z
    .optional(revocationView)
    .check(z.describe('Why and by whom it was revoked; absent unless it is REVOKED or VOID.')),
  administratorDeployment: z
    .optional(deploymentSchema)
    .check(
      z.describe(
        'The last from an administrator (POST /v1/kits), without its secrets; absent if there is none.',
      ),
    ),
  hostDeployment: z
    .optional(deploymentSchema)
    .check(
      z.describe(
        'The last from the host, with an enrollment, without its secrets; absent if there is none. The host chose what is in it.',
      ),
    ),
  predecessor: z
    .optional(z.string())
    .check(z.describe('Serial number of the certificate that it renews; absent where it was enrolled.')),
  successor: z
    .optional(z.object({ serialNumber: z.string(), confirmedAt: z.optional(time) }))
    .check(z.describe('The certificate that renews it, and since when that is known to be in use.')),
  trustSha256: z
    .optional(z.string())
    .check(z.describe('The trust bundle that the host had when it renewed, as it reported it.')),
  fleetAgentId: z
    .optional(z.string())
    .check(z.describe('Id of the Elastic Agent in Fleet, as the host reported it.')),
  archivedAt: z.optional(time).check(z.describe('When it was moved to the archive; absent unless it was.')),
  exclusiveDns: z
    .boolean()
    .check(z.describe('Whether it claims its DNS names and IP addresses for its name.')),
  tbsSha256: z
    .string()
    .check(z.describe('Hex SHA-256 of the bytes to be signed, recorded before KMS signed them.')),
  sourceIp: z.string().check(z.describe('Address of the caller, as the gateway saw it.')),
  requestId: z.string().check(z.describe('The request that reserved it.')),
  attempts: z
    .array(z.object({ at: time, requestId: z.optional(z.string()), outcome: z.string() }))
    .check(z.describe('Every call of KMS Sign for it; CloudTrail has the same request ids.')),
});

/** The answer to `GET /v1/certificates/{serial}`. */
export const certificateAnswer = z.intersection(certificateView, details);

/** The record as it is at `now`. */
export function renderRecord(record: RecordWithDeployments, now: Instant): z.infer<typeof certificateAnswer> {
  const { certificate, administratorDeployment, hostDeployment, revocation, successor } = record;
  return withoutUndefined({
    ...renderCertificate(withoutUndefined({ ...record, revokedAt: revocation?.revokedAt }), now),
    revocation: revocation && renderRevocation(revocation),
    keyKind: record.keyKind,
    certificate: certificate && toPem('CERTIFICATE', certificate),
    administratorDeployment: parsed(administratorDeployment),
    hostDeployment: parsed(hostDeployment),
    predecessor: record.predecessor,
    successor: successor && renderSuccessor(successor),
    trustSha256: record.trustSha256,
    fleetAgentId: record.fleetAgentId,
    archivedAt: optionalTime(record.archivedAt),
    exclusiveDns: record.exclusiveDns,
    tbsSha256: record.tbsSha256,
    sourceIp: record.sourceIp,
    requestId: record.requestId,
    attempts: record.attempts.map(({ at, requestId, outcome }) =>
      withoutUndefined({ at: toRfc3339(at), requestId, outcome }),
    ),
  });
}

function renderSuccessor({ serialNumber, confirmedAt }: Successor) {
  return withoutUndefined({ serialNumber, confirmedAt: optionalTime(confirmedAt) });
}

/** A deployment as it was recorded. */
function parsed(deployment: string | undefined): z.infer<typeof deploymentSchema> | undefined {
  return deployment === undefined ? undefined : JSON.parse(deployment);
}
