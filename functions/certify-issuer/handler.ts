import { randomBytes } from 'node:crypto';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { renderIssuer } from '../../shared/http/contract/issuer.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { logKmsAttempts } from '../../shared/observability/kms-attempts.ts';
import { createLog } from '../../shared/observability/log.ts';
import { toPem } from '../../shared/pki/pem.ts';
import {
  type CertifyNextIssuerDependencies,
  certifyNextIssuer,
} from '../../shared/rotation/certify-next-issuer.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoSlotStore } from '../../shared/store/slot-store.ts';
import { certifyIssuerBody } from './request.ts';

/** `POST /v1/issuers`: has the root certify the next issuer; safe to repeat. */
export function certifyIssuerHandler(deps: CertifyNextIssuerDependencies) {
  const route = {
    name: 'certify-issuer',
    access: 'iam',
    body: certifyIssuerBody,
    bodyIsOptional: true,
  } as const;
  return api(route, async ({ body, caller }) => {
    const { issuer, created } = await certifyNextIssuer(deps, { id: body.id, by: caller.principal });
    const json = renderIssuer(issuer, (certificate) => toPem('CERTIFICATE', certificate));
    return { status: created ? 201 : 200, json };
  });
}

const environment = readEnvironment(['TABLE_NAME']);
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = certifyIssuerHandler({
  slots: dynamoSlotStore(table),
  authority: dynamoAuthorityStore(table),
  signer: kmsCaSigner({ onAttempt: logKmsAttempts(createLog('certify-issuer')) }),
  clock: systemClock,
  random: (length) => Uint8Array.from(randomBytes(length)),
});
