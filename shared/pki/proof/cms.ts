import { createHash, createPublicKey } from 'node:crypto';
import {
  identifierHex,
  keyFamily,
  REQUEST_SIGNATURES,
  type RequestSignature,
} from '../algorithm-identifiers.ts';
import { checkStrictDer } from '../der/check-strict.ts';
import { NULL } from '../der/write.ts';
import { OID } from '../oids.ts';
import { readBase64 } from '../pem.ts';
import { isSignature } from '../verify-signature.ts';
import { malformedProof } from './errors.ts';
import type { Proof } from './proof.ts';
import { readSignedData, type SignedData } from './signed-data.ts';

/** Characters. With an RSA-4096 certificate, its issuer's and a signature, a proof has about 6,000. */
export const MAX_CMS_LENGTH = 12_288;

/** The certificate's name in a signed attribute (RFC 5035 section 3), as `openssl cms -cades` writes it, reaches 17. */
const MAX_DEPTH = 18;

const HASHES = ['sha256', 'sha384', 'sha512'] as const;

/** By the hex of their AlgorithmIdentifier's DER; NULL parameters must be accepted (RFC 5754 section 2). */
const DIGESTS: ReadonlyMap<string, (typeof HASHES)[number]> = new Map(
  HASHES.flatMap((hash) => [
    [identifierHex(OID[hash]), hash] as const,
    [identifierHex(OID[hash], NULL), hash] as const,
  ]),
);

/** The signer's signature algorithm may name the key only: the hash is then that of the digest (RFC 3370 section 3.2). */
const PLAIN_RSA = [identifierHex(OID.rsaEncryption, NULL), identifierHex(OID.rsaEncryption)];

/** A signed message, and what it says of its signer. */
export interface CmsProof extends Proof, Pick<SignedData, 'signingTime' | 'signerSerial' | 'certificates'> {}

/**
 * Reads CMS SignedData (RFC 5652): base64 of strict DER, of at most 12,288 characters; content included, one signer with
 * signed attributes, SHA-256 or stronger.
 *
 * @throws AppError `malformed_proof` for anything else, with the reason.
 */
export function readCms(text: string): CmsProof {
  if (text.length > MAX_CMS_LENGTH)
    throw malformed(`has ${text.length} characters; the limit is ${MAX_CMS_LENGTH}. Sign with -nocerts`);
  const der = readBase64(text);
  if (der === undefined)
    throw malformed('is not base64 of DER. Sign with -outform DER, then openssl base64 -A');
  const problem = checkStrictDer(der, MAX_DEPTH);
  if (problem !== undefined) throw malformed(`is not DER: ${problem}`);
  const signed = readStructure(der);
  const { hash, algorithm } = readAlgorithms(signed);
  const isDigestRight = createHash(hash).update(signed.content).digest().equals(signed.messageDigest);
  const { content, signingTime, signerSerial, certificates } = signed;
  return {
    ...{ content, signingTime, signerSerial, certificates },
    isMadeBy: async ({ publicKey, keyKind }) => {
      if (!isDigestRight || algorithm.family !== keyFamily(keyKind)) return false;
      const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
      return isSignature(algorithm, key, signed.signedAttributes, signed.signature);
    },
  };
}

function readStructure(der: Uint8Array): SignedData {
  try {
    return readSignedData(der);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw malformed(
      `is not the signed message that openssl cms -sign -binary -nodetach makes: ${error.message}`,
    );
  }
}

function readAlgorithms({ digestAlgorithm, signatureAlgorithm }: SignedData) {
  const hash = DIGESTS.get(Buffer.from(digestAlgorithm).toString('hex'));
  const identifier = Buffer.from(signatureAlgorithm).toString('hex');
  const algorithm = hash && signatureBy(identifier, hash);
  if (hash === undefined || algorithm === undefined)
    throw malformed('is signed by an algorithm that is not allowed. Sign with -md sha256, sha384 or sha512');
  return { hash, algorithm };
}

/** Undefined where the signature has another hash than the digest. Ed25519 goes with SHA-512 (RFC 8419 section 2.3). */
function signatureBy(identifier: string, hash: (typeof HASHES)[number]): RequestSignature | undefined {
  if (PLAIN_RSA.includes(identifier)) return { name: 'rsaEncryption', family: 'rsa', hash };
  const found = REQUEST_SIGNATURES.get(identifier);
  return (found?.hash ?? 'sha512') === hash ? found : undefined;
}

function malformed(words: string) {
  return malformedProof('cms', `The CMS ${words}.`);
}
