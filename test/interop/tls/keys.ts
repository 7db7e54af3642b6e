import { execFileSync } from 'node:child_process';
import { type KeyObject, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { openssl } from '../../support/openssl.ts';
import { kitOf } from './kits.ts';
import { everywhere, type Verdicts } from './verdict.ts';

/** A way to keep a private key in a file. */
export interface KeyForm {
  readonly name: string;
  /** Whether a file with a passphrase comes with it. */
  readonly passphrase: boolean;
  readonly write: (key: KeyObject, files: KeyFiles) => void;
  /** What Elastic's library makes of it. */
  readonly verdicts: (kind: KeyKind) => Verdicts;
}

interface KeyFiles {
  readonly key: string;
  readonly passphrase: string;
}

/** PKCS#8 without encryption: what every component takes. */
export const PLAIN: KeyForm = {
  name: 'PKCS#8',
  passphrase: false,
  write: (key, files) => writeFileSync(files.key, pkcs8(key)),
  verdicts: () => everywhere('accepted'),
};

/** Encrypted by the very script of the kit; PBES2, PBKDF2 with HMAC-SHA-256 and AES-256-CBC. */
export const ENCRYPTED: KeyForm = encrypted('encrypted by the kit', {
  verdicts: (kind) => everywhere(kind === 'ed25519' ? NO_ED25519 : 'accepted'),
});

/** What the library says of every encrypted Ed25519 key that it could decrypt. */
const NO_ED25519 = /unknown key type ed25519\.PrivateKey/;

/** Every form of key; the kit allows those of {@link PLAIN} and {@link ENCRYPTED}. */
export const KEY_FORMS: readonly KeyForm[] = [
  PLAIN,
  ENCRYPTED,
  encrypted('encrypted by the kit, a newline after the passphrase', {
    after: '\n',
    // The library trims it from 0.43.0 on; the kit refuses to rely on that.
    verdicts: (kind) => ({
      current: kind === 'ed25519' ? NO_ED25519 : 'accepted',
      before043: /pkcs8: incorrect password/,
    }),
  }),
  encrypted('encrypted by the kit, another passphrase', {
    after: 'x',
    verdicts: () => everywhere(/pkcs8: incorrect password/),
  }),
  encrypted('encrypted with PBES2 and HMAC-SHA-512', {
    options: ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512'],
    verdicts: () => everywhere(/pkcs8: unsupported hash function/),
  }),
  encrypted('encrypted with PBES1', {
    options: ['-v1', 'PBE-SHA1-3DES'],
    verdicts: () => everywhere(/only PBES2 supported/),
  }),
];

/**
 * A key that openssl encrypts.
 *
 * @param options - of `openssl pkcs8`. @default - the kit's script does it
 * @param after - what the file of the passphrase holds behind it. @default - nothing
 */
function encrypted(
  name: string,
  form: {
    readonly options?: readonly string[];
    readonly after?: string;
    readonly verdicts: KeyForm['verdicts'];
  },
): KeyForm {
  const { options, after = '', verdicts } = form;
  const write: KeyForm['write'] = (key, files) => {
    const scratch = `${files.key}.scratch`;
    mkdirSync(scratch);
    const made = { key: join(scratch, 'agent.key'), passphrase: join(scratch, 'agent.pass') };
    writeFileSync(made.key, pkcs8(key));
    if (options === undefined) runScript(scratch, made.passphrase);
    else encryptWith(options, made);
    renameSync(made.key, files.key);
    writeFileSync(files.passphrase, readFileSync(made.passphrase, 'utf8') + after);
    rmSync(scratch, { recursive: true });
  };
  return { name, passphrase: true, write, verdicts };
}

/** What `kit.keyEncryption` does to the key of an agent, whose account is the one that runs this. */
function runScript(directory: string, keyPassphraseFile: string): void {
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
  const agent = { unprivileged: true, user: userInfo().username, group };
  const script = kitOf({ directory, keyPassphraseFile, agent }).keyEncryption?.shell;
  if (script === undefined) throw new Error('the kit has no script that encrypts the key');
  execFileSync('sh', { input: script, stdio: ['pipe', 'ignore', 'pipe'] });
}

function encryptWith(options: readonly string[], { key, passphrase }: KeyFiles): void {
  writeFileSync(passphrase, randomBytes(18).toString('base64'));
  const plain = `${key}.plain`;
  renameSync(key, plain);
  openssl('pkcs8', '-topk8', ...options, '-in', plain, '-out', key, '-passout', `file:${passphrase}`);
}

function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
