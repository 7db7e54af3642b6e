import type { Answer } from '../described-operation.ts';

/** Of every response that has an ETag. */
export const UNCHANGED: Answer = {
  description: 'Unchanged (If-None-Match).',
  headers: ['ETag'],
  component: 'Unchanged',
};
