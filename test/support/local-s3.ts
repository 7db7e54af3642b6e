import { storedBuckets } from '../../infra/local/s3/buckets.ts';
import { s3Service } from '../../infra/local/s3/s3.ts';
import { upstreamS3Service } from '../../infra/local/s3/upstream.ts';
import type { CallLog } from '../../infra/local/service/calls.ts';
import { createClock } from '../../infra/local/service/clock.ts';
import { startGate } from '../../infra/local/service/gate.ts';
import type { Faults } from './faults.ts';
import { openBoundary } from './open-boundary.ts';

/** A local S3 that runs alone, for tests of what speaks to S3. */
export interface LocalS3 {
  /** For `AWS_ENDPOINT_URL_S3`. */
  readonly url: string;
  readonly calls: CallLog;
  readonly faults: Faults;
  stop(): Promise<void>;
}

/**
 * Starts an S3 with empty buckets that keep versions; any credentials do. `AWS_ENDPOINT_URL_S3` names another engine.
 *
 * @param directory where the objects are kept.
 */
export async function startS3(directory: string, bucketNames: readonly string[]): Promise<LocalS3> {
  const buckets = bucketNames.map((name) => ({
    logicalId: name,
    type: 'AWS::S3::Bucket',
    stack: 'test',
    retained: true,
    ref: name,
    attributes: { Arn: `arn:aws:s3:::${name}` },
    properties: { VersioningConfiguration: { Status: 'Enabled' } },
  }));
  const boundary = openBoundary();
  const elsewhere = process.env['AWS_ENDPOINT_URL_S3'];
  const service = elsewhere
    ? await upstreamS3Service(elsewhere, buckets)
    : s3Service(storedBuckets(buckets, directory), createClock());
  const gate = await startGate(service, boundary);
  return { url: gate.url, calls: boundary.calls, faults: boundary.faults, stop: gate.close };
}
