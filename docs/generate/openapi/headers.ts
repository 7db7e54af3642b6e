type Json = Readonly<Record<string, unknown>>;

/** A header that every response has whose description lists it. */
const header = (description: string, type: 'string' | 'integer' = 'string') => ({
  description,
  required: true,
  schema: { type },
});

/** The headers of responses that mean something to a client, by their names. */
export const HEADERS = {
  ETag: header('Send it as If-None-Match the next time.'),
  Location: header('Path of the token.'),
  'Retry-After': header('Seconds.', 'integer'),
  'x-amzn-remapped-www-authenticate': header(
    'WWW-Authenticate (RFC 9110), under the name that API Gateway gives it.',
  ),
} as const satisfies Readonly<Record<string, Json>>;

export type HeaderName = keyof typeof HEADERS;

/** The member `headers` of a response. */
export function headersOf(names: readonly HeaderName[]): Json {
  if (names.length === 0) return {};
  const entries = names.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  return { headers: Object.fromEntries(entries) };
}

/** Of requests that poll. */
export const IF_NONE_MATCH = {
  name: 'If-None-Match',
  in: 'header',
  description: 'ETag of the response that the caller has, or a list of them.',
  schema: { type: 'string' },
} as const;
