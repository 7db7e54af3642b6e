import type { Operations } from '../described-operation.ts';
import { UNCHANGED } from './answers.ts';

/** The operations of the tag `description`. */
export const DESCRIPTION_OPERATIONS: Operations = {
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
