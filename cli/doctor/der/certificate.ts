import type { X509Certificate } from 'node:crypto';
import { bitsOf, child, children, context, type Der, integerHex, oidOf, readDer, TAG } from './reader.ts';

/** What Node does not say of a certificate. */
export interface CertificateParts {
  /** Hex. */
  readonly serialNumber: string;
  /** DER of the Name of the subject. */
  readonly subject: Uint8Array;
  /** The octets of the public key, without algorithm. */
  readonly publicKey: Uint8Array;
  /** Of the distribution points (RFC 5280 section 4.2.1.13). */
  readonly crlUrls: readonly string[];
  /** Of the authority information access (section 4.2.2.1). */
  readonly ocspUrl: string | undefined;
}

const CRL_DISTRIBUTION_POINTS = '2.5.29.31';

export function partsOf({ raw, infoAccess }: X509Certificate): CertificateParts {
  // The version stands first in every certificate with extensions.
  const [, serialNumber, , , , subject, publicKey, ...rest] = children(child(readDer(raw), 0));
  if (serialNumber === undefined || subject === undefined || publicKey === undefined)
    throw new Error('not a certificate of version 3');
  return {
    serialNumber: integerHex(serialNumber),
    subject: subject.whole,
    publicKey: bitsOf(child(publicKey, 1, TAG.bitString)),
    crlUrls: rest.filter(({ tag }) => tag === context(3)).flatMap(pointsIn),
    ocspUrl: /^OCSP - URI:(.+)$/m.exec(infoAccess ?? '')?.[1],
  };
}

function pointsIn(extensions: Der): readonly string[] {
  const found = children(child(extensions, 0)).find(
    (each) => oidOf(child(each, 0)) === CRL_DISTRIBUTION_POINTS,
  );
  const value = found === undefined ? undefined : children(found).at(-1);
  if (value === undefined) return [];
  return children(readDer(value.content)).flatMap((point) => urisIn(point));
}

/** GeneralName of type URI, however deep: in a distribution point it is [0] { [0] { [6] } }. */
function urisIn(element: Der): readonly string[] {
  if (element.tag === 0x86) return [Buffer.from(element.content).toString('latin1')];
  return (element.tag & 0x20) === 0 ? [] : children(element).flatMap(urisIn);
}
