import { AwsError } from './aws-service.ts';

/** A header `Authorization` of Signature Version 4. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** @throws AwsError where the header is missing or incomplete. */
export function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined)
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const parts = new Map<string, string>();
  for (const part of header.replace(/^AWS4-HMAC-SHA256\s+/, '').split(/\s*,\s*/)) {
    const [name = '', ...value] = part.split('=');
    if (value.length === 0)
      throw incomplete(
        `'${part}' not a valid key=value pair (missing equal-sign) in Authorization header: '${header}'.`,
      );
    parts.set(name, value.join('='));
  }
  const required = (name: string) => {
    const value = parts.get(name);
    if (value !== undefined) return value;
    throw incomplete(`Authorization header requires '${name}' parameter. Authorization=${header}`);
  };
  const [accessKeyId = '', ...scope] = required('Credential').split('/');
  const signature = required('Signature');
  const signedHeaders = required('SignedHeaders').split(';');
  return { accessKeyId, scope: scope.join('/'), signedHeaders, signature };
}

export function incomplete(message: string): AwsError {
  return new AwsError('IncompleteSignatureException', message);
}
