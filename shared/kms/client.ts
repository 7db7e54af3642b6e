import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';

/** Longest wait for one answer of KMS, in milliseconds. */
export const REQUEST_TIMEOUT_MILLISECONDS = 2000;

/**
 * The KMS client of a function, made once when its module loads. One attempt per call: the retries are ours, so that each
 * attempt is logged and recorded with its request id, and none is made behind our back.
 *
 * Without `throwOnRequestTimeout` the SDK would only log that a request took too long (@smithy/types,
 * NodeHttpHandlerOptions).
 *
 * The steps of a call are put together once for each kind of command; left out are the SDK's own log and the trace header
 * that finds functions which invoke themselves. The user agent stays: CloudTrail shows it beside each signature.
 */
export function kmsClient(config: KMSClientConfig = {}): KMSClient {
  const client = new KMSClient({
    maxAttempts: 1,
    cacheMiddleware: true,
    requestHandler: {
      connectionTimeout: 1000,
      requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
      throwOnRequestTimeout: true,
    },
    ...config,
  });
  for (const step of UNREAD) client.middlewareStack.remove(step);
  return client;
}

const UNREAD = ['loggerMiddleware', 'recursionDetectionMiddleware'];
