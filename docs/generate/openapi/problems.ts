import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { PROBLEMS } from '../../../shared/http/problem.ts';

type Json = Record<string, unknown>;

/**
 * The refusals of an operation: one response for each status, listing the codes that have it.
 *
 * @param shared - gets each response by its name; the operation only refers to it.
 */
export function problems(codes: readonly ErrorCode[], shared: Map<string, Json>): Json {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  const entries = [...byStatus].map(([status, group]) => {
    const name = group.join('.');
    shared.set(name, response(status, group));
    return [String(status), { $ref: `#/components/responses/${name}` }];
  });
  return Object.fromEntries(entries);
}

function response(status: number, codes: readonly ErrorCode[]): Json {
  return {
    description: codes.map((code) => `${code}: ${PROBLEMS[code].title}.`).join(' '),
    ...(status === 429 || status === 503
      ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } } }
      : {}),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** RFC 9457, with our members. */
export function problemSchema(): Json {
  const codes = Object.keys(PROBLEMS);
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
    properties: {
      type: { type: 'string', examples: ['urn:fleetseal:problem:malformed_request'] },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'The field, the rule and the way out.' },
      code: { type: 'string', enum: codes },
      requestId: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['pointer', 'detail'],
          properties: {
            pointer: {
              type: 'string',
              description:
                'JSON pointer as URI fragment (RFC 6901); #/query/... and #/path/... are parameters.',
              examples: ['#/names/dns/0'],
            },
            detail: { type: 'string' },
          },
        },
      },
    },
  };
}
