import { trustAnswer } from '../../../../functions/get-trust/response.ts';
import type { Operations } from '../described-operation.ts';
import { UNCHANGED } from './answers.ts';

/** The operations of the tag `trust`. */
export const TRUST_OPERATIONS: Operations = {
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
};
