import type { APIGatewayProxyEvent } from 'aws-lambda';
import { fieldError } from '../errors/app-error.ts';

/**
 * The value of a request header, whatever the case of its name; undefined where it was not sent.
 *
 * @throws AppError `malformed_request` where it was sent more than once: two readers could choose different ones.
 */
export function headerOf(
  event: Pick<APIGatewayProxyEvent, 'headers' | 'multiValueHeaders'>,
  name: string,
): string | undefined {
  const wanted = name.toLowerCase();
  const many = Object.entries(event.multiValueHeaders ?? {}).filter(([key]) => key.toLowerCase() === wanted);
  const one = Object.entries(event.headers ?? {}).filter(([key]) => key.toLowerCase() === wanted);
  const values = many.length > 0 ? many.flatMap(([, value]) => value ?? []) : one.map(([, value]) => value);
  if (values.length > 1)
    throw fieldError(
      'malformed_request',
      `#/headers/${wanted}`,
      `The header ${name} was sent more than once. Send it once.`,
    );
  return values[0];
}
