import type { ApiRequest } from '../../support/api-client.ts';
import { makeKey } from '../../support/csr.ts';
import { makeCms, makeJws } from '../../support/proofs.ts';
import type { Row } from './row.ts';

const UNKNOWN = `01${'0'.repeat(34)}`;
const privateKey = makeKey('ed25519');
const jws = (payload: object, header = {}) => makeJws({ privateKey, keyKind: 'ed25519' }, payload, header);
const report = (body: unknown) => (): ApiRequest => ({ method: 'POST', path: '/v1/revoke', body });

/** Reports of a compromised key that prove nothing. */
export const PROOFS: readonly Row[] = [
  { name: 'no proof', request: report({}), status: 400, code: 'malformed_request' },
  {
    name: 'a proof in both forms',
    request: report({ cms: 'MAA=', jws: 'e30.e30.e30' }),
    status: 400,
    code: 'malformed_request',
  },
  {
    name: 'a serial number beside the proof',
    request: report({ cms: 'MAA=', serialNumber: UNKNOWN }),
    status: 400,
    code: 'unknown_field',
    pointer: '#/serialNumber',
  },
  {
    name: 'a number as proof',
    request: report({ jws: 1 }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/jws',
  },
  ...['', 'MAA=', '\u0000', 'A'.repeat(13_000)].map(
    (cms): Row => ({
      name: `CMS of ${cms.length} characters that is none`,
      request: report({ cms }),
      status: 400,
      code: 'malformed_proof',
      pointer: '#/cms',
    }),
  ),
  ...[
    '',
    'e30',
    '..',
    jws({ serialNumber: UNKNOWN }),
    jws({ serialNumber: UNKNOWN, revoke: true }, { alg: 'none' }),
  ].map(
    (text, index): Row => ({
      name: `JWS ${index} that is no proof`,
      request: report({ jws: text }),
      status: 400,
      code: 'malformed_proof',
      pointer: '#/jws',
    }),
  ),
  {
    name: 'CMS about an unknown certificate',
    request: report({ cms: makeCms(privateKey, UNKNOWN) }),
    status: 401,
    code: 'proof_rejected',
  },
  {
    name: 'JWS about an unknown certificate',
    request: report({ jws: jws({ serialNumber: UNKNOWN, revoke: true }) }),
    status: 401,
    code: 'proof_rejected',
  },
  {
    name: 'a body that is no JSON',
    request: report('serial'),
    status: 400,
    code: 'malformed_request',
  },
];
