import { constants, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { IpAddress } from '../../shared/domain/ip-address.ts';
import type { KeyKind } from '../../shared/domain/key-kind.ts';
import {
  bitString,
  contextConstructed,
  type Der,
  NULL,
  objectIdentifier,
  sequence,
  setOfOne,
  unsignedInteger,
  utf8String,
} from '../../shared/pki/der/write.ts';
import { encodeExtension, subjectAltName } from '../../shared/pki/extensions.ts';
import { OID } from '../../shared/pki/oids.ts';
import { toPem } from '../../shared/pki/pem.ts';
import { nextRsaKey } from './rsa-keys.ts';

export interface CsrOptions {
  /** Default `p256`, the fastest to make. */
  readonly kind?: KeyKind;
  /** Default: an empty subject. */
  readonly commonName?: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
  /** Default: a new key. */
  readonly privateKey?: KeyObject;
  /** Signs with this key instead of the one in the request. */
  readonly signingKey?: KeyObject;
  /** Complete extensions (DER) in addition to the names. */
  readonly extensions?: readonly Der[];
  /** Complete attributes (DER) in addition to the extension request. */
  readonly attributes?: readonly Der[];
  /** A complete Name (DER) instead of `commonName`. */
  readonly subject?: Der;
  /** RSA modulus length in bits; default 2048. */
  readonly rsaBits?: number;
}

export interface MadeCsr {
  readonly pem: string;
  readonly der: Uint8Array;
  readonly privateKey: KeyObject;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
}

/** Makes a certification request as a host would, or one that is wrong in a chosen way. */
export function makeCsr(options: CsrOptions = {}): MadeCsr {
  const privateKey = options.privateKey ?? makeKey(options.kind ?? 'p256', options.rsaBits);
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const info = sequence(
    unsignedInteger(Uint8Array.of(0)),
    options.subject ?? nameOf(options.commonName),
    publicKey,
    contextConstructed(0, ...attributesOf(options)),
  );
  const der = signRequest(info, options.signingKey ?? privateKey);
  return { pem: toPem('CERTIFICATE REQUEST', der), der, privateKey, publicKey };
}

/** A private key of a kind that this test file has not had yet. */
export function makeKey(kind: KeyKind, rsaBits = 2048): KeyObject {
  if (kind === 'rsa') return nextRsaKey(rsaBits);
  if (kind === 'ed25519') return generateKeyPairSync('ed25519').privateKey;
  const namedCurve = { p256: 'P-256', p384: 'P-384', p521: 'P-521' }[kind];
  return generateKeyPairSync('ec', { namedCurve }).privateKey;
}

/** `CN=<commonName>` as UTF8String, or the empty name. */
export function nameOf(commonName: string | undefined): Der {
  if (commonName === undefined) return sequence();
  return sequence(setOfOne(sequence(objectIdentifier(OID.commonName), utf8String(commonName))));
}

/** Signs CertificationRequestInfo (DER) with the key's usual SHA-256 algorithm. */
export function signRequest(info: Der, key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType === 'rsa') {
    const algorithm = sequence(objectIdentifier(OID.sha256WithRSAEncryption), NULL);
    const signature = sign('sha256', info, { key, padding: constants.RSA_PKCS1_PADDING });
    return sequence(info, algorithm, bitString(signature));
  }
  const ed25519 = key.asymmetricKeyType === 'ed25519';
  const algorithm = sequence(objectIdentifier(ed25519 ? OID.ed25519 : OID.ecdsaWithSHA256));
  return sequence(info, algorithm, bitString(sign(ed25519 ? null : 'sha256', info, key)));
}

/** An attribute that requests the extensions (complete, DER). */
export function extensionRequest(...extensions: readonly Der[]): Der {
  return sequence(objectIdentifier(OID.extensionRequest), setOfOne(sequence(...extensions)));
}

function attributesOf(options: CsrOptions): readonly Der[] {
  const { dnsNames = [], ipAddresses = [], uris = [], extensions = [], attributes = [] } = options;
  const names = { uris, dnsNames, ipAddresses: ipAddresses as readonly IpAddress[] };
  const named = uris.length + dnsNames.length + ipAddresses.length > 0;
  const san = encodeExtension({ oid: OID.subjectAltName, critical: false, value: subjectAltName(names) });
  const all = named ? [san, ...extensions] : extensions;
  return [...(all.length > 0 ? [extensionRequest(...all)] : []), ...attributes];
}
