import type { OperatingSystem } from '../deployment/paths.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { secretPlace } from '../files/access.ts';
import { keyFile } from '../files/certificate.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import { info, type Note, warning } from '../kit/note.ts';
import type { Section } from '../kit/section.ts';
import { powershellScript } from './powershell-script.ts';
import { shellScript } from './shell-script.ts';

/*
 * The private key and its passphrase where keyPassphraseFile is given: profiles agent, fleet-server and output-client.
 *
 * - Renders a script, for POSIX sh or PowerShell, that makes the passphrase if there is none, encrypts the key with
 *   it, and puts both in place with their permissions. It can be run again.
 * - The service never sees key or passphrase, and neither is ever an argument of a program.
 * - The form is PKCS#8 with PBES2, the only one that every reader of the kit takes; form.ts has its figures.
 * - Where an encrypted key cannot be read at all (containers, Ed25519, FIPS builds, agents before 8.16.0), a rule of
 *   every kit refuses it before (deployment/file-rules.ts).
 */

/** The key and its passphrase, if `keyPassphraseFile` names one. */
export const keyEncryptionSection: Section = {
  profiles: ['agent', 'fleet-server', 'output-client'],
  fields: [],
  rules: [],
  render: renderKeyEncryption,
};

function renderKeyEncryption({ deployment }: KitRequest): KitPart {
  const { os, keyPassphraseFile } = deployment;
  if (keyPassphraseFile === undefined) return {};
  const key = keyFile(deployment);
  const passphrase = secretPlace(deployment, keyPassphraseFile);
  return {
    keyEncryption:
      os === 'windows'
        ? { powershell: powershellScript(deployment, key, passphrase) }
        : { shell: shellScript(key, passphrase) },
    notes: notes(deployment, keyPassphraseFile),
  };
}

/** The name of the script in the kit, and how to run it. */
export function howToEncrypt(os: OperatingSystem): string {
  return os === 'windows' ? 'keyEncryption.powershell as administrator' : 'keyEncryption.shell as root';
}

const NEEDS: Readonly<Record<OperatingSystem, string>> = {
  linux: 'It needs OpenSSL 1.1.1 or later.',
  macos:
    "It needs OpenSSL 1.1.1 or later, for example Homebrew's openssl@3: the LibreSSL of macOS cannot write this form.",
  windows:
    'It needs OpenSSL 1.1.1 or later, or PowerShell 7.2 or later. Its syntax is checked, but it was never run on Windows: try it on one host first.',
  container: '',
};

function notes({ os }: ResolvedDeployment, keyPassphraseFile: string): readonly Note[] {
  const how = os === 'windows' ? '[IO.File]::WriteAllText, not with Set-Content' : 'printf %s, not with echo';
  return [
    warning(
      'passphrase_without_newline',
      `${keyPassphraseFile} must contain the passphrase and nothing else: with a newline at its end the key cannot be read. The script in keyEncryption creates such a file, and refuses any other. Write your own passphrase with ${how}.`,
      'elastic.co, Elastic Agent command reference, --elastic-agent-cert-key-passphrase',
    ),
    info(
      'key_encryption',
      `Run ${howToEncrypt(os)} once the key is created, its CSR is sent and the certificate is written, but before the agent is installed, enrolled or restarted. Run it again for every new key. It encrypts the key in place: PBES2, PBKDF2 with HMAC-SHA-256, AES-256-CBC. ${NEEDS[os]}`,
      'elastic-agent-libs transport/tlscommon/decrypt_block_nofips.go',
    ),
  ];
}
