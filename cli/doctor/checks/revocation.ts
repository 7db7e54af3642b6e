import type { X509Certificate } from 'node:crypto';
import { reasonOf } from '../../reason.ts';
import { type CertificateParts, partsOf } from '../der/certificate.ts';
import { ocspRequest, readOcspAnswer } from '../der/ocsp.ts';
import { readRevocationList } from '../der/revocation-list.ts';
import { type Fetch, fetchOctets } from '../fetch.ts';
import { type Finding, failed, ok, skipped, warning } from '../finding.ts';
import { nameOf } from '../pem.ts';
import { issuerOf, type Subject } from '../subject.ts';

/** Whether the certificate and its issuers are revoked, by the list and the responder that each of them names. */
export async function checkRevocation(
  subject: Subject,
  fetch: Fetch = fetchOctets,
): Promise<readonly Finding[]> {
  const findings = subject.chain.map(async (certificate) => {
    const issuer = issuerOf(subject, certificate);
    // A root is trusted or not; the chain's own check says who lacks an issuer.
    if (issuer === undefined) return [];
    const about = { certificate, parts: partsOf(certificate), issuer, now: subject.now, fetch };
    return [await byList(about), await byOcsp(about)];
  });
  return (await Promise.all(findings)).flat();
}

interface About {
  readonly certificate: X509Certificate;
  readonly parts: CertificateParts;
  readonly issuer: X509Certificate;
  readonly now: number;
  readonly fetch: Fetch;
}

/** A list may be made while this runs, and clocks differ a little. */
const TOLERANCE_MS = 60_000;

const REPLACE =
  'Peers that check refuse it. Enroll the host again; with a new key if the old one may be known.';

async function byList({ certificate, parts, issuer, now, fetch }: About): Promise<Finding> {
  const [url] = parts.crlUrls;
  const check = 'revocation list';
  if (url === undefined) return skipped(check, `${nameOf(certificate)} names no list.`);
  const octets = await fetch(url).catch((error: unknown) => unreachable(check, url, error));
  if (!(octets instanceof Uint8Array)) return octets;
  try {
    const list = readRevocationList(octets, issuer);
    if (list.has(parts.serialNumber))
      return failed(check, `${nameOf(certificate)} is revoked, says ${url}.`, REPLACE);
    if (list.nextUpdate < now)
      return failed(
        check,
        `${url} was to be replaced by ${iso(list.nextUpdate)}: verifiers refuse everybody.`,
        "Look at the service's alarm on the age of its lists, and at caches between.",
      );
    if (list.thisUpdate > now + TOLERANCE_MS)
      return warning(
        check,
        `${url} is of ${iso(list.thisUpdate)}, which is to come.`,
        'Set the clock of this host right.',
      );
    return ok(check, `${nameOf(certificate)} is not on ${url}, of ${iso(list.thisUpdate)}.`);
  } catch (error) {
    return failed(
      check,
      `${url} cannot be used: ${reasonOf(error)}.`,
      'Look who answers there: a proxy between, or another service.',
    );
  }
}

async function byOcsp({ certificate, parts, issuer, now, fetch }: About): Promise<Finding> {
  const url = parts.ocspUrl;
  const check = 'OCSP';
  if (url === undefined) return skipped(check, `${nameOf(certificate)} names no responder.`);
  const request = ocspRequest(parts, partsOf(issuer));
  const octets = await fetch(url, request).catch((error: unknown) => unreachable(check, url, error));
  if (!(octets instanceof Uint8Array)) return octets;
  try {
    const { status, nextUpdate } = readOcspAnswer(octets, parts, issuer, now);
    if (status === 'revoked')
      return failed(check, `${nameOf(certificate)} is revoked, says ${url}.`, REPLACE);
    if (status === 'unknown')
      return failed(
        check,
        `${url} does not know ${nameOf(certificate)}.`,
        'Look whether it was issued by this service.',
      );
    if (nextUpdate !== undefined && nextUpdate < now)
      return failed(
        check,
        `${url} gave a response that ended at ${iso(nextUpdate)}.`,
        'Look at caches between, and at the clock of this host.',
      );
    return ok(check, `${nameOf(certificate)} is good, says ${url}.`);
  } catch (error) {
    return failed(
      check,
      `${url} cannot be used: ${reasonOf(error)}.`,
      'Look who answers there, and whether the certificate was issued by this service.',
    );
  }
}

/** Nothing in an Elastic host needs it; what checks certificates does. */
function unreachable(check: string, url: string, error: unknown): Finding {
  return warning(
    check,
    `${url} cannot be reached from here: ${reasonOf(error)}. Whether the certificate is revoked is not known.`,
    'A proxy that checks certificates must reach it, over plain HTTP.',
  );
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}
