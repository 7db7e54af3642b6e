import { enrollment } from '../../support/cloud.ts';
import type { Row } from './row.ts';

/** Enrollments without a token that is good for them. */
export const TOKENS: readonly Row[] = [
  {
    name: 'no token',
    request: ({ enroll }) => ({ ...enroll(enrollment()), headers: {} }),
    status: 401,
    code: 'token_missing',
  },
  {
    name: 'another scheme',
    request: ({ enroll }) => enroll(enrollment(), 'agent', { authorization: 'Basic dXNlcjpwYXNz' }),
    status: 401,
    code: 'token_missing',
  },
  {
    name: 'an empty token',
    request: ({ enroll }) => enroll(enrollment(), 'agent', { authorization: 'Bearer ' }),
    status: 401,
    code: 'token_missing',
  },
  {
    name: "Fleet's enrollment token",
    request: ({ enroll }) => enroll(enrollment(), 'agent', { authorization: 'Bearer ZXhhbXBsZTpleGFtcGxl' }),
    status: 401,
    code: 'token_rejected',
  },
  {
    name: 'a token with one character more',
    request: ({ enroll, token }) => enroll(enrollment(), 'agent', { authorization: `Bearer ${token}x` }),
    status: 401,
    code: 'token_rejected',
  },
  {
    name: 'a token from elsewhere',
    request: ({ enroll }) => enroll(enrollment(), 'elsewhere'),
    status: 422,
    code: 'source_not_allowed',
  },
];
