import { enrollment } from '../../support/cloud.ts';
import { makeCsr } from '../../support/csr.ts';
import type { Row } from './row.ts';

/** Bodies that are none, that are too large, or that hold what does not belong there. */
export const BODIES: readonly Row[] = [
  {
    name: 'no body',
    request: ({ enroll }) => enroll(undefined, 'agent', { 'content-type': 'application/json' }),
    status: 400,
    code: 'malformed_request',
  },
  { name: 'no JSON', request: ({ enroll }) => enroll('{'), status: 400, code: 'malformed_request' },
  { name: 'JSON null', request: ({ enroll }) => enroll('null'), status: 400, code: 'malformed_request' },
  { name: 'a JSON array', request: ({ enroll }) => enroll([]), status: 400, code: 'malformed_request' },
  { name: 'a JSON string', request: ({ enroll }) => enroll('"x"'), status: 400, code: 'malformed_request' },
  {
    name: 'an empty object',
    request: ({ enroll }) => enroll({}),
    status: 400,
    code: 'malformed_request',
    pointer: '#/csr',
  },
  {
    name: 'no CSR',
    request: ({ enroll }) => enroll({ name: 'host-1' }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/csr',
  },
  {
    name: 'no name',
    request: ({ enroll }) => enroll({ csr: makeCsr().pem }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a CSR that is a number',
    request: ({ enroll }) => enroll({ name: 'host-1', csr: 7 }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/csr',
  },
  {
    name: 'DNS names that are a string',
    request: ({ enroll }) => enroll({ ...enrollment(), dnsNames: 'a.example.com' }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames',
  },
  {
    name: 'a DNS name that is null',
    request: ({ enroll }) => enroll({ ...enrollment(), dnsNames: [null] }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'an unknown field',
    request: ({ enroll }) => enroll({ ...enrollment(), dnsName: [] }),
    status: 400,
    code: 'unknown_field',
    pointer: '#/dnsName',
  },
  {
    name: '__proto__',
    request: ({ enroll }) => enroll(`{"__proto__": {"name": "x"}, "name": "host-1", "csr": "x"}`),
    status: 400,
    code: 'malformed_request',
  },
  {
    name: '17 KB',
    request: ({ enroll }) => enroll({ ...enrollment(), name: 'x'.repeat(17_000) }),
    status: 413,
    code: 'payload_too_large',
  },
  {
    name: 'a form',
    request: ({ enroll }) =>
      enroll('csr=x', 'agent', { 'content-type': 'application/x-www-form-urlencoded' }),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'text',
    request: ({ enroll }) => enroll('{}', 'agent', { 'content-type': 'text/plain' }),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'a PEM with its line breaks as they are',
    request: ({ enroll }) => enroll(`{"name":"host-1","csr":"${makeCsr().pem}"}`),
    status: 400,
    code: 'malformed_request',
  },
  {
    name: 'a compressed body',
    request: ({ enroll }) => enroll(enrollment(), 'agent', { 'content-encoding': 'gzip' }),
    status: 415,
    code: 'unsupported_media_type',
    pointer: '#/headers/content-encoding',
  },
  {
    name: 'UTF-16',
    request: ({ enroll }) =>
      enroll(JSON.stringify(enrollment()).replace(/./g, '$&\0'), 'agent', {
        'content-type': 'application/json',
      }),
    status: 400,
    code: 'malformed_request',
    pointer: '#',
  },
  {
    name: 'a query parameter',
    request: ({ enroll }) => ({ ...enroll(enrollment()), path: '/v1/enroll?name=x' }),
    status: 400,
    code: 'unknown_field',
    pointer: '#/query/name',
  },
];
