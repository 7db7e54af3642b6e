import { join } from 'node:path';
import { AwsError } from '../service/aws-service.ts';
import type { Resolved } from '../template/template.ts';
import { type ObjectStore, objectStore } from './object-store.ts';

/** A bucket of the template. */
export interface Bucket extends Pick<ObjectStore, 'has'> {
  readonly arn: string;
}

/** Looks a bucket up by its name. @throws AwsError where it does not exist. */
export type FindBucket<Found extends Bucket = Bucket> = (name: string) => Found;

/** Finds the buckets of the template by their names. @param open makes what a bucket needs. */
export function bucketFinder<Opened extends Omit<Bucket, 'arn'>>(
  resources: readonly Resolved[],
  open: (resource: Resolved) => Opened,
): FindBucket<Opened & Bucket> {
  const buckets = new Map(
    resources.map((each) => [each.ref, { ...open(each), arn: each.attributes['Arn'] ?? '' }]),
  );
  return (name) => {
    const found = buckets.get(name);
    if (found !== undefined) return found;
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist');
  };
}

/** The objects of the buckets of the template. @param data directory of all buckets; made where missing. */
export function storedBuckets(
  resources: readonly Resolved[],
  data: string,
): FindBucket<Bucket & ObjectStore> {
  return bucketFinder(resources, ({ ref, properties }) => {
    const { Status } = (properties['VersioningConfiguration'] ?? {}) as { Status?: string };
    return objectStore(join(data, ref), Status === 'Enabled');
  });
}
