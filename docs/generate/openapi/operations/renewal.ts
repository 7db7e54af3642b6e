import { createReplacementBody } from '../../../../functions/create-replacement/request.ts';
import { replacementPath } from '../../../../functions/delete-replacement/request.ts';
import { renewalAnswer } from '../../../../functions/get-renewal/response.ts';
import { certificatePath } from '../../../../shared/http/contract/certificate-path.ts';
import { replacementView } from '../../../../shared/http/contract/replacement.ts';
import { pageOf } from '../../../../shared/http/contract/words.ts';
import { CREATE_REPLACEMENT_FIELDS } from '../body-fields.ts';
import type { Operations } from '../described-operation.ts';
import { CREATE_REPLACEMENT_EXAMPLES } from '../examples.ts';

/** The operations of the tag `renewal`. */
export const RENEWAL_OPERATIONS: Operations = {
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
};
