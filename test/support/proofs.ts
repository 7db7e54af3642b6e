import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyKind } from '../../shared/domain/key-kind.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import {
  contextConstructed,
  contextPrimitive,
  type Der,
  element,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
  unsignedInteger,
} from '../../shared/pki/der/write.ts';
import { issue } from '../../shared/pki/issue.ts';
import { toPem } from '../../shared/pki/pem.ts';
import { prepareLeaf } from '../../shared/pki/prepare-leaf.ts';
import type { Holder } from '../../shared/pki/proof/proof.ts';
import { type MadeAuthority, serial } from './ca.ts';
import { makeKey } from './csr.ts';
import { leafContents } from './leaf-contents.ts';
import { openssl } from './openssl.ts';

/** A host: its certificate as it is recorded, and its key. */
export interface Host extends Holder {
  readonly serialNumber: SerialNumber;
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
}

/** A host with a new key, certified by the authority. */
export async function certifiedHost(
  { issuer }: MadeAuthority,
  keyKind: KeyKind,
  serialNumber = serial('c1'),
): Promise<Host> {
  const privateKey = makeKey(keyKind);
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const contents = { ...leafContents('agent', keyKind), publicKey, serialNumber };
  const { certificate } = await issue(prepareLeaf(contents, issuer), issuer.key.sign);
  return { serialNumber, publicKey, keyKind, certificate, privateKey };
}

/** CMS in base64, by the openssl command line: what a host would run. */
export function opensslCms(
  { certificate, privateKey }: Pick<Host, 'certificate' | 'privateKey'>,
  content: string | Uint8Array,
  ...options: readonly string[]
): string {
  const directory = mkdtempSync(join(tmpdir(), 'proof-'));
  const file = (name: string, data: string | Uint8Array) => {
    writeFileSync(join(directory, name), data);
    return join(directory, name);
  };
  try {
    const out = join(directory, 'out');
    openssl(
      ...['cms', '-sign', '-binary', '-nodetach', '-nosmimecap', '-outform', 'DER', '-out', out],
      ...['-signer', file('crt', toPem('CERTIFICATE', certificate)), '-in', file('in', content)],
      ...['-inkey', file('key', privateKey.export({ type: 'pkcs8', format: 'pem' })), ...options],
    );
    return readFileSync(out).toString('base64');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const base64url = (data: string | Uint8Array) => Buffer.from(data).toString('base64url');

/** Header values and hashes by key (RFC 7518 section 3.1); Ed25519 hashes by itself. */
const JWS: Readonly<Record<KeyKind, readonly [alg: string, hash: string | null]>> = {
  rsa: ['RS256', 'sha256'],
  p256: ['ES256', 'sha256'],
  p384: ['ES384', 'sha384'],
  p521: ['ES512', 'sha512'],
  ed25519: ['EdDSA', null],
};

/** `x5t#S256` of a certificate (RFC 7515 section 4.1.8). */
export function thumbprintOf(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('base64url');
}

/** A compact JWS, without the library that reads it. */
export function makeJws(
  { privateKey, keyKind }: Pick<Host, 'privateKey' | 'keyKind'>,
  payload: object | string,
  header: object = {},
): string {
  const [alg, hash] = JWS[keyKind];
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const input = `${base64url(JSON.stringify({ alg, ...header }))}.${base64url(body)}`;
  const signature = sign(hash, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${base64url(signature)}`;
}

/** Parts of a SignedData that a test changes; DER, complete. */
export interface CmsParts {
  readonly contentType?: Der;
  readonly content?: Uint8Array | undefined;
  readonly digestAlgorithm?: Der;
  readonly signatureAlgorithm?: Der;
  /** Without its tag. @default - content type and message digest */
  readonly attributes?: readonly Der[];
  /** @default - the key's over the attributes */
  readonly signature?: Uint8Array;
  /** SignerIdentifier. @default - a key identifier of zeros */
  readonly signer?: Der;
  /** Those that are included. @default - none */
  readonly certificates?: readonly Der[];
  /** Made of the one signer. */
  readonly signers?: (signer: Der) => Der;
  readonly surplus?: readonly Der[];
}

export const DATA = objectIdentifier('1.2.840.113549.1.7.1');
const sha512 = sequence(objectIdentifier('2.16.840.1.101.3.4.2.3'));

/** An attribute with one value. */
export function attribute(type: string, value: Der): Der {
  return sequence(objectIdentifier(type), setOfOne(value));
}

/** Content type and message digest, as RFC 5652 section 11 has them. */
export function usualAttributes(content: Uint8Array, hash = 'sha512'): readonly Der[] {
  return [
    attribute('1.2.840.113549.1.9.3', DATA),
    attribute('1.2.840.113549.1.9.4', octetString(createHash(hash).update(content).digest())),
  ];
}

/** CMS in base64, part by part: of an Ed25519 key by RFC 8419, which OpenSSL 3.0 can't make, or one that is wrong. */
export function makeCms(privateKey: KeyObject, text: string | Uint8Array, parts: CmsParts = {}): string {
  const content = Buffer.from(text);
  const attributes = parts.attributes ?? usualAttributes(content);
  const signature = parts.signature ?? sign(null, element(0x31, ...attributes), privateKey);
  const signer = sequence(
    unsignedInteger(Uint8Array.of(3)),
    parts.signer ?? contextPrimitive(0, new Uint8Array(20)),
    parts.digestAlgorithm ?? sha512,
    ...(attributes.length > 0 ? [contextConstructed(0, ...attributes)] : []),
    parts.signatureAlgorithm ?? sequence(objectIdentifier('1.3.101.112')),
    octetString(signature),
  );
  const included = 'content' in parts ? parts.content : content;
  const signedData = sequence(
    unsignedInteger(Uint8Array.of(3)),
    setOfOne(parts.digestAlgorithm ?? sha512),
    sequence(parts.contentType ?? DATA, ...(included ? [contextConstructed(0, octetString(included))] : [])),
    ...(parts.certificates ? [contextConstructed(0, ...parts.certificates)] : []),
    parts.signers ? parts.signers(signer) : setOfOne(signer),
  );
  const wrapped = [objectIdentifier('1.2.840.113549.1.7.2'), contextConstructed(0, signedData)];
  return Buffer.from(sequence(...wrapped, ...(parts.surplus ?? []))).toString('base64');
}
