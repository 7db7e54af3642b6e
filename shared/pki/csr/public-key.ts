import { ObjectIdentifier, Sequence } from 'asn1js';
import type { PublicKeyInfo } from 'pkijs';
import type { KeyKind } from '../../domain/key-kind.ts';
import { KEY_KINDS } from '../algorithm-identifiers.ts';
import { bitString, type Der, sequence } from '../der/write.ts';
import { describeAnyOid } from '../oid-names.ts';
import { OID } from '../oids.ts';
import { keyRefused, malformedCsr } from './errors.ts';
import { checkKeyForm } from './key-form.ts';

const ALLOWED =
  'Allowed are RSA of 2048 to 4096 bits, the curves P-256, P-384 and P-521 by name, and Ed25519; for example: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out agent.key';

export interface ReadPublicKey {
  readonly kind: KeyKind;
  /** The SubjectPublicKeyInfo as we would write it; the caller compares it with what came. */
  readonly der: Der;
}

/**
 * A public key in the one form that names it, so that hashes of keys can be compared: the key inside its BIT STRING is
 * strict DER, and a point is uncompressed. Whether the key is any good is decided later.
 * @throws AppError `key_refused` naming the algorithm, curve or form; `malformed_csr` where the encoding is not DER.
 */
export function readPublicKey({ algorithm, subjectPublicKey }: PublicKeyInfo): ReadPublicKey {
  const kind = readKeyKind(algorithm);
  const { unusedBits, valueHexView } = subjectPublicKey.valueBlock;
  if (unusedBits !== 0)
    throw malformedCsr(
      'The BIT STRING of the key in the CSR has unused bits; a key is a whole number of octets.',
    );
  const bits = new Uint8Array(valueHexView);
  checkKeyForm(bits, kind);
  return { kind, der: sequence(new Uint8Array(algorithm.toSchema().toBER()), bitString(bits)) };
}

function readKeyKind(algorithm: PublicKeyInfo['algorithm']): KeyKind {
  const kind = KEY_KINDS.get(Buffer.from(algorithm.toSchema().toBER()).toString('hex'));
  if (kind !== undefined) return kind;
  if (algorithm.algorithmId === OID.ecPublicKey) throw keyRefused(`${describeCurve(algorithm)} ${ALLOWED}`);
  if (algorithm.algorithmId === OID.rsassaPss) {
    throw keyRefused(
      `The key is marked as RSASSA-PSS only, which many TLS stacks cannot use; make a plain RSA key. ${ALLOWED}`,
    );
  }
  const name = describeAnyOid(algorithm.algorithmId);
  const known = algorithm.algorithmId === OID.rsaEncryption || algorithm.algorithmId === OID.ed25519;
  if (known) throw keyRefused(`The parameters of the key's algorithm ${name} are wrong. ${ALLOWED}`);
  throw keyRefused(`The key's algorithm ${name} is not allowed. ${ALLOWED}`);
}

function describeCurve({ algorithmParams }: PublicKeyInfo['algorithm']): string {
  if (algorithmParams instanceof ObjectIdentifier)
    return `The key's curve ${describeAnyOid(algorithmParams.getValue())} is not allowed.`;
  return algorithmParams instanceof Sequence
    ? "The key's curve is given by explicit parameters, which is not allowed (RFC 5480 section 2.1.1)."
    : 'The key does not name its curve, which is required (RFC 5480 section 2.1.1).';
}
