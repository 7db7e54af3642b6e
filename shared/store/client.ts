import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/**
 * The DynamoDB client of a function, made once when its module loads. Timeouts are bounded so that a silent connection
 * costs 3 seconds and not a function's whole time; the SDK tries thrice (same ClientRequestToken), contention is retried
 * by this folder on top.
 *
 * Without `throwOnRequestTimeout` the SDK would only log that a request took too long (@smithy/types,
 * NodeHttpHandlerOptions).
 */
export function dynamoClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
    ...config,
  });
}
