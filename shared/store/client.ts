import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/**
 * The DynamoDB client of a function, made once when its module loads. Timeouts are bounded so that a silent connection
 * costs 3 seconds and not a function's whole time; the SDK tries thrice (same ClientRequestToken), contention is retried
 * by this folder on top.
 *
 * Without `throwOnRequestTimeout` the SDK would only log that a request took too long (@smithy/types,
 * NodeHttpHandlerOptions).
 *
 * It does without what costs CPU in each call and nobody reads: the SDK's own log, the trace header that finds functions
 * which invoke themselves, and the user agent, which CloudTrail would show only for data events. The steps of a call are put
 * together once for each kind of command. `npm run bench -- enrollment` measures it.
 */
export function dynamoClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    cacheMiddleware: true,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
    ...config,
  });
  for (const step of UNREAD) client.middlewareStack.remove(step);
  return client;
}

const UNREAD = ['loggerMiddleware', 'recursionDetectionMiddleware', 'getUserAgentMiddleware'];
