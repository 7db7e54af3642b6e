import type { Issued } from '../../shared/delivery/render-issued.ts';

/** What a host without a deployment was issued; its certificates are only texts. */
export const ISSUED: Issued = {
  serialNumber: '1f'.repeat(18) as Issued['serialNumber'],
  serialNumberDecimal: '1',
  profile: 'agent',
  name: 'web-01' as Issued['name'],
  dnsNames: [],
  ipAddresses: [],
  issuer: 'issuer-1' as Issued['issuer'],
  notBefore: '2026-11-28T09:00:00Z',
  notAfter: '2026-12-28T09:00:00Z',
  certificate: '-----BEGIN CERTIFICATE-----\nbGVhZg==\n-----END CERTIFICATE-----\n',
  chain: ['-----BEGIN CERTIFICATE-----\naXNzdWVy\n-----END CERTIFICATE-----\n'],
  caBundle: '-----BEGIN CERTIFICATE-----\ncm9vdA==\n-----END CERTIFICATE-----\n',
  trustSha256: 'ab'.repeat(32),
  renewal: {
    from: '2026-12-18T09:00:00Z',
    until: '2026-12-28T09:00:00Z',
    url: 'https://ca.example.com/v1/renewal/1f',
  },
  activation: { commands: [], reason: 'It depends on the version.' },
};
