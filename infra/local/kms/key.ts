import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isKeySpec, KEY_SPECS, type KeySpec } from './key-spec.ts';

/** The key states of the local KMS (KMS developer guide, "Key states"). */
export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';

/** A key of the local KMS. For development only: its private key is on disk or in memory. */
export interface KmsKey {
  readonly id: string;
  readonly arn: string;
  readonly keySpec: KeySpec;
  readonly keyUsage: string;
  state: KeyState;
  /** Keeps a state for the next start. @default - it is forgotten */
  keepState?(state: KeyState): Promise<void>;
  readonly privateKey: KeyObject;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
}

/** A KMS key with this private key, enabled. */
export function kmsKey(
  arn: string,
  keySpec: KeySpec,
  privateKey: KeyObject,
  keyUsage = 'SIGN_VERIFY',
): KmsKey {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const id = arn.slice(arn.lastIndexOf('/') + 1);
  return { id, arn, keySpec, keyUsage, state: 'Enabled', privateKey, publicKey };
}

/** Makes key material outside the main thread: an RSA-4096 key takes seconds. */
async function generateMaterial(keySpec: KeySpec): Promise<KeyObject> {
  const spec = KEY_SPECS[keySpec];
  const pair =
    'bits' in spec
      ? await promisify(generateKeyPair)('rsa', { modulusLength: spec.bits })
      : await promisify(generateKeyPair)('ec', { namedCurve: spec.namedCurve });
  return pair.privateKey;
}

/** Whether a private key is of a key spec. */
export function isOfSpec(key: KeyObject, keySpec: KeySpec): boolean {
  const spec = KEY_SPECS[keySpec];
  if ('bits' in spec) return key.asymmetricKeyDetails?.modulusLength === spec.bits;
  return createPublicKey(key).export({ format: 'jwk' }).crv === spec.namedCurve;
}

/** The key spec of a private key; undefined for one that the local KMS does not have. */
export function specOf(key: KeyObject): KeySpec | undefined {
  return Object.keys(KEY_SPECS)
    .filter(isKeySpec)
    .find((spec) => isOfSpec(key, spec));
}

/** Reads key material from a PEM file, which is made when it is missing, readable by its owner only. */
export async function materialIn(file: string, make: () => Promise<KeyObject>): Promise<KeyObject> {
  const pem = await readFile(file, 'utf8').catch(() => undefined);
  if (pem !== undefined) return createPrivateKey(pem);
  const key = await make();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Renamed when it is complete: a crash leaves no partial key.
  const draft = `${file}.${randomUUID()}.tmp`;
  await writeFile(draft, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await rename(draft, file);
  return key;
}

/** Key material number `index` of a directory of ready-made keys; new material where no directory is given. */
export function readyMaterial(
  directory: string | undefined,
  keySpec: KeySpec,
  index: number,
): Promise<KeyObject> {
  const make = () => generateMaterial(keySpec);
  return directory === undefined ? make() : materialIn(join(directory, `${keySpec}-${index}.pem`), make);
}
