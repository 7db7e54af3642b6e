/** Bodies that the description shows; a test reads them with the schemas. */

export const CREATE_TOKEN_EXAMPLE = {
  profile: 'fleet-server',
  names: { commonName: 'fleet-*', dns: ['*.example.com'], ip: ['203.0.113.0/24'] },
  maxUses: 3,
  expiresIn: 'PT24H',
  certificateLifetime: 'P90D',
  onExistingName: 'refuse',
  bind: { sourceCidr: ['198.51.100.0/24'] },
  description: 'fleet servers, rack 4',
};

export const ENROLL_EXAMPLE = {
  csr: '-----BEGIN CERTIFICATE REQUEST-----\n...\n-----END CERTIFICATE REQUEST-----\n',
  name: 'web-01',
  dnsNames: [],
  ipAddresses: [],
  deployment: {
    model: 'on-premises',
    stackVersion: '9.5.2',
    os: 'linux',
    fleetUrl: 'https://fleet.example.com:8220',
  },
};

export const RENDER_KIT_EXAMPLE = {
  profile: 'agent',
  name: 'web-01',
  deployment: ENROLL_EXAMPLE.deployment,
};
