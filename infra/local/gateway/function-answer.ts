import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HttpAnswer } from './answers.ts';

/** Headers that the gateway sends itself: a function's value gets another name (documented for `WWW-Authenticate` only). */
const REMAPPED: readonly string[] = ['connection', 'content-length', 'date', 'server', 'www-authenticate'];

/**
 * Reads what a function returned (API Gateway developer guide, "Output format of a Lambda function for proxy
 * integration").
 *
 * @returns undefined for anything else; the gateway then answers 502.
 */
export function functionAnswer(payload: string | undefined): HttpAnswer | undefined {
  const result = parse(payload);
  const status = Number(result?.['statusCode']);
  if (result === undefined || !Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const known = ['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'];
  if (Object.keys(result).some((name) => !known.includes(name))) return undefined;
  const { body = '', isBase64Encoded = false } = result;
  if (body !== null && typeof body !== 'string') return undefined;
  const headers = [...headersOf(result)];
  if (!headers.every(canBeSent)) return undefined;
  return {
    status,
    headers,
    body: isBase64Encoded === true ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

function parse(payload: string | undefined): Record<string, unknown> | undefined {
  const value: unknown = payload === undefined ? undefined : JSON.parse(payload);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function* headersOf(result: Readonly<Record<string, unknown>>): Generator<readonly [string, string]> {
  const single = (result['headers'] ?? {}) as Record<string, unknown>;
  const multiple = (result['multiValueHeaders'] ?? {}) as Record<string, readonly unknown[]>;
  const taken = new Set(Object.keys(multiple).map((name) => name.toLowerCase()));
  const rename = (name: string) => (REMAPPED.includes(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name);
  for (const [name, values] of Object.entries(multiple))
    for (const value of values) yield [rename(name), String(value)];
  for (const [name, value] of Object.entries(single))
    if (!taken.has(name.toLowerCase())) yield [rename(name), String(value)];
  const named = [...Object.keys(single), ...taken].some((name) => name.toLowerCase() === 'content-type');
  if (!named) yield ['Content-Type', 'application/json'];
}

function canBeSent([name, value]: readonly [string, string]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
