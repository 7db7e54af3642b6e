import { X509Certificate } from 'node:crypto';
import { spiffeId } from '../domain/identity.ts';
import { parseIpAddress } from '../domain/ip-address.ts';
import { PROFILES } from '../domain/profile.ts';
import type { LintContext } from './lint/rule.ts';
import { OID } from './oids.ts';

/**
 * Reads a certificate with OpenSSL (node:crypto) and compares what it sees with what is meant. OpenSSL is what most
 * verifiers of a fleet are built on, or behave like.
 * @param certificate DER; its signature is not looked at.
 * @returns what differs, or an empty list.
 */
export function crossCheck(certificate: Uint8Array, context: LintContext): readonly string[] {
  const seen = new X509Certificate(certificate);
  const { contents, validity } = context;
  const pairs: readonly (readonly [what: string, seen: unknown, meant: unknown])[] = [
    ['serial number', seen.serialNumber.toLowerCase(), context.serialNumber],
    ['subject', seen.subject, `CN=${context.commonName}`],
    ['notBefore', seen.validFromDate.getTime(), validity.notBefore * 1000],
    ['notAfter', seen.validToDate.getTime(), validity.notAfter * 1000],
    ['CA', seen.ca, context.kind !== 'leaf' && context.kind !== 'responder'],
    ['names', readNames(seen.subjectAltName).join(), meantNames(contents).join()],
    ['purposes', (seen.keyUsage ?? []).join(), meantPurposes(context).join()],
    ['addresses', seen.infoAccess?.trimEnd() ?? '', meantAddresses(context.revocationPoints)],
    ['public key', readKey(seen), Buffer.from(context.publicKey).toString('hex')],
  ];
  return pairs
    .filter(([, a, b]) => a !== b)
    .map(([what, a, b]) => `${what}: ${String(a)} instead of ${String(b)}`);
}

function readKey({ publicKey }: X509Certificate): string {
  return publicKey.export({ format: 'der', type: 'spki' }).toString('hex');
}

/** OpenSSL's text form; IPv6 addresses are brought to ours. None of our names holds a comma, which it would quote. */
function readNames(text: string | undefined): readonly string[] {
  return (text?.split(', ') ?? []).map((name) => {
    const address = /^IP Address:(.*)$/.exec(name)?.[1];
    return address === undefined ? name : `IP Address:${parseIpAddress(address)}`;
  });
}

function meantNames(contents: LintContext['contents']): readonly string[] {
  if (contents === undefined) return [];
  return [
    ...(PROFILES[contents.profile].uri ? [`URI:${spiffeId(contents)}`] : []),
    ...contents.dnsNames.map((name) => `DNS:${name}`),
    ...contents.ipAddresses.map((address) => `IP Address:${address}`),
  ];
}

/** OpenSSL's text form, a line each; Node has none of CRL distribution points. */
function meantAddresses(points: LintContext['revocationPoints']): string {
  return points === undefined ? '' : `OCSP - URI:${points.ocsp}\nCA Issuers - URI:${points.caIssuers}`;
}

function meantPurposes({ contents, kind }: LintContext): readonly string[] {
  if (kind === 'responder') return [OID.OCSPSigning];
  return contents ? PROFILES[contents.profile].extendedKeyUsage.map((purpose) => OID[purpose]) : [];
}
