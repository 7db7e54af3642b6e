import { FLEET_AGENT_ID, FLEET_AGENT_ID_RULE } from '../../domain/fleet-agent.ts';
import { parseSerialNumber } from '../../domain/serial-number.ts';
import { TRUST_SHA256, TRUST_SHA256_RULE } from '../../domain/trust-sha256.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import { readSequence } from '../der/expect.ts';
import { serialNumberIn } from './certificate-serial.ts';
import { type CmsProof, readCms } from './cms.ts';
import { malformedProof } from './errors.ts';
import { type JwsProof, readJws, readObject } from './jws.ts';
import type { CertificateReference, Proof, SentProof } from './proof.ts';
import { serialInJws } from './serial-statement.ts';
import { type FreshStatement, readIssuedAt } from './statement.ts';

/*
 * "Renew my certificate for this new key": the certification request of the new key, signed by the current one.
 *
 *   CMS    content: the request in DER; signed attribute: signingTime. The certificate is named by its serial number
 *          (issuerAndSerialNumber), or, with -keyid, by being the only one included.
 *   JWS    header: x5t#S256 of the certificate; payload: { "csr", "iat", "aud", "serialNumber"?, "trustSha256"?,
 *          "fleetAgentId"? }
 *
 * It is not taken for anything else, and nothing else for it (`revocation-proof.ts` has the table). A copy of it does no
 * harm: the same request gets the same certificate, which is no secret, for a key that only the host has.
 */

/** A request of the holder to renew its certificate, not yet verified. */
export interface RenewalProof extends FreshStatement, Pick<Proof, 'isMadeBy'> {
  /** The certificate that it names; undefined where this service cannot have issued it. */
  readonly reference: CertificateReference | undefined;
  /** The certification request: PEM, or base64 of DER; not yet read. */
  readonly csr: string;
  /** Hex SHA-256 of the trust bundle that the host has. */
  readonly trustSha256?: string;
  readonly fleetAgentId?: string;
}

/** @throws AppError `malformed_proof` where it is not such a statement, with the reason. */
export function readRenewalProof(sent: SentProof): RenewalProof {
  return 'cms' in sent ? readRenewalCms(readCms(sent.cms)) : readRenewalJws(readJws(sent.jws));
}

function readRenewalCms(proof: CmsProof): RenewalProof {
  const { content, signingTime } = proof;
  if (!isSequence(content))
    throw malformedProof(
      'cms',
      'The content of the CMS must be the new CSR in DER. Write it with: openssl req -new -outform DER',
    );
  if (signingTime === undefined)
    throw malformedProof('cms', 'The CMS has no signing time among its signed attributes.');
  return {
    ...presentedIn(proof),
    csr: Buffer.from(content).toString('base64'),
    signedAt: signingTime,
    audience: undefined,
  };
}

function isSequence(content: Uint8Array): boolean {
  try {
    return readSequence(content).to === content.length;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/**
 * The signer's certificate. Where it is included, it must be the recorded one, octet for octet; others may be included
 * beside it, as of issuers.
 */
function presentedIn({
  signerSerial,
  certificates,
  isMadeBy,
}: CmsProof): Pick<RenewalProof, 'reference' | 'isMadeBy'> {
  const [first, ...more] = certificates;
  if (signerSerial === undefined && (first === undefined || more.length > 0))
    throw malformedProof(
      'cms',
      'The CMS names its signer by a key identifier (-keyid), so it must include the certificate of the signer and no other.',
    );
  const serialNumber =
    signerSerial === undefined ? first && serialNumberIn(first) : parseSerialNumber(signerSerial);
  const included = certificates.filter((certificate) => serialNumberIn(certificate) === serialNumber);
  return {
    reference: serialNumber && { serialNumber },
    isMadeBy: async (holder) =>
      included.every((certificate) => isSame(certificate, holder.certificate)) && (await isMadeBy(holder)),
  };
}

function isSame(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.from(one).equals(other);
}

function readRenewalJws({ content, thumbprint, isMadeBy }: JwsProof): RenewalProof {
  const { csr, iat, aud, serialNumber, trustSha256, fleetAgentId, ...rest } = readObject(content) ?? {};
  const signedAt = readIssuedAt(iat);
  const unknown = Object.keys(rest).length > 0;
  if (typeof csr !== 'string' || typeof aud !== 'string' || signedAt === undefined || unknown)
    throw malformed(
      'must be {"csr":"<PEM, or base64 of DER>","iat":<seconds since 1970>,"aud":"<URL of this API>"}, and may have "serialNumber", "trustSha256" and "fleetAgentId"',
    );
  return withoutUndefined({
    reference: referenceIn(thumbprint, serialNumber),
    isMadeBy,
    csr,
    signedAt,
    audience: aud,
    trustSha256: optional('trustSha256', trustSha256, TRUST_SHA256, TRUST_SHA256_RULE),
    fleetAgentId: optional('fleetAgentId', fleetAgentId, FLEET_AGENT_ID, FLEET_AGENT_ID_RULE),
  });
}

/** The serial number finds the record at once; without it, the thumbprint does, a moment after it was issued. */
function referenceIn(thumbprint: unknown, serialNumber: unknown): CertificateReference {
  const octets = typeof thumbprint === 'string' ? Buffer.from(thumbprint, 'base64url') : Buffer.alloc(0);
  if (octets.length !== 32 || octets.toString('base64url') !== thumbprint)
    throw malformedProof(
      'jws',
      'The JWS must have "x5t#S256" in its header: the SHA-256 of the DER of the current certificate, in base64url.',
    );
  if (serialNumber === undefined) return { thumbprint: octets.toString('hex') };
  const serial = serialInJws(serialNumber);
  if (serial === undefined)
    throw malformed(
      'must have the serial number of the current certificate as "serialNumber", in 36 hex digits',
    );
  return { serialNumber: serial };
}

/** An optional member with a form. */
function optional(name: string, value: unknown, form: RegExp, rule: string): string | undefined {
  if (value === undefined || (typeof value === 'string' && form.test(value))) return value;
  throw malformed(`must have "${name}" as ${rule}`);
}

function malformed(words: string) {
  return malformedProof('jws', `The payload of the JWS ${words}.`);
}
