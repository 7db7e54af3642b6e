import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import { AppError } from '../errors/app-error.ts';

/** The media types that an enrollment or a renewal can be had in; without an Accept header, the first. */
export const REPRESENTATIONS = [
  'application/json',
  'application/pem-certificate-chain',
  'text/x-shellscript',
  'text/x-powershell',
] as const;

/** One of {@link REPRESENTATIONS}. */
export type Representation = (typeof REPRESENTATIONS)[number];

/** A body: JSON, or text of a media type. */
export type Represented =
  | { readonly json: unknown }
  | { readonly text: { readonly contentType: string; readonly content: string } };

/** The scripts, each with the systems that can run it. */
const RUNS_ON = {
  'text/x-shellscript': 'Linux and macOS',
  'text/x-powershell': 'Windows',
} as const;

/** Why a deployment has no script. */
export const NO_SCRIPT =
  'An agent that ECK runs has no files on a host, so its kit is not a script: request it as JSON.';

/** The media type of a script. */
export type ScriptType = keyof typeof RUNS_ON;

export function isScript(representation: Representation): representation is ScriptType {
  return Object.hasOwn(RUNS_ON, representation);
}

/** A script as a body. */
export function scriptBody(type: ScriptType, content: string): Represented {
  return { text: { contentType: `${type}; charset=utf-8`, content } };
}

/**
 * Refuses a deployment that cannot be had in a representation; before anything is issued, so that it costs no use of a
 * token.
 *
 * @throws AppError `not_acceptable`
 */
export function checkRepresentable(
  representation: Representation,
  deployment: ResolvedDeployment | undefined,
): void {
  if (deployment === undefined || !isScript(representation)) return;
  if (deployment.eckAgent !== undefined) throw new AppError('not_acceptable', NO_SCRIPT);
  if ((representation === 'text/x-powershell') === (deployment.os === 'windows')) return;
  throw new AppError(
    'not_acceptable',
    `${representation} is for ${RUNS_ON[representation]}, and deployment.os is ${deployment.os}: accept application/json.`,
  );
}
