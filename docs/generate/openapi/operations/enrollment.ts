import { confirmRenewalBody } from '../../../../functions/confirm-renewal/request.ts';
import { enrollBody } from '../../../../functions/enroll/request.ts';
import { renewBody } from '../../../../functions/renew-certificate/request.ts';
import { ENROLL_FIELDS, RENEW_FIELDS } from '../body-fields.ts';
import type { Answer, Operations } from '../described-operation.ts';
import { enrollAnswer } from '../enroll-answer.ts';
import { ENROLL_EXAMPLES } from '../examples.ts';

const CERTIFICATE_LINKS = {
  certificate: { operation: 'get-certificate', parameter: 'serial', field: 'serialNumber' },
  kit: { operation: 'get-certificate-kit', parameter: 'serial', field: 'serialNumber' },
  history: { operation: 'get-certificate-history', parameter: 'serial', field: 'serialNumber' },
} as const;

/** What a kit can be had in besides JSON, with its certificate or alone. */
export const SCRIPTS = {
  'text/x-shellscript':
    'A script of POSIX sh that puts the files of the kit in place, with owner and mode, and prints the command for the agent. Run it with --help.',
  'text/x-powershell': 'The same for Windows, in PowerShell. See Get-Help.',
} as const;

/** What was issued; for hosts without a JSON parser too. */
const ISSUED = {
  schema: enrollAnswer,
  alternatives: {
    'application/pem-certificate-chain': 'The certificate, then its issuers (RFC 8555 section 9.1).',
    ...SCRIPTS,
  },
  links: CERTIFICATE_LINKS,
} as const satisfies Partial<Answer>;

/** The operations of the tag `enrollment`. */
export const ENROLLMENT_OPERATIONS: Operations = {
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
};
