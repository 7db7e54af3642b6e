import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { PROBLEMS } from '../../../shared/http/problem.ts';
import { type HeaderName, headersOf } from './headers.ts';

type Json = Record<string, unknown>;

/**
 * The refusals of an operation: one response for each status, listing the codes that have it.
 *
 * @param shared - gets each response by its name; the operation only refers to it.
 */
export function problems(codes: readonly ErrorCode[], shared: Map<string, Json>): Json {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  const entries = [...byStatus].map(([status, group]) => {
    const name = nameOf(group);
    const known = shared.get(name);
    const described = response(status, group);
    if (known !== undefined && known['description'] !== described['description'])
      throw new Error(`two responses have the name ${name}`);
    shared.set(name, described);
    return [String(status), { $ref: `#/components/responses/${name}` }];
  });
  return Object.fromEntries(entries);
}

/** The last code, which is the operation's own where it has any, and how many there are: `not_found`, `malformed_csr.3`. */
function nameOf(codes: readonly string[]): string {
  const last = codes.at(-1) ?? '';
  return codes.length === 1 ? last : `${last}.${codes.length}`;
}

/** As `problemHeaders` in shared/http/problem.ts. */
const HEADERS_BY_STATUS: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['x-amzn-remapped-www-authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

function response(status: number, codes: readonly ErrorCode[]): Json {
  return {
    description: codes.map((code) => `${code}: ${PROBLEMS[code].title}.`).join(' '),
    ...headersOf(HEADERS_BY_STATUS[status] ?? []),
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
