import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { sentProof } from '../../shared/http/contract/proof.ts';
import { createLog } from '../../shared/observability/log.ts';
import { readConfirmationProof } from '../../shared/pki/proof/confirmation-proof.ts';
import { type ConfirmDependencies, confirmRenewal } from '../../shared/rotation/confirm-renewal.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoConfirmationLedger } from '../../shared/store/confirm-successor.ts';
import { confirmRenewalBody } from './request.ts';

const log = createLog('confirm-renewal');

/** `POST /v1/renew/confirm`: the new certificate works, so that the previous one renews nothing more. */
export function confirmRenewalHandler(deps: ConfirmDependencies) {
  return api({ name: 'confirm-renewal', access: 'public', body: confirmRenewalBody }, async (request) => {
    const { requestId, caller, urlOf } = request;
    const { predecessor, successor, isNew } = await confirmRenewal(deps, {
      proof: readConfirmationProof(sentProof(request.body)),
      endpoint: urlOf('/renew/confirm'),
      sourceIp: caller.sourceIp,
    });
    const { serialNumber, name, profile } = successor;
    const outcome = isNew ? 'confirmed' : 'repeated';
    log.info('confirmation', {
      ...{ requestId, outcome, serialNumber, name, profile },
      predecessor: predecessor.serialNumber,
    });
    return { status: 204 };
  });
}

const { TABLE_NAME: tableName } = readEnvironment(['TABLE_NAME']);

export const handler = confirmRenewalHandler({
  ledger: dynamoConfirmationLedger({ client: dynamoClient(), tableName }),
  clock: systemClock,
});
