import { createHash, X509Certificate } from 'node:crypto';
import type { Instant } from '../../domain/instant.ts';
import { checkStrictDer } from '../der/check-strict.ts';
import { contentsOf, itemsOf, readSequence, TAG } from '../der/expect.ts';
import { encodingOf } from '../der/read.ts';
import { type ParsedResponseData, parseResponseData } from './parse-response.ts';
import type { ResponseContents } from './response-data.ts';

/** What a response is meant to be. */
export interface ResponseContext extends ResponseContents {
  /** DER of the certificate that goes with it. */
  readonly responderCertificate: Uint8Array;
}

interface ResponseRule {
  readonly name: string;
  /** The clause that it enforces. */
  readonly citation: string;
  /** What is wrong, or undefined. May throw where octets are not readable: that counts as wrong, too. */
  check(data: ParsedResponseData, context: ResponseContext): string | undefined;
}

/** AlgorithmIdentifiers with NULL parameters, in hex. */
const HASH_ALGORITHM = {
  sha1: '300906052b0e03021a0500',
  sha256: '300d06096086480165030402010500',
} as const;

const REASON_OCTET = {
  unspecified: '00',
  keyCompromise: '01',
  cACompromise: '02',
  affiliationChanged: '03',
  superseded: '04',
  cessationOfOperation: '05',
  privilegeWithdrawn: '09',
} as const;

/** Longer than any answer may live (10 days, as lists): a wrong one could not be taken back sooner. Seconds. */
const LONGEST = 864_000;

/** Every rule blocks: there is no finding that is signed with. */
export const RESPONSE_RULES: readonly ResponseRule[] = [
  {
    name: 'cert_id',
    citation: 'RFC 6960 section 4.1.1: the certificate in question, named as in the request',
    check: (data, { certId }) => {
      const read = [data.hashAlgorithm, data.nameHash, data.keyHash, data.serialNumber].join();
      const meant = [
        HASH_ALGORITHM[certId.hash],
        certId.nameHash,
        certId.keyHash,
        certId.serialNumber,
      ].join();
      return read === meant ? undefined : `${read} is not ${meant}`;
    },
  },
  {
    name: 'status',
    citation:
      'RFC 6960 section 4.2.1, CertStatus; RFC 5280 section 5.3.1: no reason code where it is unspecified',
    check: (data, context) => {
      const meant = statusOctets(context);
      return data.status === meant ? undefined : `${data.status} is not ${meant}`;
    },
  },
  {
    name: 'revocation_time',
    citation: 'RFC 6960 section 4.2.1: when the certificate was revoked, which was before the response',
    check: ({ revocationTime, thisUpdate }, { status }) => {
      const meant = status.state === 'revoked' ? status.revokedAt : undefined;
      if (revocationTime !== meant) return `${revocationTime} was not recorded`;
      return meant !== undefined && meant > thisUpdate ? 'it is after thisUpdate' : undefined;
    },
  },
  {
    name: 'times',
    citation: 'RFC 6960 section 4.2.2.1 and RFC 9919 section 3.2: nextUpdate is there, and after thisUpdate',
    check: ({ producedAt, ...read }, { thisUpdate, nextUpdate }) => {
      if (read.thisUpdate !== thisUpdate || read.nextUpdate !== nextUpdate) return 'not as planned';
      if (producedAt !== thisUpdate) return 'producedAt is not thisUpdate';
      if (nextUpdate <= thisUpdate) return 'nextUpdate is not after thisUpdate';
      return nextUpdate - thisUpdate > LONGEST ? `it lives longer than ${LONGEST} s` : undefined;
    },
  },
  {
    name: 'responder_id',
    citation: "RFC 6960 section 4.2.1, KeyHash: SHA-1 of the responder's public key",
    check: ({ responderKeyHash }, { responderCertificate }) => {
      const meant = createHash('sha1').update(publicKeyBits(responderCertificate)).digest('hex');
      return responderKeyHash === meant ? undefined : `${responderKeyHash} is not ${meant}`;
    },
  },
  {
    name: 'responder_certificate',
    citation:
      'RFC 6960 section 4.2.2.2: issued by the CA in question, for OCSPSigning; valid as long as the response',
    check: (_, context) => {
      const certificate = new X509Certificate(context.responderCertificate);
      const { hash, nameHash } = context.certId;
      if (certificate.keyUsage?.join() !== '1.3.6.1.5.5.7.3.9') return 'it is not for OCSPSigning only';
      if (createHash(hash).update(issuerName(context.responderCertificate)).digest('hex') !== nameHash)
        return 'it is from another CA';
      const [from, until] = [certificate.validFromDate, certificate.validToDate].map((date) =>
        date.getTime(),
      );
      const outlives = at(context.thisUpdate) < (from ?? 0) || at(context.nextUpdate) > (until ?? 0);
      return outlives ? 'it does not cover the life of the response' : undefined;
    },
  },
];

/** All that is wrong with to-be-signed bytes: an empty list allows the signature. */
export function lintResponse(tbs: Uint8Array, context: ResponseContext): readonly string[] {
  const problem = checkStrictDer(tbs);
  if (problem !== undefined) return [`strict_der: ${problem}`];
  let data: ParsedResponseData;
  try {
    data = parseResponseData(tbs);
  } catch (error) {
    return [`structure: ${String(error)}`];
  }
  return RESPONSE_RULES.flatMap((rule) => apply(rule, data, context));
}

function apply(rule: ResponseRule, data: ParsedResponseData, context: ResponseContext): readonly string[] {
  try {
    const detail = rule.check(data, context);
    return detail === undefined ? [] : [`${rule.name}: ${detail}`];
  } catch (error) {
    return [`${rule.name}: not readable: ${String(error)}`];
  }
}

/** The element of CertStatus in hex, its time as it is written: `rule revocation_time` looks at its meaning. */
function statusOctets({ status }: ResponseContext): string {
  if (status.state === 'good') return '8000';
  const time = Buffer.from(new Date(at(status.revokedAt)).toISOString().replace(/[-:T]|\.000/g, '')).toString(
    'hex',
  );
  const reason = status.reason === 'unspecified' ? '' : `a0030a01${REASON_OCTET[status.reason]}`;
  return `${status.reason === 'unspecified' ? 'a111' : 'a116'}180f${time}${reason}`;
}

function at(instant: Instant): number {
  return instant * 1000;
}

/** TBSCertificate: version, serialNumber, signature, issuer (RFC 5280 section 4.1). */
function issuerName(certificate: Uint8Array): Uint8Array {
  const [tbs] = itemsOf(readSequence(certificate), TAG.sequence);
  const [, , , issuer] = itemsOf(tbs, TAG.sequence);
  return issuer ? encodingOf(issuer) : new Uint8Array();
}

function publicKeyBits(certificate: Uint8Array): Uint8Array {
  const spki = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  const [, bits] = itemsOf(readSequence(spki), TAG.sequence);
  return contentsOf(bits, TAG.bitString).subarray(1);
}
