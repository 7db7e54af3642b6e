import { AwsError, type AwsService } from '../service/aws-service.ts';
import type { Forward } from '../service/forward.ts';
import { jsonProtocol, KMS } from '../service/json-protocol.ts';
import type { Physical } from '../template/place.ts';
import { readState, writeState } from '../template/state-file.ts';
import type { Resolved } from '../template/template.ts';
import { kmsPermissions } from './kms.ts';

/**
 * Makes the keys of the template in another KMS (`AWS_ENDPOINT_URL_KMS`), once, and returns their names there. They get
 * that KMS's default policy: the roles of the template exist only here, where their policies are evaluated.
 *
 * @param file keeps the names for the next start.
 */
export async function makeUpstreamKeys(
  forward: Forward,
  keys: readonly Resolved[],
  file: string,
): Promise<ReadonlyMap<Resolved, Physical>> {
  const kept = await readState<Record<string, Physical>>(file, {});
  const made = new Map<Resolved, Physical>();
  for (const key of keys) {
    const name = `${key.stack}/${key.logicalId}`;
    const physical = kept[name] ?? (await makeKey(forward, key));
    kept[name] = physical;
    made.set(key, physical);
    await writeState(file, kept);
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
    throw new Error(`${logicalId}: the other KMS did not create this key: ${answer.body}`);
  return { ref: KeyMetadata.KeyId, attributes: { KeyId: KeyMetadata.KeyId, Arn: KeyMetadata.Arn } };
}

/** The service of another KMS, with the permissions of the template. */
export function upstreamKmsService(forward: Forward, arns: readonly string[]): AwsService {
  return {
    name: 'kms',
    protocol: jsonProtocol(KMS),
    permissions: (action, input) => {
      const wanted = String(input['KeyId'] ?? '');
      const arn = arns.find((candidate) => candidate === wanted || candidate.endsWith(`:key/${wanted}`));
      if (arn === undefined) throw new AwsError('NotFoundException', `Key '${wanted}' does not exist`);
      return kmsPermissions(action, input, arn);
    },
    perform: ({ action, body }) => forward(action, body),
  };
}
