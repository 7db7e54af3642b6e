import { createHash } from 'node:crypto';
import { CertificationRequest as Pkcs10 } from 'pkijs';
import type { CommonName } from '../domain/common-name.ts';
import type { DnsName } from '../domain/dns-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { KeyKind } from '../domain/key-kind.ts';
import { AppError } from '../errors/app-error.ts';
import type { RequestSignature } from './algorithm-identifiers.ts';
import { readAttributes } from './csr/attributes.ts';
import { malformedCsr } from './csr/errors.ts';
import type { RequestedExtensions } from './csr/extension-request.ts';
import { readPublicKey } from './csr/public-key.ts';
import { readRequestSignature } from './csr/request-signature.ts';
import { readSubject } from './csr/subject.ts';
import { csrTextToDer } from './csr/text.ts';
import { checkStrictDer } from './der/check-strict.ts';
import { bitString, type Der, sequence, unsignedInteger } from './der/write.ts';

/** A certification request (RFC 2986) that was read, and not yet verified: nobody has proven to hold its key. */
export interface CertificationRequest {
  readonly der: Uint8Array;
  /** Hex SHA-256 of {@link der}. */
  readonly sha256: string;
  /** DER SubjectPublicKeyInfo, in the only form that this key has here: its hash names the key. */
  readonly publicKey: Uint8Array;
  /** Hex SHA-256 of {@link publicKey}. */
  readonly publicKeySha256: string;
  readonly keyKind: KeyKind;
  /** Undefined where the subject is empty. */
  readonly commonName: CommonName | undefined;
  /** In lower case, in the request's order, without duplicates. */
  readonly dnsNames: readonly DnsName[];
  readonly ipAddresses: readonly IpAddress[];
  readonly uris: readonly string[];
  readonly extensions: RequestedExtensions;
  /** What the proof of possession is checked with. */
  readonly proof: {
    readonly algorithm: RequestSignature;
    readonly signedBytes: Uint8Array;
    readonly signature: Uint8Array;
  };
}

/**
 * Reads a certification request: PEM, or base64 of DER, of at most 8,192 characters. No cryptography but hashing, so
 * it is cheap enough to run before the caller is known.
 *
 * @example
 * const { commonName, publicKey } = decodeCsr('-----BEGIN CERTIFICATE REQUEST-----\n...');
 *
 * @throws AppError `malformed_csr` for what is not one strict DER request; `csr_refused` for subjects, attributes,
 * extensions and signature algorithms that are not allowed; `key_refused` for kinds of key that are not.
 */
export function decodeCsr(input: string): CertificationRequest {
  const der = csrTextToDer(input);
  const problem = checkStrictDer(der);
  if (problem !== undefined) throw malformedCsr(`The CSR is not DER: ${problem}.`);
  try {
    return readRequest(der);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw notPkcs10(error);
  }
}

function notPkcs10(cause?: unknown): AppError {
  return malformedCsr(
    'The CSR is not a PKCS #10 certification request (RFC 2986). Make one with: openssl req -new -key agent.key -subj "/CN=web-01"',
    cause,
  );
}

/** v1, the only version there is. */
const VERSION = unsignedInteger(Uint8Array.of(0));

function withoutAttributes(): AppError {
  return malformedCsr(
    'The CSR has no attributes field, which is required even if it is empty (RFC 2986 section 4.1). In BouncyCastle, do not set setLeaveOffEmptyAttributes(true).',
  );
}

function readRequest(der: Uint8Array): CertificationRequest {
  const parsed = Pkcs10.fromBER(der);
  const subject = readSubject(parsed.subject);
  const { der: publicKey, kind: keyKind } = readPublicKey(parsed.subjectPublicKeyInfo);
  const attributes = readAttributes(parsed.attributes ?? []);
  const algorithm = readRequestSignature(parsed.signatureAlgorithm, keyKind);
  const signature = new Uint8Array(parsed.signatureValue.valueBlock.valueHexView);
  // What was understood, written again: anything in the request that no reader looked at makes a difference.
  const info = sequence(VERSION, subject.der, publicKey, attributes.der);
  const identifier = new Uint8Array(parsed.signatureAlgorithm.toSchema().toBER());
  const written = (contents: Der) => Buffer.from(sequence(contents, identifier, bitString(signature)));
  if (!written(info).equals(der)) {
    if (written(sequence(VERSION, subject.der, publicKey)).equals(der)) throw withoutAttributes();
    throw notPkcs10();
  }
  return {
    der,
    sha256: sha256(der),
    publicKey,
    publicKeySha256: sha256(publicKey),
    keyKind,
    commonName: subject.commonName,
    ...attributes.names,
    extensions: attributes.extensions,
    proof: { algorithm, signedBytes: info, signature },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
