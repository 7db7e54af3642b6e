import type * as z from 'zod/mini';
import { createTokenBody, profilePath, profileTokenBody } from '../../../functions/create-token/request.ts';
import { createTokenAnswer } from '../../../functions/create-token/response.ts';
import { enrollBody } from '../../../functions/enroll/request.ts';
import { certificateAnswer } from '../../../functions/get-certificate/response.ts';
import { certificateKitQuery } from '../../../functions/get-certificate-kit/request.ts';
import { trustAnswer } from '../../../functions/get-trust/response.ts';
import { listCertificatesQuery } from '../../../functions/list-certificates/request.ts';
import { listCertificatesAnswer } from '../../../functions/list-certificates/response.ts';
import { listTokensQuery } from '../../../functions/list-tokens/request.ts';
import { listTokensAnswer } from '../../../functions/list-tokens/response.ts';
import { renderKitBody } from '../../../functions/render-kit/request.ts';
import type { ROUTES } from '../../../shared/config/routes.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { certificatePath } from '../../../shared/http/contract/certificate-path.ts';
import { tokenView } from '../../../shared/http/contract/token.ts';
import { tokenPath } from '../../../shared/http/contract/token-id.ts';
import { CREATE_TOKEN_FIELDS, ENROLL_FIELDS, RENDER_KIT_FIELDS } from './body-fields.ts';
import { enrollAnswer } from './enroll-answer.ts';
import {
  CREATE_TOKEN_EXAMPLES,
  ENROLL_EXAMPLES,
  type NamedExamples,
  PROFILE_TOKEN_EXAMPLES,
  RENDER_KIT_EXAMPLES,
} from './examples.ts';
import type { FieldWords } from './field-words.ts';
import { kitView } from './kit-answer.ts';

/** A successful answer: JSON by its schema, other text by its media type, or nothing. */
export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodMiniType;
  readonly mediaType?: string;
  /** What can be asked next about what the answer names. @default - nothing */
  readonly links?: Readonly<Record<string, Link>>;
}

/** An operation and its path parameter, which a field of the answer fills. */
export interface Link {
  readonly operation: keyof typeof ROUTES;
  readonly parameter: string;
  readonly field: string;
}

/** The groups of operations, each with what it is about. */
export const TAGS = {
  enrollment: 'How a host gets its certificate, with a bootstrap token.',
  tokens: 'Bootstrap tokens: what hosts enroll with, and which names they may ask for.',
  certificates: 'The records of certificates.',
  kits: 'Files, commands and settings that put a certificate to use in Elastic.',
  trust: 'What verifiers trust; public.',
  description: 'This description; public.',
} as const;

/** What the description says of a route besides its method, path and access, which come from the table of functions. */
export interface Operation {
  readonly summary: string;
  /** What a caller should know beyond the summary. */
  readonly description: string;
  readonly tag: keyof typeof TAGS;
  readonly body?: z.ZodMiniType;
  /** For the fields of the body. @default - the schema says enough */
  readonly words?: Readonly<Record<string, FieldWords>>;
  readonly query?: z.ZodMiniType;
  readonly path?: z.ZodMiniType;
  readonly examples?: NamedExamples;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes that only some routes answer; those of every route, or of every body, are added. */
  readonly codes: readonly ErrorCode[];
}

const UNCHANGED: Answer = { description: 'The caller has it already (If-None-Match).' };

const TOKEN_LINKS = {
  token: { operation: 'get-token', parameter: 'id', field: 'id' },
  revocation: { operation: 'revoke-token', parameter: 'id', field: 'id' },
} as const;

const CERTIFICATE_LINKS = {
  certificate: { operation: 'get-certificate', parameter: 'serial', field: 'serialNumber' },
  kit: { operation: 'get-certificate-kit', parameter: 'serial', field: 'serialNumber' },
} as const;

/** By `<function> <path>`: a function that serves two paths is described twice. */
export const OPERATIONS: Readonly<Record<`${keyof typeof ROUTES} /${string}`, Operation>> = {
  'enroll /enroll': {
    summary:
      'Issues a certificate for a bootstrap token and a CSR; the same again gets the same certificate.',
    description:
      "The token's profile decides what the certificate is for, and the token which names it may hold. Repeat a request whose answer was lost: the same token and key get the same certificate and spend nothing.",
    tag: 'enrollment',
    body: enrollBody,
    words: ENROLL_FIELDS,
    examples: ENROLL_EXAMPLES,
    answers: {
      200: {
        description: 'The certificate that this token and key have already.',
        schema: enrollAnswer,
        links: CERTIFICATE_LINKS,
      },
      201: { description: 'A new certificate.', schema: enrollAnswer, links: CERTIFICATE_LINKS },
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
      'name_outside_profile',
      'name_outside_constraints',
      'lifetime_beyond_issuer',
      'authority_not_ready',
      'name_blocked',
      'source_not_allowed',
      'deployment_refused',
    ],
  },
  'create-token /tokens': {
    summary: 'Makes a bootstrap token.',
    description:
      'Its secret is in this answer and nowhere else. Servers need names.dns or names.ip: by them they are verified.',
    tag: 'tokens',
    body: createTokenBody,
    words: CREATE_TOKEN_FIELDS,
    examples: CREATE_TOKEN_EXAMPLES,
    answers: {
      201: { description: 'The token, shown once.', schema: createTokenAnswer, links: TOKEN_LINKS },
    },
    codes: ['invalid_token_policy'],
  },
  'create-token /profiles/{profile}/tokens': {
    summary: 'Makes a bootstrap token of one profile.',
    description:
      'The same as POST /v1/tokens, on a path that an IAM policy can allow profile by profile: the managed policies for token issuers do.',
    tag: 'tokens',
    path: profilePath,
    body: profileTokenBody,
    words: CREATE_TOKEN_FIELDS,
    examples: PROFILE_TOKEN_EXAMPLES,
    answers: { 201: { description: 'The token, shown once.', schema: createTokenAnswer } },
    codes: ['invalid_token_policy'],
  },
  'list-tokens /tokens': {
    summary: 'Pages the bootstrap tokens, newest first.',
    description: 'Tokens that are spent, expired or revoked are listed too, as long as they are kept.',
    tag: 'tokens',
    query: listTokensQuery,
    answers: { 200: { description: 'A page.', schema: listTokensAnswer } },
    codes: [],
  },
  'get-token /tokens/{id}': {
    summary: 'Answers one bootstrap token, without its secret.',
    description: 'With its uses and its state.',
    tag: 'tokens',
    path: tokenPath,
    answers: { 200: { description: 'The token.', schema: tokenView } },
    codes: ['not_found'],
  },
  'revoke-token /tokens/{id}': {
    summary: 'Closes a bootstrap token for good. Certificates that it gave stay valid.',
    description: 'The same again answers the same.',
    tag: 'tokens',
    path: tokenPath,
    answers: { 204: { description: 'Closed, now or before.' } },
    codes: ['not_found'],
  },
  'list-certificates /certificates': {
    summary: 'Pages the certificates, soonest expiry first; with a name, those of the name, newest first.',
    description:
      'Filters go together. A page may hold fewer items than asked for: only a cursor of null is the end.',
    tag: 'certificates',
    query: listCertificatesQuery,
    answers: { 200: { description: 'A page.', schema: listCertificatesAnswer } },
    codes: [],
  },
  'get-certificate /certificates/{serial}': {
    summary: 'Answers the record of one certificate.',
    description:
      'With the certificate, the last deployment that an administrator and that the host sent, and every call of KMS for it.',
    tag: 'certificates',
    path: certificatePath,
    answers: { 200: { description: 'The record.', schema: certificateAnswer } },
    codes: ['not_found'],
  },
  'get-certificate-kit /certificates/{serial}/kit': {
    summary: 'Renders the kit of a certificate for the last deployment that an administrator sent.',
    description:
      'By the rules and roots of today. With deployment=host, for what the host sent with its last enrollment: a note of the kit says so, since nobody but the host chose what is in it.',
    tag: 'kits',
    path: certificatePath,
    query: certificateKitQuery,
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
      'authority_not_ready',
    ],
  },
  'render-kit /kits': {
    summary: 'Renders the kit of a certificate that is recorded, or of one to come; issues nothing.',
    description:
      'With serialNumber the kit of that certificate, with which the deployment is recorded, without its secrets; without it the kit of one to come, which has the files that the enrollment brings by path only.',
    tag: 'kits',
    body: renderKitBody,
    words: RENDER_KIT_FIELDS,
    examples: RENDER_KIT_EXAMPLES,
    answers: { 200: { description: 'The kit.', schema: kitView } },
    codes: [
      'not_found',
      'certificate_differs',
      'certificate_revoked',
      'certificate_expired',
      'deployment_refused',
      'authority_not_ready',
    ],
  },
  'get-trust /trust': {
    summary: 'Answers the roots and issuers, and the trust bundle.',
    description: 'With the states of issuers. Poll it with If-None-Match.',
    tag: 'trust',
    answers: { 200: { description: 'What verifiers trust.', schema: trustAnswer }, 304: UNCHANGED },
    codes: ['authority_not_ready'],
  },
  'get-trust /trust.pem': {
    summary: 'Answers the trust bundle alone.',
    description: 'For the CA files of verifiers. Poll it with If-None-Match.',
    tag: 'trust',
    answers: {
      200: { description: 'PEM of all roots.', mediaType: 'application/x-pem-file' },
      304: UNCHANGED,
    },
    codes: ['authority_not_ready'],
  },
  'get-openapi /openapi.json': {
    summary: 'Answers this description.',
    description: 'Of the version that runs.',
    tag: 'description',
    answers: { 200: { description: 'OpenAPI 3.1.', mediaType: 'application/json' }, 304: UNCHANGED },
    codes: [],
  },
};
