import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/**
 * The S3 client of a function, made once when its module loads. A list of a million entries is 51 MB, which S3 takes
 * within seconds. The SDK tries thrice; a conditional write that is repeated after a lost answer is refused by S3, which
 * is a conflict for the caller.
 *
 * Without `throwOnRequestTimeout` the SDK would only log that a request took too long (@smithy/types,
 * NodeHttpHandlerOptions).
 */
export function s3Client(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 20_000, throwOnRequestTimeout: true },
    ...config,
  });
}
