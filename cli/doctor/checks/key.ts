import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { reasonOf } from '../../reason.ts';
import { encryptionOf } from '../encrypted-key.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import type { Subject } from '../subject.ts';

/** The key belongs to the certificate, and Elastic's library can read the form that it is in. */
export function checkKey({ keyFile, passphraseFile, chain }: Subject): readonly Finding[] {
  if (keyFile === undefined)
    return [
      failed(
        'key',
        'There is no key beside the certificate.',
        'Put the key there that the certificate was requested with, or name it with --key.',
      ),
    ];
  const pem = readOrUndefined(keyFile);
  if (pem === undefined)
    return [failed('key', `${keyFile} cannot be read.`, 'Run it as root, or as the account of the agent.')];
  const passphrase = passphraseFile === undefined ? undefined : readOrUndefined(passphraseFile);
  const form = [...checkForm(keyFile, pem), ...checkPassphrase(passphraseFile, passphrase, pem)];
  let key: KeyObject;
  try {
    key = createPrivateKey({
      key: pem,
      ...(passphrase === undefined ? {} : { passphrase: passphrase.replace(/\r?\n$/, '') }),
    });
  } catch (error) {
    return [
      failed(
        'key',
        `${keyFile} cannot be used: ${reasonOf(error)}.`,
        passphrase === undefined
          ? 'If it is encrypted, name the file with its passphrase with --passphrase-file.'
          : `Look whether ${passphraseFile} holds its passphrase.`,
      ),
      ...form,
    ];
  }
  if (!chain[0].checkPrivateKey(key))
    return [
      failed(
        'key',
        `${keyFile} is the key of another certificate.`,
        'Put the key there that the certificate was requested with; a renewal replaces both.',
      ),
      ...form,
    ];
  const encrypted = encryptionOf(pem) !== undefined;
  return [
    ok('key', `${keyFile} is the key of the certificate (${kindOf(key)}${encrypted ? ', encrypted' : ''}).`),
    ...form,
    ...checkEncryptedKind(key, encrypted, keyFile),
  ];
}

function kindOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {};
  return [asymmetricKeyType, modulusLength, namedCurve].filter((each) => each !== undefined).join(' ');
}

/** Measured with elastic-agent-libs, `readPEMFile`. */
function checkForm(file: string, pem: string): readonly Finding[] {
  if (pem.startsWith('\ufeff'))
    return [
      failed(
        'key form',
        `${file} begins with a byte order mark, which Elastic Agent does not read.`,
        'Write it without one.',
      ),
    ];
  const encryption = encryptionOf(pem);
  if (encryption === undefined) return [];
  const encryptAgain = `openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -in ${file} -out <new file>`;
  if (encryption.readable === 'yes') return [ok('key form', `Encrypted with ${encryption.says}.`)];
  if (encryption.readable === 'old')
    return [
      warning(
        'key form',
        `Encrypted with ${encryption.says}, which Elastic Agent is to give up.`,
        encryptAgain,
      ),
    ];
  return [
    failed('key form', `Encrypted with ${encryption.says}, which Elastic Agent does not read.`, encryptAgain),
  ];
}

function checkPassphrase(
  file: string | undefined,
  passphrase: string | undefined,
  pem: string,
): readonly Finding[] {
  if (file === undefined || encryptionOf(pem) === undefined) return [];
  if (passphrase === undefined)
    return [
      failed('passphrase', `${file} cannot be read.`, 'Run it as root, or as the account of the agent.'),
    ];
  return /[\r\n]$/.test(passphrase)
    ? [
        failed(
          'passphrase',
          `${file} ends with a newline, which older agents take for a part of the passphrase.`,
          `Write it without: printf %s '<passphrase>' > ${file}`,
        ),
      ]
    : [ok('passphrase', `${file} ends without a newline.`)];
}

function checkEncryptedKind(
  { asymmetricKeyType }: KeyObject,
  encrypted: boolean,
  file: string,
): readonly Finding[] {
  return encrypted && asymmetricKeyType === 'ed25519'
    ? [
        failed(
          'key form',
          `${file} is an encrypted Ed25519 key, which Elastic Agent does not read.`,
          'Use an RSA or EC key, or leave it unencrypted.',
        ),
      ]
    : [];
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
