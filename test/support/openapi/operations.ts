import type * as z from 'zod/mini';
import { createTokenBody } from '../../../functions/create-token/request.ts';
import { createTokenAnswer } from '../../../functions/create-token/response.ts';
import { enrollBody } from '../../../functions/enroll/request.ts';
import { certificateAnswer } from '../../../functions/get-certificate/response.ts';
import { trustAnswer } from '../../../functions/get-trust/response.ts';
import { listCertificatesQuery } from '../../../functions/list-certificates/request.ts';
import { listCertificatesAnswer } from '../../../functions/list-certificates/response.ts';
import { listTokensQuery } from '../../../functions/list-tokens/request.ts';
import { listTokensAnswer } from '../../../functions/list-tokens/response.ts';
import { renderKitBody } from '../../../functions/render-kit/request.ts';
import type { FUNCTIONS } from '../../../infra/functions.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { certificatePath } from '../../../shared/http/contract/certificate-path.ts';
import { tokenView } from '../../../shared/http/contract/token.ts';
import { tokenPath } from '../../../shared/http/contract/token-id.ts';
import { enrollAnswer } from './enroll-answer.ts';
import { CREATE_TOKEN_EXAMPLE, ENROLL_EXAMPLE, RENDER_KIT_EXAMPLE } from './examples.ts';
import { kitView } from './kit-answer.ts';

/** A successful answer: JSON by its schema, other text by its media type, or nothing. */
export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodMiniType;
  readonly mediaType?: string;
}

/** What the description says of a route besides its method, path and access, which come from the table of functions. */
export interface Operation {
  readonly summary: string;
  readonly tag: 'tokens' | 'enrollment' | 'certificates' | 'kits' | 'trust' | 'description';
  readonly body?: z.ZodMiniType;
  readonly query?: z.ZodMiniType;
  readonly path?: z.ZodMiniType;
  readonly example?: unknown;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes that only some routes answer; those of every route, or of every body, are added. */
  readonly codes: readonly ErrorCode[];
}

type HttpFunction = Exclude<
  keyof typeof FUNCTIONS,
  'answer-not-found' | 'sweep-reservations' | 'create-authority'
>;

const UNCHANGED: Answer = { description: 'The caller has it already (If-None-Match).' };

/** By `<function> <path>`: a function that serves two paths is described twice. */
export const OPERATIONS: Readonly<Record<`${HttpFunction} /${string}`, Operation>> = {
  'enroll /enroll': {
    summary:
      'Issues a certificate for a bootstrap token and a CSR; the same again gets the same certificate.',
    tag: 'enrollment',
    body: enrollBody,
    example: ENROLL_EXAMPLE,
    answers: {
      200: { description: 'The certificate that this token and key have already.', schema: enrollAnswer },
      201: { description: 'A new certificate.', schema: enrollAnswer },
    },
    codes: [
      'malformed_csr',
      'token_missing',
      'token_rejected',
      'name_in_use',
      'request_differs',
      'certificate_revoked',
      'certificate_expired',
      'csr_refused',
      'key_refused',
      'name_not_allowed',
      'name_blocked',
      'source_not_allowed',
      'deployment_refused',
    ],
  },
  'create-token /tokens': {
    summary: 'Makes a bootstrap token.',
    tag: 'tokens',
    body: createTokenBody,
    example: CREATE_TOKEN_EXAMPLE,
    answers: { 201: { description: 'The token, shown once.', schema: createTokenAnswer } },
    codes: ['invalid_token_policy'],
  },
  'list-tokens /tokens': {
    summary: 'Pages the bootstrap tokens, newest first.',
    tag: 'tokens',
    query: listTokensQuery,
    answers: { 200: { description: 'A page.', schema: listTokensAnswer } },
    codes: [],
  },
  'get-token /tokens/{id}': {
    summary: 'Answers one bootstrap token, without its secret.',
    tag: 'tokens',
    path: tokenPath,
    answers: { 200: { description: 'The token.', schema: tokenView } },
    codes: ['not_found'],
  },
  'revoke-token /tokens/{id}': {
    summary: 'Closes a bootstrap token for good. Certificates that it gave stay valid.',
    tag: 'tokens',
    path: tokenPath,
    answers: { 204: { description: 'Closed, now or before.' } },
    codes: ['not_found'],
  },
  'list-certificates /certificates': {
    summary: 'Pages the certificates, soonest expiry first; with a name, those of the name, newest first.',
    tag: 'certificates',
    query: listCertificatesQuery,
    answers: { 200: { description: 'A page.', schema: listCertificatesAnswer } },
    codes: [],
  },
  'get-certificate /certificates/{serial}': {
    summary: 'Answers the record of one certificate.',
    tag: 'certificates',
    path: certificatePath,
    answers: { 200: { description: 'The record.', schema: certificateAnswer } },
    codes: ['not_found'],
  },
  'get-certificate-kit /certificates/{serial}/kit': {
    summary: 'Renders the kit of a certificate for the last deployment that its holder sent.',
    tag: 'kits',
    path: certificatePath,
    answers: {
      200: {
        description:
          'The kit. Secrets of the deployment are not recorded: its notes say what to put in their place.',
        schema: kitView,
      },
    },
    codes: [
      'not_found',
      'deployment_not_recorded',
      'certificate_revoked',
      'certificate_expired',
      'deployment_refused',
    ],
  },
  'render-kit /kits': {
    summary: 'Renders the kit of a certificate that is recorded, or of one to come; issues nothing.',
    tag: 'kits',
    body: renderKitBody,
    example: RENDER_KIT_EXAMPLE,
    answers: { 200: { description: 'The kit.', schema: kitView } },
    codes: [
      'not_found',
      'certificate_differs',
      'certificate_revoked',
      'certificate_expired',
      'deployment_refused',
    ],
  },
  'get-trust /trust': {
    summary: 'Answers the roots and issuers, and the trust bundle.',
    tag: 'trust',
    answers: { 200: { description: 'What verifiers trust.', schema: trustAnswer }, 304: UNCHANGED },
    codes: [],
  },
  'get-trust /trust.pem': {
    summary: 'Answers the trust bundle alone.',
    tag: 'trust',
    answers: {
      200: { description: 'PEM of all roots.', mediaType: 'application/x-pem-file' },
      304: UNCHANGED,
    },
    codes: [],
  },
  'get-openapi /openapi.json': {
    summary: 'Answers this description.',
    tag: 'description',
    answers: { 200: { description: 'OpenAPI 3.1.', mediaType: 'application/json' }, 304: UNCHANGED },
    codes: [],
  },
};
