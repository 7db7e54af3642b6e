import { join } from 'node:path';
import { type Forward, forwardTo } from './dynamodb.ts';
import { startDynoxide } from './dynoxide.ts';
import { readyMaterial } from './kms.ts';
import { generateMaterial, type KmsKey, kmsKey, materialIn } from './kms-key.ts';
import { isKeySpec } from './kms-key-spec.ts';
import type { Resolved } from './template.ts';

/**
 * The keys of the template, from PEM files in `directory`; they are made at the first start. RSA keys take seconds, so
 * all are made at once.
 *
 * @param material directory of ready-made key material to begin with.
 */
export function keysOf(
  keys: readonly Resolved[],
  directory: string,
  material: string | undefined,
): Promise<readonly KmsKey[]> {
  return Promise.all(
    keys.map(async ({ ref, logicalId, attributes, properties }, index) => {
      const { KeySpec = 'SYMMETRIC_DEFAULT', KeyUsage = 'ENCRYPT_DECRYPT' } = properties;
      if (!isKeySpec(KeySpec))
        throw new Error(`${logicalId}: the local KMS makes no key of spec ${String(KeySpec)}`);
      const make = () =>
        material === undefined ? generateMaterial(KeySpec) : readyMaterial(material, KeySpec, index);
      const privateKey = await materialIn(join(directory, `${ref}.pem`), make);
      return kmsKey(attributes['Arn'] ?? '', KeySpec, privateKey, String(KeyUsage));
    }),
  );
}

/** Where the tables are. */
export interface TableEngine {
  readonly forward: Forward;
  stop(): Promise<void>;
}

/** The embedded DynamoDB, with its data in `file`; or the one that `endpoint` names. */
export async function startTables(file: string, endpoint: string | undefined): Promise<TableEngine> {
  if (endpoint !== undefined) return { forward: forwardTo(endpoint), stop: async () => {} };
  const engine = await startDynoxide(file);
  return { forward: forwardTo(engine.url), stop: engine.stop };
}
