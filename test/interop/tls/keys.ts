import { type KeyObject, randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
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

/** Encrypted with the very command of the kit's note; PBES2, PBKDF2 with HMAC-SHA-256 and AES-256-CBC. */
export const ENCRYPTED: KeyForm = encrypted('encrypted as the kit says', {
  verdicts: (kind) => everywhere(kind === 'ed25519' ? NO_ED25519 : 'accepted'),
});

/** What the library says of every encrypted Ed25519 key that it could decrypt. */
const NO_ED25519 = /unknown key type ed25519\.PrivateKey/;

/** Every form of key; the kit allows those of {@link PLAIN} and {@link ENCRYPTED}. */
export const KEY_FORMS: readonly KeyForm[] = [
  PLAIN,
  ENCRYPTED,
  encrypted('encrypted as the kit says, a newline after the passphrase', {
    after: '\n',
    // The library trims it from 0.43.0 on; the kit refuses to rely on that.
    verdicts: (kind) => ({
      current: kind === 'ed25519' ? NO_ED25519 : 'accepted',
      before043: /pkcs8: incorrect password/,
    }),
  }),
  encrypted('encrypted as the kit says, another passphrase', {
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

/** A key that openssl encrypts. @param after - what the file of the passphrase holds behind it. @default '' */
function encrypted(
  name: string,
  form: {
    readonly options?: readonly string[];
    readonly after?: string;
    readonly verdicts: KeyForm['verdicts'];
  },
): KeyForm {
  const { options = recommended(), after = '', verdicts } = form;
  const write: KeyForm['write'] = (key, files) => {
    const passphrase = randomBytes(18).toString('base64');
    const plain = `${files.key}.plain`;
    writeFileSync(plain, pkcs8(key));
    writeFileSync(files.passphrase, passphrase);
    const out = ['-out', files.key, '-passout', `file:${files.passphrase}`];
    openssl('pkcs8', '-topk8', ...options, '-in', plain, ...out);
    rmSync(plain);
    writeFileSync(files.passphrase, passphrase + after);
  };
  return { name, passphrase: true, write, verdicts };
}

/** The options of `openssl pkcs8 -topk8` in the kit's note. @throws Error where the kit recommends no command. */
function recommended(): readonly string[] {
  const { notes } = kitOf({ directory: '/etc/fleetseal', keyPassphraseFile: '/etc/fleetseal/pass' });
  const command = /openssl pkcs8 -topk8 ((?:-\w+ [\w-]+ ?)+)/.exec(
    notes.map(({ message }) => message).join('\n'),
  );
  if (command?.[1] === undefined) throw new Error('the kit does not say how to encrypt the key');
  return command[1].trim().split(' ');
}

function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
