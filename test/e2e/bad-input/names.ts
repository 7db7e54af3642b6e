import { enrollment } from '../../support/cloud.ts';
import type { Row } from './row.ts';

/** The deployment of a Fleet Server that clients look for by `host`. */
const fleetAt = (host: string) => ({
  model: 'on-premises',
  os: 'linux',
  fleetUrl: `https://${host}:8220`,
  fleetServer: { elasticsearchUrl: 'https://es.example.com:9200' },
});

/** Names, DNS names and addresses that are none, or that the token does not allow. */
export const NAMES: readonly Row[] = [
  {
    name: 'an empty name',
    request: ({ enroll }) => enroll(enrollment({ name: '' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name of 65 characters',
    request: ({ enroll }) => enroll(enrollment({ name: 'x'.repeat(65) })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name with a space',
    request: ({ enroll }) => enroll(enrollment({ name: 'host 1' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name with a slash',
    request: ({ enroll }) => enroll(enrollment({ name: '../etc' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name with a line break',
    request: ({ enroll }) => enroll(enrollment({ name: 'host-1\n' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name with a NUL',
    request: ({ enroll }) => enroll(enrollment({ name: 'host-\u0000' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name in other letters',
    request: ({ enroll }) => enroll(enrollment({ name: 'höst-1' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name that the token does not allow',
    request: ({ enroll }) => enroll(enrollment({ name: 'web-1' })),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/name',
  },
  {
    name: 'a name that crosses a dot',
    request: ({ enroll }) => enroll(enrollment({ name: 'host-1.x' })),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/name',
  },
  {
    name: 'a wildcard',
    request: ({ enroll }) => enroll(enrollment({ dnsNames: ['*.example.com'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'a DNS name with an underscore',
    request: ({ enroll }) => enroll(enrollment({ dnsNames: ['a_b.example.com'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'a DNS name that ends with a dot',
    request: ({ enroll }) => enroll(enrollment({ dnsNames: ['a.example.com.'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'an address as DNS name',
    request: ({ enroll }) => enroll(enrollment({ dnsNames: ['203.0.113.1'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'a DNS name that the token does not allow',
    request: ({ enroll }) => enroll(enrollment({ dnsNames: ['a.example.org'] }), 'server'),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'a deeper DNS name',
    request: ({ enroll }) => enroll(enrollment({ dnsNames: ['a.b.example.com'] }), 'server'),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'an address that is none',
    request: ({ enroll }) => enroll(enrollment({ ipAddresses: ['203.0.113.256'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/ipAddresses/0',
  },
  {
    name: 'an address in octal',
    request: ({ enroll }) => enroll(enrollment({ ipAddresses: ['0313.0.113.1'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/ipAddresses/0',
  },
  {
    name: 'an address that the token does not allow',
    request: ({ enroll }) => enroll(enrollment({ ipAddresses: ['198.51.100.1'] }), 'server'),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/ipAddresses/0',
  },
  {
    name: 'an address of an agent',
    request: ({ enroll }) => enroll(enrollment({ ipAddresses: ['203.0.113.1'] })),
    status: 422,
    code: 'name_outside_profile',
    pointer: '#/ipAddresses/0',
  },
  {
    name: 'a metrics endpoint without DNS name',
    request: ({ enroll }) => enroll(enrollment(), 'metrics'),
    status: 422,
    code: 'name_outside_profile',
    pointer: '#/dnsNames',
  },
  {
    name: 'a Fleet Server that agents would look for under another name',
    request: ({ enroll }) =>
      enroll(
        enrollment({ dnsNames: ['other.example.com'], deployment: fleetAt('fleet.example.com') }),
        'server',
      ),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/dnsNames',
  },
  {
    name: 'a Fleet Server that agents would look for at another address',
    request: ({ enroll }) =>
      enroll(enrollment({ ipAddresses: ['203.0.113.1'], deployment: fleetAt('203.0.113.2') }), 'server'),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/ipAddresses',
  },
  {
    name: '51 names',
    request: ({ enroll }) =>
      enroll(enrollment({ dnsNames: Array.from({ length: 51 }, (_, i) => `h${i}.example.com`) }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames',
  },
];
