import { join } from 'node:path';
import { AwsError } from '../service/aws-service.ts';
import type { Resolved } from '../template/template.ts';
import { objectStore } from './object-store.ts';
import type { Bucket, FindBucket } from './s3.ts';

/** The buckets of the template, found by their names. @param data directory of all buckets; made where missing. */
export function bucketFinder(resources: readonly Resolved[], data: string): FindBucket {
  const buckets = new Map<string, Bucket>();
  for (const { ref, attributes, properties } of resources) {
    const { Status } = (properties['VersioningConfiguration'] ?? {}) as { Status?: string };
    const store = objectStore(join(data, ref), Status === 'Enabled');
    buckets.set(ref, { ...store, arn: attributes['Arn'] ?? '' });
  }
  return (name) => {
    const found = buckets.get(name);
    if (found !== undefined) return found;
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist');
  };
}
