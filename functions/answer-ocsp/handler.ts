import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { logKmsAttempts } from '../../shared/observability/kms-attempts.ts';
import { createLog, type Log } from '../../shared/observability/log.ts';
import { readRequest } from '../../shared/pki/ocsp/request.ts';
import { type AnswerOcspDependencies, answerOcsp } from '../../shared/revocation/answer-ocsp.ts';
import { authorityReader } from '../../shared/revocation/ocsp-authority.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoOcspStore } from '../../shared/store/ocsp-store.ts';
import { dynamoAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoResponderStore } from '../../shared/store/responder-store.ts';
import { readKnownTags, readOctets } from './request.ts';
import { errorResult, signedResult } from './response.ts';

/** What the function works with; tests give it fakes. */
export interface AnswerOcspOptions extends AnswerOcspDependencies {
  readonly log: Log;
  /** The longest that caches may keep a response. */
  readonly cacheSeconds: number;
}

/** Hex digits of the longest serial number (RFC 5280 section 4.1.2.2: 20 octets); requests may have longer ones. */
const LOGGED_DIGITS = 40;

/**
 * `GET /ocsp/<base64>` and `POST /ocsp`: OCSP (RFC 6960, RFC 9919). Public; no request fails with a status of 5xx. The
 * gateway logs each request; a line here is about what was not served as it was stored.
 */
export function answerOcspHandler(options: AnswerOcspOptions) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const result = await respond(options, event).catch((error: unknown) => fail(options, event, error));
    return event.httpMethod === 'HEAD' ? { ...result, body: '', isBase64Encoded: false } : result;
  };
}

async function respond(
  options: AnswerOcspOptions,
  event: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> {
  const { log, clock, cacheSeconds } = options;
  const { requestId } = event.requestContext;
  const octets = readOctets(event);
  if (octets === 'method')
    return errorResult('malformedRequest', { statusCode: 405, headers: { allow: 'GET, HEAD, POST' } });
  if (octets === 'too-large') return errorResult('malformedRequest', { statusCode: 413 });
  const request =
    octets === 'malformed' ? ({ kind: octets, why: 'not base64' } as const) : readRequest(octets);
  if (request.kind === 'malformed') {
    log.info('malformed request', { requestId, reason: request.why });
    return errorResult('malformedRequest');
  }
  if (request.kind === 'other-hash') return errorResult('unauthorized');
  const answer = await answerOcsp(options, request.certId);
  const serialNumber = request.certId.serialNumber.slice(0, LOGGED_DIGITS);
  if (answer.kind === 'error') {
    log[answer.status === 'unauthorized' ? 'info' : 'warn']('not answered', {
      requestId,
      serialNumber,
      outcome: answer.status,
      reason: answer.why,
    });
    return errorResult(answer.status);
  }
  const { response, from } = answer;
  if (from === 'signer')
    log.info('response signed', { requestId, serialNumber, state: response.status.state });
  return signedResult(response, { now: clock(), cacheSeconds, known: readKnownTags(event) });
}

/** Of a store that does not answer, and of a ledger that is fenced after a restore. */
const TRY_LATER: readonly ErrorCode[] = ['try_again', 'authority_not_ready'];

function fail(
  { log }: AnswerOcspOptions,
  event: APIGatewayProxyEvent,
  error: unknown,
): APIGatewayProxyResult {
  const isPassing = error instanceof AppError && TRY_LATER.includes(error.code);
  const { requestId } = event.requestContext;
  log.error('not answered', { requestId, outcome: isPassing ? 'tryLater' : 'internalError', error });
  return errorResult(isPassing ? 'tryLater' : 'internalError');
}

/** For all attempts of one signature: less than a lease, so that nobody else signs meanwhile. */
const SIGNING_BUDGET_MILLISECONDS = 4000;

const environment = readEnvironment([
  'TABLE_NAME',
  'RESPONDER_KEY_ARN',
  'LIST_CACHE_SECONDS',
  'OCSP_LIFETIME_SECONDS',
]);
const log = createLog('answer-ocsp');
const options = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = answerOcspHandler({
  log,
  store: dynamoOcspStore(options),
  readAuthority: authorityReader({
    authority: dynamoAuthorityReader(options),
    responders: dynamoResponderStore(options),
    clock: systemClock,
  }),
  signer: kmsCaSigner({
    onAttempt: logKmsAttempts(log),
    budgetMilliseconds: SIGNING_BUDGET_MILLISECONDS,
    // At most one signature under a lease: a signature whose answer was lost is made again under the next one.
    repeatUnanswered: false,
  }),
  keyArn: environment.RESPONDER_KEY_ARN,
  lifetimeSeconds: Number(environment.OCSP_LIFETIME_SECONDS),
  cacheSeconds: Number(environment.LIST_CACHE_SECONDS),
  clock: systemClock,
  pause: setTimeout,
  random: (length) => Uint8Array.from(randomBytes(length)),
});
