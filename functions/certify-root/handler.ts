import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { parseRevocationUrl, REVOCATION_URL_RULE } from '../../shared/domain/revocation-url.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { api } from '../../shared/http/api.ts';
import { renderRoot, rootPath } from '../../shared/http/contract/root.ts';
import { recordedCeremonies } from '../../shared/issuance/recorded-ceremonies.ts';
import { NOT_ENABLED, rootCustody } from '../../shared/issuance/root-custody.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { kmsKeyStates } from '../../shared/kms/key-states.ts';
import { logKmsAttempts } from '../../shared/observability/kms-attempts.ts';
import { createLog } from '../../shared/observability/log.ts';
import { toPem } from '../../shared/pki/pem.ts';
import { type CertifyRootDependencies, certifyRoot } from '../../shared/rotation/certify-root.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoCeremonyLog } from '../../shared/store/ceremony-log.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoRootStore } from '../../shared/store/root-store.ts';
import { dynamoSlotStore } from '../../shared/store/slot-store.ts';

/** `POST /v1/roots/{id}/certify`: makes the next root, and has the active one sign its cross-certificate; safe to repeat. */
export function certifyRootHandler(deps: CertifyRootDependencies) {
  return api({ name: 'certify-root', access: 'iam', path: rootPath }, async ({ path, caller }) => {
    const { root, created } = await certifyRoot(deps, { id: path.id, by: caller.principal });
    return {
      status: created ? 201 : 200,
      json: renderRoot(root, (certificate) => toPem('CERTIFICATE', certificate)),
    };
  });
}

const environment = readEnvironment(['TABLE_NAME', 'REVOCATION_URL']);
const revocationUrl = parseRevocationUrl(environment.REVOCATION_URL);
if (revocationUrl === undefined)
  throw new AppError('internal', `REVOCATION_URL must be ${REVOCATION_URL_RULE}`);
const log = createLog('certify-root');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = certifyRootHandler({
  slots: dynamoSlotStore(table),
  authority: dynamoAuthorityStore(table),
  roots: dynamoRootStore(table),
  signer: recordedCeremonies(kmsCaSigner({ onAttempt: logKmsAttempts(log) }), {
    authority: dynamoAuthorityStore(table),
    ceremonies: dynamoCeremonyLog(table),
    clock: systemClock,
    onUnrecorded: (error) => log.warn('ceremony not recorded', { error }),
    custody: rootCustody({
      slots: dynamoSlotStore(table),
      signer: kmsCaSigner({ onAttempt: logKmsAttempts(log, { awaited: NOT_ENABLED }) }),
      keys: kmsKeyStates({ onAttempt: logKmsAttempts(log) }),
      ceremonies: dynamoCeremonyLog(table),
      clock: systemClock,
      pause: setTimeout,
      onLeftEnabled: (error) => log.warn('root key not disabled', { error }),
    }),
  }),
  clock: systemClock,
  random: (length) => Uint8Array.from(randomBytes(length)),
  revocationUrl,
});
