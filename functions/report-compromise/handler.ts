import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { sentProof } from '../../shared/http/contract/proof.ts';
import { createLog } from '../../shared/observability/log.ts';
import { reportCompromise } from '../../shared/revocation/report-compromise.ts';
import type { RevokeDependencies } from '../../shared/revocation/revoke-certificate.ts';
import { dynamoBlockLedger } from '../../shared/store/block-ledger.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoRevocationLedger } from '../../shared/store/revoke.ts';
import { reportCompromiseBody } from './request.ts';
import { renderReport } from './response.ts';

const log = createLog('report-compromise');

/** `POST /v1/revoke`: revokes a certificate for anyone who proves to hold its key. */
export function reportCompromiseHandler(deps: RevokeDependencies) {
  return api({ name: 'report-compromise', access: 'public', body: reportCompromiseBody }, async (request) => {
    const { requestId, caller } = request;
    const revoked = await reportCompromise(deps, {
      proof: sentProof(request.body),
      sourceIp: caller.sourceIp,
    });
    const [{ serialNumber, name, profile, issuerId }] = revoked;
    log.info('key reported as compromised', { requestId, serialNumber, name, profile, issuerId });
    return { status: 200, json: renderReport(revoked) };
  });
}

const { TABLE_NAME: tableName } = readEnvironment(['TABLE_NAME']);
const options = { client: dynamoClient(), tableName };

export const handler = reportCompromiseHandler({
  ledger: { ...dynamoRevocationLedger(options), ...dynamoBlockLedger(options) },
  clock: systemClock,
  random: (length) => Uint8Array.from(randomBytes(length)),
  pause: setTimeout,
});
