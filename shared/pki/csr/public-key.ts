import { ObjectIdentifier } from 'asn1js';
import type { PublicKeyInfo } from 'pkijs';
import type { KeyKind } from '../../domain/key-kind.ts';
import { KEY_KINDS } from '../algorithm-identifiers.ts';
import { describeOid, OID } from '../oids.ts';
import { keyRefused } from './errors.ts';

const ALLOWED =
  'Allowed are RSA of 2048 to 4096 bits, the curves P-256, P-384 and P-521 by name, and Ed25519; for example: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out agent.key';

/**
 * The kind of a public key by its AlgorithmIdentifier alone; whether the key is any good is decided later.
 * @throws AppError `key_refused` naming the algorithm or curve.
 */
export function readKeyKind({ algorithm }: PublicKeyInfo): KeyKind {
  const kind = KEY_KINDS.get(Buffer.from(algorithm.toSchema().toBER()).toString('hex'));
  if (kind !== undefined) return kind;
  if (algorithm.algorithmId === OID.ecPublicKey) throw keyRefused(`${describeCurve(algorithm)} ${ALLOWED}`);
  if (algorithm.algorithmId === OID.rsassaPss) {
    throw keyRefused(
      `The key is marked as RSASSA-PSS only, which many TLS stacks cannot use; make a plain RSA key. ${ALLOWED}`,
    );
  }
  const name = describeOid(algorithm.algorithmId);
  const known = algorithm.algorithmId === OID.rsaEncryption || algorithm.algorithmId === OID.ed25519;
  if (known) throw keyRefused(`The parameters of the key's algorithm ${name} are wrong. ${ALLOWED}`);
  throw keyRefused(`The key's algorithm ${name} is not allowed. ${ALLOWED}`);
}

function describeCurve({ algorithmParams }: PublicKeyInfo['algorithm']): string {
  return algorithmParams instanceof ObjectIdentifier
    ? `The key's curve ${describeOid(algorithmParams.getValue())} is not allowed.`
    : "The key's curve is given by explicit parameters, which is not allowed (RFC 5480 section 2.1.1).";
}
