import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { renderIssuer } from '../../shared/http/contract/issuer.ts';
import { recordedCeremonies } from '../../shared/issuance/recorded-ceremonies.ts';
import { NOT_ENABLED, rootCustody } from '../../shared/issuance/root-custody.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { kmsKeyStates } from '../../shared/kms/key-states.ts';
import { logKmsAttempts } from '../../shared/observability/kms-attempts.ts';
import { createLog } from '../../shared/observability/log.ts';
import { toPem } from '../../shared/pki/pem.ts';
import {
  type CreateNextIssuerDependencies,
  createNextIssuer,
} from '../../shared/rotation/create-next-issuer.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoCeremonyLog } from '../../shared/store/ceremony-log.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoExternalIssuerStore } from '../../shared/store/external-issuer-store.ts';
import { dynamoSlotStore } from '../../shared/store/slot-store.ts';
import { certifyIssuerBody } from './request.ts';

/** `POST /v1/issuers`: has the root certify the next issuer, or makes its CSR for an external root; safe to repeat. */
export function certifyIssuerHandler(deps: CreateNextIssuerDependencies) {
  const route = {
    name: 'certify-issuer',
    access: 'iam',
    body: certifyIssuerBody,
    bodyIsOptional: true,
  } as const;
  return api(route, async ({ body, caller }) => {
    const { issuer, created } = await createNextIssuer(deps, { id: body.id, by: caller.principal });
    const json = renderIssuer(issuer, toPem);
    return { status: created ? 201 : 200, json };
  });
}

const environment = readEnvironment(['TABLE_NAME']);
const log = createLog('certify-issuer');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = certifyIssuerHandler({
  slots: dynamoSlotStore(table),
  authority: dynamoAuthorityStore(table),
  external: dynamoExternalIssuerStore(table),
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
});
