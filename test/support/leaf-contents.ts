import { createPublicKey } from 'node:crypto';
import type { CertificateContents } from '../../shared/domain/certificate-record.ts';
import type { CommonName } from '../../shared/domain/common-name.ts';
import { parseDnsName } from '../../shared/domain/dns-name.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { plus } from '../../shared/domain/instant.ts';
import { parseIpAddress } from '../../shared/domain/ip-address.ts';
import type { KeyKind } from '../../shared/domain/key-kind.ts';
import { PROFILES, type ProfileName } from '../../shared/domain/profile.ts';
import { crlShardOf, DEFAULT_CRL_SHARDS } from '../../shared/domain/revocation-points.ts';
import type { TrustDomain } from '../../shared/domain/trust-domain.ts';
import { NOW, REVOCATION_URL, serial } from './ca.ts';
import { makeKey } from './csr.ts';

const KEYS = new Map<KeyKind, Uint8Array>();

/** A public key of a kind, made once: RSA keys take time. */
export function publicKeyOfKind(kind: KeyKind): Uint8Array {
  const key = KEYS.get(kind) ?? createPublicKey(makeKey(kind)).export({ format: 'der', type: 'spki' });
  KEYS.set(kind, key);
  return key;
}

/** Contents with every kind of name that the profile may have. */
export function leafContents(profile: ProfileName, keyKind: KeyKind = 'p256'): CertificateContents {
  const { dns, ip } = PROFILES[profile];
  const dnsNames = dns === 'never' ? [] : ['web-01.example.com', 'metrics.elastic.svc'];
  const ipAddresses = ip === 'never' ? [] : ['192.0.2.7', '2001:db8::1'];
  const serialNumber = serial('c1');
  return {
    serialNumber,
    issuerId: 'issuer-1',
    trustDomain: 'prod' as TrustDomain,
    profile,
    name: 'web-01' as CommonName,
    dnsNames: dnsNames.flatMap((name) => parseDnsName(name) ?? []),
    ipAddresses: ipAddresses.flatMap((address) => parseIpAddress(address) ?? []),
    validity: { notBefore: plus(NOW, -300), notAfter: plus(NOW, 30 * DAY) },
    keyKind,
    publicKey: publicKeyOfKind(keyKind),
    revocationUrl: REVOCATION_URL,
    crlShard: crlShardOf(serialNumber, DEFAULT_CRL_SHARDS),
  };
}
