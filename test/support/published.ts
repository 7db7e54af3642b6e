import { s3Client } from '../../shared/publish/client.ts';
import { s3ObjectStore } from '../../shared/publish/object-store.ts';
import type { ObjectStore } from '../../shared/revocation/ports.ts';
import type { TestCloud } from './cloud.ts';
import { readList } from './revocation-lists.ts';

/** What a local cloud has published, read from its bucket, past every cache. */
export class Published {
  readonly objects: ObjectStore;

  /** @param bucketName - @default the one that the deployment published to */
  constructor(cloud: TestCloud, bucketName = bucketOf(cloud)) {
    const { local } = cloud;
    const { credentials, endpoints } = local.sessionOf('publish-crls');
    const client = s3Client({ region: local.region, credentials, endpoint: endpoints.s3 });
    this.objects = s3ObjectStore({ client, bucketName });
  }

  /** What pkijs reads of the list at this path. */
  async list(path: string) {
    const found = await this.objects.read(path);
    if (found === undefined) throw new Error(`${path} is not published`);
    return readList(found.body);
  }

  async serials(path: string): Promise<readonly string[]> {
    return (await this.list(path)).entries.map(({ serialNumber }) => serialNumber);
  }
}

/** By the uploads at the deployment. */
export function bucketOf({ local }: TestCloud): string {
  const upload = local.calls.all().find(({ action }) => action === 'PutObject');
  const [, name] = /^arn:aws:s3:::([^/]+)/.exec(upload?.resources[0] ?? '') ?? [];
  if (name === undefined) throw new Error('nothing was published');
  return name;
}
