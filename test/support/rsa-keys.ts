import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_MATERIAL } from './assembly.ts';

/** How many keys of each length this test file has had. */
const handedOut = new Map<number, number>();

/**
 * An RSA key that this test file has not had yet. They take seconds to make, so they are kept on disk: the nth key of a
 * length is the same in every test file and every run. A fresh clone makes its own.
 */
export function nextRsaKey(bits: number): KeyObject {
  const index = handedOut.get(bits) ?? 0;
  handedOut.set(bits, index + 1);
  const file = join(KEY_MATERIAL, `rsa-${bits}-${index}.pem`);
  return kept(file) ?? keep(file, generateKeyPairSync('rsa', { modulusLength: bits }).privateKey);
}

function kept(file: string): KeyObject | undefined {
  try {
    return createPrivateKey(readFileSync(file));
  } catch {
    return undefined;
  }
}

/** Written whole before it has its name: another test file may read it at the same time. */
function keep(file: string, key: KeyObject): KeyObject {
  mkdirSync(KEY_MATERIAL, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}.tmp`;
  writeFileSync(draft, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  renameSync(draft, file);
  return key;
}
