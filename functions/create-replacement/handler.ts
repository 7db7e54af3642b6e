import { randomBytes } from 'node:crypto';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { renderReplacement } from '../../shared/http/contract/replacement.ts';
import { type ReplaceDependencies, replaceCertificates } from '../../shared/rotation/replace-certificates.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoSelectedCertificates } from '../../shared/store/count-selected.ts';
import { dynamoReplacementStore } from '../../shared/store/replacement-store.ts';
import { createReplacementBody, selectorOf } from './request.ts';

/** `POST /v1/replacements`: moves the renewal windows of certificates forward; 200 where the same was asked before. */
export function createReplacementHandler(deps: Omit<ReplaceDependencies, 'remainingMilliseconds'>) {
  const route = { name: 'create-replacement', access: 'iam', body: createReplacementBody } as const;
  return api(route, async ({ body, caller }, context) => {
    const remainingMilliseconds = () => context.getRemainingTimeInMillis();
    const request = { selector: selectorOf(body), by: body.by, createdBy: caller.principal };
    const { replacement, created } = await replaceCertificates({ ...deps, remainingMilliseconds }, request);
    return { status: created ? 201 : 200, json: renderReplacement(replacement) };
  });
}

const environment = readEnvironment(['TABLE_NAME', 'KMS_SIGNATURES_PER_SECOND']);
const options = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = createReplacementHandler({
  store: { ...dynamoReplacementStore(options), ...dynamoSelectedCertificates(options) },
  clock: systemClock,
  random: (length) => Uint8Array.from(randomBytes(length)),
  kmsSignaturesPerSecond: Number(environment.KMS_SIGNATURES_PER_SECOND),
});
