import { blockKeyBody } from '../../../../functions/block-key/request.ts';
import { blockNameBody } from '../../../../functions/block-name/request.ts';
import { historyAnswer } from '../../../../functions/get-certificate-history/response.ts';
import { listBlocksQuery } from '../../../../functions/list-blocks/request.ts';
import { listBlocksAnswer } from '../../../../functions/list-blocks/response.ts';
import {
  revokeBody,
  revokeManyBody,
  revokeTokenBody,
} from '../../../../functions/revoke-certificates/request.ts';
import { revocationAnswer } from '../../../../functions/revoke-certificates/response.ts';
import { certificatePath } from '../../../../shared/http/contract/certificate-path.ts';
import { keyBlockView, nameBlockView, namePath } from '../../../../shared/http/contract/revocation.ts';
import { tokenPath } from '../../../../shared/http/contract/token-id.ts';
import {
  BLOCK_KEY_FIELDS,
  BLOCK_NAME_FIELDS,
  REVOKE_FIELDS,
  REVOKE_MANY_FIELDS,
  REVOKE_TOKEN_FIELDS,
} from '../body-fields.ts';
import type { Answer, Operations } from '../described-operation.ts';
import {
  BLOCK_KEY_EXAMPLES,
  BLOCK_NAME_EXAMPLES,
  REVOKE_EXAMPLES,
  REVOKE_MANY_EXAMPLES,
  REVOKE_TOKEN_EXAMPLES,
} from '../examples.ts';

const REVOCATION: Answer = {
  description: 'What is revoked, and what takes effect where and when.',
  schema: revocationAnswer,
  component: 'Revoked',
};

/** The operations of the tag `revocation`. */
export const REVOCATION_OPERATIONS: Operations = {
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
};
