/**
 * What an OpenAPI document cannot say, and Schemathesis therefore reports: the closed list, by the names in
 * `hooks/checks.py`. One that no failure needs fails the run.
 */
export const RULES = {
  unsigned: 'API Gateway answers 403, not 401, to a request of an IAM route without a signature',
  method: 'API Gateway hands TRACE and QUERY to no integration (ANY is seven other methods) and answers 403',
  policy:
    '422 says that a request was understood and refused by policy, such as a profile without IP addresses',
  cursor: 'a cursor is opaque: only the service can tell whether it made it',
  network:
    'that the host bits of a network are zero, or that an IPv6 address is IPv4-mapped, is arithmetic on 128 bits',
  'two-profiles': 'that a profile in the body equals the one in the path relates two fields',
  pem: 'whether a text is the PEM of a certificate or a request takes more than a pattern',
} as const;

/** The same, where it depends on the sequence of requests whether a failure needs it. */
export const RULES_AT_TIMES = {
  size: 'a body above 16 KB is refused with 413 before anything in it is read, whatever is wrong with it',
  fingerprint:
    'a link is inferred from the id of a root to the route of additional roots, which takes fingerprints',
  revoked: 'DELETE revokes a token, and its record stays readable: an auditor needs it',
  astral: 'format characters above U+FFFF have no notation in patterns that all readers of JSON Schema share',
} as const;
