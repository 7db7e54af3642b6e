import {
  createTokenBody,
  profilePath,
  profileTokenBody,
} from '../../../../functions/create-token/request.ts';
import { createTokenAnswer } from '../../../../functions/create-token/response.ts';
import { listTokensQuery } from '../../../../functions/list-tokens/request.ts';
import { listTokensAnswer } from '../../../../functions/list-tokens/response.ts';
import { tokenView } from '../../../../shared/http/contract/token.ts';
import { tokenPath } from '../../../../shared/http/contract/token-id.ts';
import { CREATE_TOKEN_FIELDS } from '../body-fields.ts';
import type { Answer, Operations } from '../described-operation.ts';
import { CREATE_TOKEN_EXAMPLES, PROFILE_TOKEN_EXAMPLES } from '../examples.ts';

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

/** The operations of the tag `tokens`. */
export const TOKENS_OPERATIONS: Operations = {
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
};
