import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { AppError } from '../errors/app-error.ts';
import type { ObjectStore, PublishedObject } from '../revocation/ports.ts';

export interface S3ObjectStoreOptions {
  readonly client: S3Client;
  readonly bucketName: string;
}

/** HTTP statuses of S3 (S3 user guide, "How to prevent object overwrites with conditional writes"). */
const NOT_FOUND = 404;
/** Precondition failed; another conditional write is under way; the object to match is gone. */
const CONFLICTS = [412, 409, NOT_FOUND];

/** Seconds after which callers may try again. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Objects in an S3 bucket: what is published, and the archive of certificates. Reads and conditional writes are strongly consistent (S3 user guide, "Amazon S3 data
 * consistency model"). A key is the path without its first slash.
 *
 * The role needs `s3:GetObject` and `s3:PutObject`, and `s3:ListBucket`: without it S3 does not say that an object is
 * missing (API reference of HeadObject).
 */
export function s3ObjectStore({ client, bucketName }: S3ObjectStoreOptions): ObjectStore {
  const at = (path: string) => ({ Bucket: bucketName, Key: path.slice(1) });
  return {
    describe: (path) =>
      unless([NOT_FOUND], undefined, async () =>
        described(await client.send(new HeadObjectCommand(at(path)))),
      ),

    read: (path) =>
      unless([NOT_FOUND], undefined, async () => {
        const answer = await client.send(new GetObjectCommand(at(path)));
        const body = await answer.Body?.transformToByteArray();
        return { ...described(answer), body: body ?? new Uint8Array() };
      }),

    replace: (path, { body, contentType, maxAgeSeconds, metadata }, expected) =>
      unless(CONFLICTS, 'conflict' as const, async () => {
        const command = new PutObjectCommand({
          ...at(path),
          Body: body,
          ContentType: contentType,
          CacheControl: `max-age=${maxAgeSeconds}`,
          Metadata: { ...metadata },
          ...(expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: expected }),
        });
        await client.send(command);
        return 'replaced' as const;
      }),
  };
}

function described(answer: {
  readonly ETag?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}): PublishedObject {
  return { etag: answer.ETag ?? '', metadata: answer.Metadata ?? {} };
}

/** Runs `attempt`; where S3 answers with one of these statuses, the result is `fallback`. */
async function unless<Result, Fallback>(
  statuses: readonly number[],
  fallback: Fallback,
  attempt: () => Promise<Result>,
): Promise<Result | Fallback> {
  try {
    return await attempt();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const missingBucket = cause.name === 'NoSuchBucket';
    const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
    if (status !== undefined && statuses.includes(status) && !missingBucket) return fallback;
    throw isPassing(cause) ? tryAgain(cause) : cause;
  }
}

/** The SDK's own judgement of errors takes an Error with what the SDK may have added to it. */
type SdkError = Parameters<typeof isTransientError>[0];

function isPassing(error: Error): boolean {
  return isThrottlingError(error as SdkError) || isTransientError(error as SdkError);
}

function tryAgain(cause: Error): AppError {
  return new AppError('try_again', 'The object store does not answer. Try again.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
    internal: { reason: cause.name },
  });
}
