import { plain } from './plain.ts';

/** Who it was, for a column: an ARN without partition, service and account: `user/admin`, `assumed-role/Revoker/ann`. */
export function principal(arn: string): string {
  return plain(arn.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, ''));
}
