import { CommandError } from '../command-error.ts';
import type { Exit } from '../exit-codes.ts';
import { plain } from '../output/plain.ts';
import { codeOf, reasonOf } from '../reason.ts';
import type { Problem } from './problem.ts';
import type { ApiResponse } from './send.ts';

/** SigV4 is refused beyond five minutes; a minute is worth a word. */
const WORTH_SAYING_MS = 60_000;

/** The error for an answer that is no success. */
export function refusal(
  { status, headers, text }: ApiResponse,
  problem: Problem | undefined,
  now: number,
): CommandError {
  if (problem === undefined)
    return new CommandError(
      exitOf(status),
      `HTTP ${status} without a problem document, so it may not come from fleetseal: ${plain(text, 120) || 'empty answer'}. Check the address.`,
    );
  const hints = [
    status === 403 ? permission(headers['date'], now) : undefined,
    busy(status, headers['retry-after']),
  ];
  const message = [plain(problem.detail), ...hints.filter((hint) => hint !== undefined)].join(' ');
  return new CommandError(exitOf(status), message, { problem });
}

function exitOf(status: number): Exit {
  if (status === 404) return 'notFound';
  return status === 429 || status >= 500 || status < 400 ? 'unavailable' : 'refused';
}

/** Wrong clocks, roles and Regions all end in 403. */
function permission(date: string | undefined, now: number): string | undefined {
  const ahead = now - Date.parse(date ?? '');
  if (Math.abs(ahead) > WORTH_SAYING_MS)
    return `This machine's clock is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} the service's; set it right first.`;
  return undefined;
}

function busy(status: number, retryAfter: string | undefined): string | undefined {
  if (status !== 429 && status !== 503) return undefined;
  return retryAfter === undefined ? 'Try again later.' : `Try again in ${plain(retryAfter, 20)} s.`;
}

/** What to do about the errors that people meet, by the code of node:net, node:dns and node:tls. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there. Is the local cloud running ("npm start"), and is the port right?',
  ENOTFOUND: 'The host name does not exist. Check the address.',
  EAI_AGAIN: 'The host name cannot be looked up now. Check the network.',
  ETIMEDOUT: 'No answer in time. Check the network, and whether the API is private to a VPC.',
  ABORT_ERR: 'No answer in time. Check the network, and whether the API is private to a VPC.',
  SELF_SIGNED_CERT_IN_CHAIN:
    "The address has a certificate from a CA that is not trusted here. Pass the CA's file with --ca-file.",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'The address has a self-signed certificate. Pass it with --ca-file if it is the right one.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "The address has a certificate from a CA that is not trusted here. Pass the CA's file with --ca-file.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "The address has a certificate from a CA that is not trusted here. Pass the CA's file with --ca-file.",
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate at this address has other names. Check the address.',
  CERT_HAS_EXPIRED: "The certificate at this address has expired, or this machine's clock is wrong.",
};

/** The error for a request without an answer. */
export function networkError(error: unknown, url: URL): CommandError {
  if (error instanceof CommandError) return error;
  const code = codeOfNetwork(error);
  const reason = reasonOf(error);
  const wayOut = WAYS_OUT[code] ?? 'Check the address and the network.';
  return new CommandError(
    'unavailable',
    `${url.origin} cannot be reached: ${plain(reason || code)}. ${wayOut}`,
    { cause: error },
  );
}

/** Node joins the errors of several addresses in an error without message that has their code. */
function codeOfNetwork(error: unknown): string {
  const timedOut = error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
  return timedOut ? 'ABORT_ERR' : codeOf(error);
}
