import { certificateAnswer } from '../../../../functions/get-certificate/response.ts';
import { listCertificatesQuery } from '../../../../functions/list-certificates/request.ts';
import { listCertificatesAnswer } from '../../../../functions/list-certificates/response.ts';
import { reportCompromiseBody } from '../../../../functions/report-compromise/request.ts';
import { reportCompromiseAnswer } from '../../../../functions/report-compromise/response.ts';
import { certificatePath } from '../../../../shared/http/contract/certificate-path.ts';
import type { Operations } from '../described-operation.ts';

/** The operations of the tag `certificates`. */
export const CERTIFICATES_OPERATIONS: Operations = {
  'report-compromise /revoke': {
    summary: 'Revokes a certificate whose key is compromised, on proof of that key.',
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
};
