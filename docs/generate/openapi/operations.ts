import type * as z from 'zod/mini';
import { addRootBody } from '../../../functions/add-root/request.ts';
import { blockKeyBody } from '../../../functions/block-key/request.ts';
import { blockNameBody } from '../../../functions/block-name/request.ts';
import { certifyIssuerBody } from '../../../functions/certify-issuer/request.ts';
import { changeIssuerBody, compromiseIssuerBody } from '../../../functions/change-issuer/request.ts';
import { changeIssuerAnswer, compromiseIssuerAnswer } from '../../../functions/change-issuer/response.ts';
import { acknowledgeBody } from '../../../functions/change-root/request.ts';
import { confirmRenewalBody } from '../../../functions/confirm-renewal/request.ts';
import { createReplacementBody } from '../../../functions/create-replacement/request.ts';
import { createTokenBody, profilePath, profileTokenBody } from '../../../functions/create-token/request.ts';
import { createTokenAnswer } from '../../../functions/create-token/response.ts';
import { replacementPath } from '../../../functions/delete-replacement/request.ts';
import { enrollBody } from '../../../functions/enroll/request.ts';
import { certificateAnswer } from '../../../functions/get-certificate/response.ts';
import { historyAnswer } from '../../../functions/get-certificate-history/response.ts';
import { certificateKitQuery } from '../../../functions/get-certificate-kit/request.ts';
import { renewalAnswer } from '../../../functions/get-renewal/response.ts';
import { trustAnswer } from '../../../functions/get-trust/response.ts';
import { installIssuerBody } from '../../../functions/install-issuer/request.ts';
import { installIssuerAnswer } from '../../../functions/install-issuer/response.ts';
import { listBlocksQuery } from '../../../functions/list-blocks/request.ts';
import { listBlocksAnswer } from '../../../functions/list-blocks/response.ts';
import { listCertificatesQuery } from '../../../functions/list-certificates/request.ts';
import { listCertificatesAnswer } from '../../../functions/list-certificates/response.ts';
import { listIssuersAnswer } from '../../../functions/list-issuers/response.ts';
import { listRootsAnswer } from '../../../functions/list-roots/response.ts';
import { listTokensQuery } from '../../../functions/list-tokens/request.ts';
import { listTokensAnswer } from '../../../functions/list-tokens/response.ts';
import { renderKitBody } from '../../../functions/render-kit/request.ts';
import { renewBody } from '../../../functions/renew-certificate/request.ts';
import { reportCompromiseBody } from '../../../functions/report-compromise/request.ts';
import { reportCompromiseAnswer } from '../../../functions/report-compromise/response.ts';
import {
  revokeBody,
  revokeManyBody,
  revokeTokenBody,
} from '../../../functions/revoke-certificates/request.ts';
import { revocationAnswer } from '../../../functions/revoke-certificates/response.ts';
import type { ROUTES } from '../../../shared/config/routes.ts';
import type { FieldWords } from '../../../shared/elastic/deployment/fields/words.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { certificatePath } from '../../../shared/http/contract/certificate-path.ts';
import { issuerPath, issuerView } from '../../../shared/http/contract/issuer.ts';
import { replacementView } from '../../../shared/http/contract/replacement.ts';
import { keyBlockView, nameBlockView, namePath } from '../../../shared/http/contract/revocation.ts';
import {
  additionalRootPath,
  additionalRootView,
  rootPath,
  rootView,
} from '../../../shared/http/contract/root.ts';
import { tokenView } from '../../../shared/http/contract/token.ts';
import { tokenPath } from '../../../shared/http/contract/token-id.ts';
import { pageOf } from '../../../shared/http/contract/words.ts';
import {
  ACKNOWLEDGE_FIELDS,
  ADD_ROOT_FIELDS,
  BLOCK_KEY_FIELDS,
  BLOCK_NAME_FIELDS,
  CREATE_REPLACEMENT_FIELDS,
  CREATE_TOKEN_FIELDS,
  ENROLL_FIELDS,
  INSTALL_ISSUER_FIELDS,
  RENDER_KIT_FIELDS,
  RENEW_FIELDS,
  REVOKE_FIELDS,
  REVOKE_MANY_FIELDS,
  REVOKE_TOKEN_FIELDS,
} from './body-fields.ts';
import { enrollAnswer } from './enroll-answer.ts';
import {
  ACKNOWLEDGE_EXAMPLES,
  ADD_ROOT_EXAMPLES,
  BLOCK_KEY_EXAMPLES,
  BLOCK_NAME_EXAMPLES,
  CREATE_REPLACEMENT_EXAMPLES,
  CREATE_TOKEN_EXAMPLES,
  ENROLL_EXAMPLES,
  type NamedExamples,
  PROFILE_TOKEN_EXAMPLES,
  RENDER_KIT_EXAMPLES,
  REVOKE_EXAMPLES,
  REVOKE_MANY_EXAMPLES,
  REVOKE_TOKEN_EXAMPLES,
} from './examples.ts';
import type { HeaderName } from './headers.ts';
import { kitView } from './kit-answer.ts';

/** A successful response: JSON by its schema, other text by its media type, or nothing. */
export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodMiniType;
  readonly mediaType?: string;
  /** Other representations, all text: what each is, by media type. @default - none */
  readonly alternatives?: Readonly<Record<string, string>>;
  /** What can be asked next about what the answer names. @default - nothing */
  readonly links?: Readonly<Record<string, Link>>;
  /** Headers that every such answer has, besides its content type. @default - none */
  readonly headers?: readonly HeaderName[];
  /** Its name where several operations have it. @default - described in place */
  readonly component?: string;
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
  tokens: 'Bootstrap tokens: hosts enroll with them, and they limit the names.',
  renewal: 'When and how a certificate is renewed.',
  certificates: 'The records of certificates.',
  revocation: 'What is revoked or blocked, and what happened to a certificate.',
  kits: 'Files, commands and settings that put a certificate to use in Elastic.',
  trust: 'What verifiers trust; public.',
  scripts: 'The scripts that hosts run; public.',
  authority: 'The CAs and their rollover, and the roots of other CAs that hosts trust too.',
  description: 'This description; public.',
} as const;

/** What the description says of a route besides its method, path and access, which come from the table of functions. */
export interface Operation {
  readonly summary: string;
  /** What a caller should know beyond the summary. */
  readonly description: string;
  readonly tag: keyof typeof TAGS;
  readonly body?: z.ZodMiniType;
  /** Whether it may be left out. @default false */
  readonly bodyIsOptional?: boolean;
  /** Bodies that differ in what is required have one name. @default - described in place */
  readonly bodyName?: string;
  /** For the fields of the body. @default - the schema says enough */
  readonly words?: Readonly<Record<string, FieldWords>>;
  readonly query?: z.ZodMiniType;
  readonly path?: z.ZodMiniType;
  readonly examples?: NamedExamples;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes that only some routes return; those of every route, or of every body, are added. */
  readonly codes: readonly ErrorCode[];
}

const UNCHANGED: Answer = {
  description: 'Unchanged (If-None-Match).',
  headers: ['ETag'],
  component: 'Unchanged',
};

const TOKEN_LINKS = {
  token: { operation: 'get-token', parameter: 'id', field: 'id' },
  revocation: { operation: 'revoke-token', parameter: 'id', field: 'id' },
} as const;

const NEW_TOKEN: Answer = {
  description: 'The token, shown once.',
  schema: createTokenAnswer,
  links: TOKEN_LINKS,
  headers: ['Location'],
  component: 'NewToken',
};

const CERTIFICATE_LINKS = {
  certificate: { operation: 'get-certificate', parameter: 'serial', field: 'serialNumber' },
  kit: { operation: 'get-certificate-kit', parameter: 'serial', field: 'serialNumber' },
  history: { operation: 'get-certificate-history', parameter: 'serial', field: 'serialNumber' },
} as const;

const REVOCATION: Answer = {
  description: 'What is revoked, and what takes effect where and when.',
  schema: revocationAnswer,
  component: 'Revoked',
};

function shellScript(name: string): Answer {
  return { description: `${name}.`, mediaType: 'text/x-shellscript', headers: ['ETag'] };
}

function powershellScript(name: string): Answer {
  return { description: `${name}.`, mediaType: 'text/x-powershell', headers: ['ETag'] };
}

/** What was issued; for hosts without a JSON parser too. */
const ISSUED = {
  schema: enrollAnswer,
  alternatives: {
    'application/pem-certificate-chain': 'The certificate, then its issuers (RFC 8555 section 9.1).',
    'text/x-shellscript':
      'A script of POSIX sh that puts the files of the kit in place, with owner and mode, and prints the command for the agent. Run it with --help.',
    'text/x-powershell': 'The same for Windows, in PowerShell. See Get-Help.',
  },
  links: CERTIFICATE_LINKS,
} as const satisfies Partial<Answer>;

/** By `<function> <path>`: a function that serves two paths is described twice. */
export const OPERATIONS: Readonly<Record<`${keyof typeof ROUTES} /${string}`, Operation>> = {
  'enroll /enroll': {
    summary: 'Issues a certificate for a bootstrap token and a CSR. Safe to repeat.',
    description:
      "The token's profile decides what the certificate is for, and the token which names it may have. If a response was lost, repeat the request: the same token and key get the same certificate, and no further use is counted. The response is JSON unless the header Accept asks for the certificate chain or for a script; a header that allows none of them is refused, and nothing is issued.",
    tag: 'enrollment',
    body: enrollBody,
    words: ENROLL_FIELDS,
    examples: ENROLL_EXAMPLES,
    answers: {
      200: {
        ...ISSUED,
        description: 'The certificate that this key has already.',
        component: 'IssuedBefore',
      },
      201: { ...ISSUED, description: 'A new certificate.', component: 'Issued' },
    },
    codes: [
      'not_acceptable',
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
  'renew-certificate /renew': {
    summary: 'Renews a certificate for the holder of its key. Safe to repeat.',
    description:
      'Needs no token: the proof is the new CSR, signed with the key of the current certificate a moment ago. The new certificate has the names and the lifetime of the current one; the CSR contributes its key, which must be a new one. If a response was lost, repeat the request with the same key: it gets the same certificate. Another key replaces a certificate that nobody confirmed, five times at most. Allowed until some days after the expiry (setting renewal.graceDays), and five times within an hour. Accept works as with POST /v1/enroll.',
    tag: 'enrollment',
    body: renewBody,
    words: RENEW_FIELDS,
    answers: {
      200: {
        ...ISSUED,
        description: 'The certificate that this key has already.',
        component: 'IssuedBefore',
      },
      201: { ...ISSUED, description: 'A new certificate.', component: 'Issued' },
    },
    codes: [
      'not_acceptable',
      'malformed_proof',
      'malformed_csr',
      'proof_rejected',
      'proof_not_fresh',
      'name_in_use',
      'certificate_revoked',
      'certificate_expired',
      'already_renewed',
      'csr_refused',
      'key_refused',
      'name_outside_constraints',
      'lifetime_beyond_issuer',
      'name_blocked',
      'deployment_refused',
      'renewed_too_often',
      'authority_not_ready',
    ],
  },
  'confirm-renewal /renew/confirm': {
    summary: 'Confirms that the certificate that renewed another one is in use. Safe to repeat.',
    description:
      'The proof is the serial number of the previous certificate, signed with the key of the new one a moment ago. From then on, the previous certificate renews nothing more. A certificate that is renewed itself is confirmed by that.',
    tag: 'enrollment',
    body: confirmRenewalBody,
    answers: { 204: { description: 'Confirmed, now or before.' } },
    codes: ['malformed_proof', 'proof_rejected', 'proof_not_fresh', 'certificate_revoked'],
  },
  'create-token /tokens': {
    summary: 'Creates a bootstrap token.',
    description:
      'Only this response has the secret. Servers need names.dns or names.ip, by which clients verify them.',
    tag: 'tokens',
    body: createTokenBody,
    bodyName: 'TokenRequest',
    words: CREATE_TOKEN_FIELDS,
    examples: CREATE_TOKEN_EXAMPLES,
    answers: { 201: NEW_TOKEN },
    codes: ['invalid_token_policy'],
  },
  'create-token /profiles/{profile}/tokens': {
    summary: 'Creates a bootstrap token for one profile.',
    description:
      'Like POST /v1/tokens, on a path that an IAM policy can allow for each profile, as the managed policies for token issuers do.',
    tag: 'tokens',
    path: profilePath,
    body: profileTokenBody,
    bodyName: 'TokenRequest',
    words: CREATE_TOKEN_FIELDS,
    examples: PROFILE_TOKEN_EXAMPLES,
    answers: { 201: NEW_TOKEN },
    codes: ['invalid_token_policy'],
  },
  'list-tokens /tokens': {
    summary: 'Lists the bootstrap tokens, newest first.',
    description: 'Includes spent, expired and revoked tokens, as long as they are kept.',
    tag: 'tokens',
    query: listTokensQuery,
    answers: { 200: { description: 'A page.', schema: listTokensAnswer } },
    codes: [],
  },
  'get-token /tokens/{id}': {
    summary: 'Returns one bootstrap token, without its secret.',
    description: 'With its uses and its state.',
    tag: 'tokens',
    path: tokenPath,
    answers: { 200: { description: 'The token.', schema: tokenView } },
    codes: ['not_found'],
  },
  'revoke-token /tokens/{id}': {
    summary: 'Revokes a bootstrap token for good. Certificates issued with it stay valid.',
    description: 'Safe to repeat.',
    tag: 'tokens',
    path: tokenPath,
    answers: { 204: { description: 'Revoked, now or before.' } },
    codes: ['not_found'],
  },
  'report-compromise /revoke': {
    summary: 'Revokes a certificate whose key is compromised, for whoever holds that key.',
    description:
      'Needs no token: the proof is the serial number, signed with the key of the certificate. The reason is keyCompromise, and the key is blocked. Safe to repeat, also with the same proof. An unknown serial number and a proof by another key are rejected alike.',
    tag: 'certificates',
    body: reportCompromiseBody,
    answers: { 200: { description: 'Revoked, now or before.', schema: reportCompromiseAnswer } },
    codes: ['malformed_proof', 'proof_rejected'],
  },
  'list-certificates /certificates': {
    summary: 'Lists the certificates, next to expire first; with a name, only those, newest first.',
    description:
      'Filters are combined. A page may have fewer items than requested: only a null cursor marks the end.',
    tag: 'certificates',
    query: listCertificatesQuery,
    answers: { 200: { description: 'A page.', schema: listCertificatesAnswer } },
    codes: [],
  },
  'get-certificate /certificates/{serial}': {
    summary: 'Returns the record of one certificate.',
    description:
      'Includes the certificate, the last deployments from an administrator and from the host, and every KMS call for it.',
    tag: 'certificates',
    path: certificatePath,
    answers: { 200: { description: 'The record.', schema: certificateAnswer } },
    codes: ['not_found'],
  },
  'get-certificate-history /certificates/{serial}/history': {
    summary: 'Returns what happened to a certificate, and who did it.',
    description: 'The history only grows. It is kept as long as the record.',
    tag: 'revocation',
    path: certificatePath,
    answers: { 200: { description: 'The history.', schema: historyAnswer } },
    codes: ['not_found'],
  },
  'revoke-certificates /certificates/{serial}/revoke': {
    summary: 'Revokes a certificate for good.',
    description:
      'Safe to repeat: the first time, reason and author stay. A certificate that is being signed is revoked too, and its host gets none. Its name is free afterwards, unless it is blocked. With reason keyCompromise, its key is blocked. An expired certificate can be revoked. The response says what takes effect where and when.',
    tag: 'revocation',
    path: certificatePath,
    body: revokeBody,
    bodyName: 'RevocationRequest',
    words: REVOKE_FIELDS,
    examples: REVOKE_EXAMPLES,
    answers: { 200: REVOCATION },
    codes: ['not_found'],
  },
  'revoke-certificates /certificates/revoke': {
    summary: 'Revokes up to 100 certificates, or none if one of them is not recorded.',
    description: 'Safe to repeat. confirm must be the number of certificates.',
    tag: 'revocation',
    body: revokeManyBody,
    words: REVOKE_MANY_FIELDS,
    examples: REVOKE_MANY_EXAMPLES,
    answers: { 200: REVOCATION },
    codes: ['not_found', 'not_confirmed'],
  },
  'revoke-certificates /names/{profile}/{name}/revoke': {
    summary: 'Revokes every certificate of a name that has not expired.',
    description:
      'Safe to repeat. With block, the name is blocked first, so that nothing is issued for it in between; then it may have no certificate at all.',
    tag: 'revocation',
    path: namePath,
    body: revokeBody,
    bodyName: 'RevocationRequest',
    words: REVOKE_FIELDS,
    examples: REVOKE_EXAMPLES,
    answers: { 200: REVOCATION },
    codes: ['not_found'],
  },
  'revoke-certificates /tokens/{id}/revoke': {
    summary: 'Revokes a bootstrap token and every certificate issued with it.',
    description:
      'The token is closed first, so that nothing is issued with it in between; then its certificates are revoked, also those being signed. Safe to repeat. To close only the token, use DELETE /v1/tokens/{id}.',
    tag: 'revocation',
    path: tokenPath,
    body: revokeTokenBody,
    words: REVOKE_TOKEN_FIELDS,
    examples: REVOKE_TOKEN_EXAMPLES,
    answers: { 200: REVOCATION },
    codes: ['not_found'],
  },
  'list-blocks /blocks': {
    summary: 'Lists the blocked keys, then the blocked names.',
    description: 'A page may have fewer items than requested: only a null cursor marks the end.',
    tag: 'revocation',
    query: listBlocksQuery,
    answers: { 200: { description: 'A page.', schema: listBlocksAnswer } },
    codes: [],
  },
  'block-name /blocks/{profile}/{name}': {
    summary: 'Blocks a name: no certificate of the profile is issued for it.',
    description:
      'Certificates that it has stay valid; POST /v1/names/{profile}/{name}/revoke with block revokes them too. Safe to repeat: the first block stays.',
    tag: 'revocation',
    path: namePath,
    body: blockNameBody,
    words: BLOCK_NAME_FIELDS,
    examples: BLOCK_NAME_EXAMPLES,
    answers: { 200: { description: 'The block.', schema: nameBlockView } },
    codes: [],
  },
  'unblock-name /blocks/{profile}/{name}': {
    summary: 'Lifts the block of a name.',
    description: 'Safe to repeat: if the name is not blocked, nothing changes.',
    tag: 'revocation',
    path: namePath,
    answers: { 204: { description: 'The name is not blocked.' } },
    codes: [],
  },
  'block-key /blocks/keys': {
    summary: 'Blocks a public key for good: no certificate is issued for it.',
    description:
      'Send the key in exactly one form. Certificates that it has stay valid until they are revoked. Safe to repeat: the first block stays.',
    tag: 'revocation',
    body: blockKeyBody,
    words: BLOCK_KEY_FIELDS,
    examples: BLOCK_KEY_EXAMPLES,
    answers: { 200: { description: 'The block.', schema: keyBlockView } },
    codes: ['key_refused'],
  },
  'get-certificate-kit /certificates/{serial}/kit': {
    summary: 'Renders the kit for a certificate and the last deployment from an administrator.',
    description:
      'Uses the current rules and roots. With deployment=host, uses what the host sent with its last enrollment; a note says so, since only the host chose what is in it.',
    tag: 'kits',
    path: certificatePath,
    query: certificateKitQuery,
    answers: {
      200: {
        description: 'The kit. Secrets are not recorded: its notes say what to put in their place.',
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
  'create-replacement /replacements': {
    summary: 'Has certificates renewed before their time.',
    description:
      'Moves their renewal windows forward, spread over the time until by. Hosts learn of it when they next ask, within six hours. Certificates issued later are not meant. Refused with the earliest possible time if the quota of KMS does not allow by. Safe to repeat: the same request finds the replacement that it made.',
    tag: 'renewal',
    body: createReplacementBody,
    words: CREATE_REPLACEMENT_FIELDS,
    examples: CREATE_REPLACEMENT_EXAMPLES,
    answers: {
      200: { description: 'The replacement exists already.', schema: replacementView },
      201: { description: 'The replacement.', schema: replacementView },
    },
    codes: ['replacement_refused'],
  },
  'list-replacements /replacements': {
    summary: 'Lists the mass replacements, oldest first.',
    description: 'All on one page.',
    tag: 'renewal',
    answers: { 200: { description: 'The replacements.', schema: pageOf(replacementView) } },
    codes: [],
  },
  'delete-replacement /replacements/{id}': {
    summary: 'Ends a mass replacement.',
    description: 'Hosts that have not renewed yet get their usual windows again.',
    tag: 'renewal',
    path: replacementPath,
    answers: { 204: { description: 'Ended.' } },
    codes: ['not_found'],
  },
  'get-renewal /renewal/{serial}': {
    summary: 'Returns when a certificate should be renewed.',
    description:
      'Public: a serial number has 136 random bits. Hosts of the same age get different windows. A window moves forward if an administrator replaces the certificate, or if its issuer drains or is compromised: ask again after Retry-After.',
    tag: 'renewal',
    path: certificatePath,
    answers: {
      200: {
        description: 'The window. The caller may keep it for as long as Retry-After says.',
        schema: renewalAnswer,
        headers: ['Retry-After'],
      },
    },
    codes: ['not_found', 'certificate_revoked'],
  },
  'render-kit /kits': {
    summary: 'Renders the kit for a certificate, or for one not yet issued; issues nothing.',
    description:
      'With serialNumber, the kit is for that certificate, and the deployment is recorded with it, without its secrets. Without it, the files that come with the enrollment have a path but no contents.',
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
      'name_outside_profile',
      'deployment_refused',
      'authority_not_ready',
    ],
  },
  'list-issuers /issuers': {
    summary: 'Lists the issuers with their states, and the free slots.',
    description:
      'An issuer is PENDING (recorded), READY (certified), ACTIVE (issues), DRAINING (completes what it reserved), RETIRED or COMPROMISED (both sign no certificates).',
    tag: 'authority',
    answers: { 200: { description: 'All issuers.', schema: listIssuersAnswer } },
    codes: [],
  },
  'certify-issuer /issuers': {
    summary: 'Has the root certify the next issuer.',
    description:
      'Takes the first free slot of the settings, or the one that the body names. The issuer is READY afterwards, and issues nothing before it is activated. Below an external root it stays PENDING, and `csr` is what the CA of that root is to certify. Safe to repeat: an issuer that is READY, or has its CSR, is returned.',
    tag: 'authority',
    body: certifyIssuerBody,
    bodyIsOptional: true,
    answers: {
      200: { description: 'An issuer that was certified before.', schema: issuerView },
      201: { description: 'A new issuer.', schema: issuerView },
    },
    codes: ['not_found', 'no_free_slot', 'state_conflict', 'authority_not_ready'],
  },
  'install-issuer /issuers/{id}/certificate': {
    summary: 'Installs the certificate of an issuer below an external root.',
    description:
      'What the CA of that root made of the CSR, checked as a verifier does and more strictly. The issuer is READY afterwards. Until it is activated, another certificate with the same name and key may replace it. Safe to repeat.',
    tag: 'authority',
    path: issuerPath,
    body: installIssuerBody,
    words: INSTALL_ISSUER_FIELDS,
    answers: { 200: { description: 'The issuer.', schema: installIssuerAnswer } },
    codes: ['not_found', 'state_conflict', 'issuer_refused', 'authority_not_ready'],
  },
  'change-issuer /issuers/{id}/activate': {
    summary: 'Has a READY issuer issue from now on.',
    description:
      'The one that was active in the same key family drains. Safe to repeat. Revocation lists and OCSP of a new issuer are there 5 minutes after it was certified: activate it then.',
    tag: 'authority',
    path: issuerPath,
    body: changeIssuerBody,
    bodyIsOptional: true,
    answers: { 200: { description: 'The issuer as it is now.', schema: changeIssuerAnswer } },
    codes: ['not_found', 'state_conflict'],
  },
  'change-issuer /issuers/{id}/drain': {
    summary: 'Has an ACTIVE issuer issue nothing new.',
    description:
      'It completes what was reserved, and goes on signing revocation lists. The only active issuer cannot be drained: activate the next one instead.',
    tag: 'authority',
    path: issuerPath,
    body: changeIssuerBody,
    bodyIsOptional: true,
    answers: { 200: { description: 'The issuer as it is now.', schema: changeIssuerAnswer } },
    codes: ['not_found', 'state_conflict'],
  },
  'change-issuer /issuers/{id}/retire': {
    summary: 'Ends the life of an issuer.',
    description: 'Possible once no certificate of it can be valid any more. It signs nothing from then on.',
    tag: 'authority',
    path: issuerPath,
    body: changeIssuerBody,
    bodyIsOptional: true,
    answers: { 200: { description: 'The issuer as it is now.', schema: changeIssuerAnswer } },
    codes: ['not_found', 'state_conflict'],
  },
  'change-issuer /issuers/{id}/compromise': {
    summary: 'Records that the key of an issuer may be in other hands.',
    description:
      'It issues nothing from now on; the next one that is READY takes over; hosts are asked to renew. The root revokes it at revokeAt (in 7 days by default), which can be brought forward. This is final.',
    tag: 'authority',
    path: issuerPath,
    body: compromiseIssuerBody,
    bodyIsOptional: true,
    answers: { 200: { description: 'The issuer as it is now.', schema: compromiseIssuerAnswer } },
    codes: ['not_found', 'state_conflict'],
  },
  'get-trust /trust': {
    summary: 'Returns the roots, the issuers and the trust bundle.',
    description: 'Includes the states of issuers. Poll it with If-None-Match.',
    tag: 'trust',
    answers: {
      200: { description: 'What verifiers trust.', schema: trustAnswer, headers: ['ETag'] },
      304: UNCHANGED,
    },
    codes: ['authority_not_ready'],
  },
  'get-trust /trust.pem': {
    summary: 'Returns only the trust bundle.',
    description: 'For CA files. Poll it with If-None-Match.',
    tag: 'trust',
    answers: {
      200: { description: 'PEM of all roots.', mediaType: 'application/x-pem-file', headers: ['ETag'] },
      304: UNCHANGED,
    },
    codes: ['authority_not_ready'],
  },
  'get-host-script /bootstrap.sh': {
    summary: 'Returns the script that enrolls a Linux or macOS host.',
    description:
      'POSIX sh; it needs curl and openssl. It says what it does with --help. Its second line has the version.',
    tag: 'scripts',
    answers: { 200: shellScript('bootstrap.sh'), 304: UNCHANGED },
    codes: [],
  },
  'get-host-script /rotate.sh': {
    summary: 'Returns the script that renews the certificate of a Linux or macOS host.',
    description:
      'POSIX sh; it needs curl and openssl. bootstrap.sh installs it. Its second line has the version.',
    tag: 'scripts',
    answers: { 200: shellScript('rotate.sh'), 304: UNCHANGED },
    codes: [],
  },
  'get-host-script /bootstrap.ps1': {
    summary: 'Returns the script that enrolls a Windows host.',
    description: 'For Windows PowerShell 5.1 and PowerShell 7. Its second line has the version.',
    tag: 'scripts',
    answers: { 200: powershellScript('bootstrap.ps1'), 304: UNCHANGED },
    codes: [],
  },
  'get-host-script /rotate.ps1': {
    summary: 'Returns the script that renews the certificate of a Windows host.',
    description: 'For Windows PowerShell 5.1 and PowerShell 7. Its second line has the version.',
    tag: 'scripts',
    answers: { 200: powershellScript('rotate.ps1'), 304: UNCHANGED },
    codes: [],
  },
  'list-roots /roots': {
    summary: 'Lists the roots of the authority, and those of other CAs in the trust bundle.',
    description: 'In the order of the trust bundle.',
    tag: 'authority',
    answers: { 200: { description: 'All roots.', schema: listRootsAnswer } },
    codes: [],
  },
  'add-root /roots': {
    summary: 'Adds the root of another CA to the trust bundle.',
    description:
      'For a migration: hosts trust it from their next bundle on, and whatever its key signs. It stays until DELETE /v1/roots/{id}, whatever the setting additionalRoots says. Safe to repeat: 200 if it is there already.',
    tag: 'authority',
    body: addRootBody,
    words: ADD_ROOT_FIELDS,
    examples: ADD_ROOT_EXAMPLES,
    answers: {
      200: { description: 'It was in the trust bundle already.', schema: additionalRootView },
      201: { description: 'The root.', schema: additionalRootView },
    },
    codes: ['root_refused'],
  },
  'certify-root /roots/{id}/certify': {
    summary: 'Makes the next root of the authority.',
    description:
      'The first step of a rollover. The root signs itself, and the active root signs its cross-certificate: it is in the trust bundle from then on, and certifies nothing yet. Safe to repeat.',
    tag: 'authority',
    path: rootPath,
    answers: {
      200: { description: 'It was certified already.', schema: rootView },
      201: { description: 'The root.', schema: rootView },
    },
    codes: ['not_found', 'state_conflict', 'authority_not_ready'],
  },
  'change-root /roots/{id}/acknowledge': {
    summary: 'Acknowledges the verifiers of a root that the service cannot see.',
    description:
      'Those that hold none of its certificates, such as Elasticsearch, Logstash and proxies, have the new trust bundle; Fleet Servers were restarted, since they trust a new client CA only after a restart. Replaces an earlier acknowledgement.',
    tag: 'authority',
    path: rootPath,
    body: acknowledgeBody,
    words: ACKNOWLEDGE_FIELDS,
    examples: ACKNOWLEDGE_EXAMPLES,
    answers: { 200: { description: 'The root.', schema: rootView } },
    codes: ['not_found', 'state_conflict'],
  },
  'change-root /roots/{id}/activate': {
    summary: 'Has new issuers certified by this root.',
    description:
      'Only when enough hosts have it in their trust bundle (setting rootAdoptionPercent; measured every hour) and its verifiers are acknowledged. The root before it stays in the trust bundle until it is retired. Safe to repeat.',
    tag: 'authority',
    path: rootPath,
    answers: { 200: { description: 'The root.', schema: rootView } },
    codes: ['not_found', 'state_conflict', 'root_not_adopted', 'root_not_acknowledged'],
  },
  'change-root /roots/{id}/retire': {
    summary: 'Takes a root out of the trust bundle.',
    description: 'Only when another root is active and no issuer below it lives. Safe to repeat.',
    tag: 'authority',
    path: rootPath,
    answers: { 200: { description: 'The root.', schema: rootView } },
    codes: ['not_found', 'state_conflict'],
  },
  'remove-root /roots/{id}': {
    summary: 'Removes the root of another CA from the trust bundle.',
    description:
      'Hosts trust it until they have the next bundle. One that the setting additionalRoots names is removed by a deployment without it.',
    tag: 'authority',
    path: additionalRootPath,
    answers: { 204: { description: 'The trust bundle does not contain it any more.' } },
    codes: ['not_found', 'root_in_settings'],
  },
  'get-openapi /openapi.json': {
    summary: 'Returns this description.',
    description: 'Of the running version.',
    tag: 'description',
    answers: {
      200: { description: 'OpenAPI 3.1.', mediaType: 'application/json', headers: ['ETag'] },
      304: UNCHANGED,
    },
    codes: [],
  },
};
