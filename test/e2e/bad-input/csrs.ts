import { type CsrOptions, makeCsr, makeKey, nameOf } from '../../support/csr.ts';
import type { Row } from './row.ts';

const withCsr = (options: CsrOptions) => ({ name: 'host-1', csr: makeCsr(options).pem });

/** What stands in the place of the signing request, and signing requests that are refused. */
export const CSRS: readonly Row[] = [
  {
    name: 'an empty CSR',
    request: ({ enroll }) => enroll({ name: 'host-1', csr: '' }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'words instead of a CSR',
    request: ({ enroll }) => enroll({ name: 'host-1', csr: 'please' }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'a certificate instead of a CSR',
    request: ({ enroll }) =>
      enroll({ name: 'host-1', csr: makeCsr().pem.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE') }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'two CSRs',
    request: ({ enroll }) => enroll({ name: 'host-1', csr: makeCsr().pem + makeCsr().pem }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'half a CSR',
    request: ({ enroll }) => enroll({ name: 'host-1', csr: makeCsr().pem.slice(0, 200) }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'bytes behind the CSR',
    request: ({ enroll }) =>
      enroll({ name: 'host-1', csr: Buffer.concat([makeCsr().der, Buffer.of(0)]).toString('base64') }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'an indefinite length',
    request: ({ enroll }) =>
      enroll({ name: 'host-1', csr: Buffer.from([0x30, 0x80, 0, 0]).toString('base64') }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'deep nesting',
    request: ({ enroll }) => enroll({ name: 'host-1', csr: nested(200) }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'a CSR of 10 KB',
    request: ({ enroll }) => enroll({ name: 'host-1', csr: 'A'.repeat(10_000) }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'a foreign signature',
    request: ({ enroll }) => enroll(withCsr({ signingKey: makeKey('p256') })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'an RSA key of 1024 bits',
    request: ({ enroll }) => enroll(withCsr({ kind: 'rsa', rsaBits: 1024 })),
    status: 422,
    code: 'key_refused',
    pointer: '#/csr',
  },
  {
    name: 'an RSA key of 4352 bits',
    request: ({ enroll }) => enroll(withCsr({ kind: 'rsa', rsaBits: 4352 })),
    status: 422,
    code: 'key_refused',
    pointer: '#/csr',
  },
  {
    name: 'another common name',
    request: ({ enroll }) => enroll(withCsr({ commonName: 'host-2' })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'a subject with two common names',
    request: ({ enroll }) =>
      enroll(
        withCsr({
          subject: Buffer.concat([
            Buffer.of(0x30, nameOf('a').length * 2 - 4),
            nameOf('a').subarray(2),
            nameOf('a').subarray(2),
          ]),
        }),
      ),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'a DNS name that the request does not have',
    request: ({ enroll }) => enroll(withCsr({ dnsNames: ['host-1.example.com'] })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'an address that the request does not have',
    request: ({ enroll }) => enroll(withCsr({ ipAddresses: ['203.0.113.1'] })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'a foreign URI',
    request: ({ enroll }) => enroll(withCsr({ uris: ['spiffe://default/agent/root'] })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'an unknown extension',
    request: ({ enroll }) =>
      enroll(withCsr({ extensions: [Buffer.from('300a06042a03040504020500', 'hex')] })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'an unknown attribute',
    request: ({ enroll }) =>
      enroll(withCsr({ attributes: [Buffer.from('300a06042a03040531020500', 'hex')] })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
];

/** SEQUENCEs in SEQUENCEs. */
function nested(depth: number): string {
  let der = Buffer.from([0x30, 0]);
  for (let i = 0; i < depth && der.length < 120; i++) der = Buffer.concat([Buffer.of(0x30, der.length), der]);
  return der.toString('base64');
}
