import { readFile, writeFile } from 'node:fs/promises';
import { AwsError, type AwsService } from '../service/aws-service.ts';
import type { Forward } from '../service/forward.ts';
import type { Physical } from '../template/physical.ts';
import type { Resolved } from '../template/template.ts';
import { kmsPermissions } from './kms.ts';

/**
 * Makes the keys of the template in another KMS (`AWS_ENDPOINT_URL_KMS`), once, and answers what they are called there.
 * They get that KMS's default policy: the roles of the template exist only here, where their policies are evaluated.
 *
 * @param file keeps the names for the next start.
 */
export async function makeUpstreamKeys(
  forward: Forward,
  keys: readonly Resolved[],
  file: string,
): Promise<ReadonlyMap<Resolved, Physical>> {
  const kept = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Record<string, Physical>;
  const made = new Map<Resolved, Physical>();
  for (const key of keys) {
    const name = `${key.stack}/${key.logicalId}`;
    const physical = kept[name] ?? (await makeKey(forward, key));
    kept[name] = physical;
    made.set(key, physical);
    await writeFile(file, JSON.stringify(kept, undefined, 2), { mode: 0o600 });
  }
  return made;
}

async function makeKey(forward: Forward, { logicalId, properties }: Resolved): Promise<Physical> {
  const { KeySpec, KeyUsage, Description } = properties;
  const answer = await forward('CreateKey', Buffer.from(JSON.stringify({ KeySpec, KeyUsage, Description })));
  const { KeyMetadata } = JSON.parse(answer.body.toString()) as {
    KeyMetadata?: { KeyId: string; Arn: string };
  };
  if (KeyMetadata === undefined)
    throw new Error(`${logicalId}: the other KMS makes no such key: ${answer.body}`);
  return { ref: KeyMetadata.KeyId, attributes: { KeyId: KeyMetadata.KeyId, Arn: KeyMetadata.Arn } };
}

/** KMS behind the gate, where another one does the work. */
export function upstreamKmsService(forward: Forward, arns: readonly string[]): AwsService {
  return {
    name: 'kms',
    target: 'TrentService',
    contentType: 'application/x-amz-json-1.1',
    permissions: (action, input) => {
      const wanted = String(input['KeyId'] ?? '');
      const arn = arns.find((candidate) => candidate === wanted || candidate.endsWith(`:key/${wanted}`));
      if (arn === undefined) throw new AwsError('NotFoundException', `Key '${wanted}' does not exist`);
      return kmsPermissions(action, input, arn);
    },
    perform: ({ action, body }) => forward(action, body),
  };
}
