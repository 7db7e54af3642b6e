import { codeOf } from '../reason.ts';
import { parseJson, readProblem } from './problem.ts';
import type { ApiResponse } from './send.ts';

/**
 * Seconds that the service asks to wait before the request is sent again; undefined where waiting does not help, or where
 * nobody knows whether the request took effect and it must not do so twice.
 */
export function waitOf({ status, headers, text }: ApiResponse, repeatable: boolean): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  // What is refused with a problem document has had no effect; another 503 may come after one.
  if (status === 503 && !repeatable && readProblem(parseJson(text)) === undefined) return undefined;
  const seconds = Number(headers['retry-after'] ?? 1);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : 1;
}

const TRANSIENT = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'];

/** Whether an error of the network may not come again. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.includes(codeOf(error));
}
