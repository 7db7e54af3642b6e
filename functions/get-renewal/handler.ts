import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { api } from '../../shared/http/api.ts';
import { certificatePath } from '../../shared/http/contract/certificate-path.ts';
import { type ReadRenewalDependencies, readRenewal } from '../../shared/rotation/read-renewal.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoRenewalRecords } from '../../shared/store/renewal-records.ts';
import { dynamoReplacements } from '../../shared/store/replacement-store.ts';
import { renderRenewal } from './response.ts';

/**
 * `GET /v1/renewal/{serial}`: when a certificate should be renewed, for anyone who knows its serial number.
 *
 * Only the caller may cache it, for as long as it should wait before it asks again: a shared cache would hold back what an
 * administrator decides.
 */
export function getRenewalHandler(deps: ReadRenewalDependencies) {
  return api({ name: 'get-renewal', access: 'public', path: certificatePath }, async ({ path }) => {
    const renewal = await readRenewal(deps, path.serial);
    if (renewal === undefined) throw new AppError('not_found', 'No certificate has this serial number.');
    const { retryAfterSeconds } = renewal;
    const headers = {
      'cache-control': `private, max-age=${retryAfterSeconds}`,
      'retry-after': String(retryAfterSeconds),
    };
    return { status: 200, json: renderRenewal(renewal), headers };
  });
}

const environment = readEnvironment(['TABLE_NAME']);
const options = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = getRenewalHandler({
  store: {
    ...dynamoRenewalRecords(options),
    ...dynamoReplacements(options),
    ...unfencedAuthorityReader(options),
  },
  clock: systemClock,
});
