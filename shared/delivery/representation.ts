import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import { AppError } from '../errors/app-error.ts';
import type { Issued } from './render-issued.ts';
import { shellScript } from './shell-script.ts';

/** The media types that an enrollment or a renewal can be had in; without an Accept header, the first. */
export const REPRESENTATIONS = [
  'application/json',
  'application/pem-certificate-chain',
  'text/x-shellscript',
] as const;

/** One of {@link REPRESENTATIONS}. */
export type Representation = (typeof REPRESENTATIONS)[number];

/** A body: JSON, or text of a media type. */
export type Represented =
  | { readonly json: unknown }
  | { readonly text: { readonly contentType: string; readonly content: string } };

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
  if (representation !== 'text/x-shellscript' || deployment?.os !== 'windows') return;
  throw new AppError(
    'not_acceptable',
    'text/x-shellscript is for Linux and macOS, and deployment.os is windows: accept application/json.',
  );
}

/**
 * What was issued, in a representation.
 *
 * - `application/pem-certificate-chain`: the certificate, then its issuers (RFC 8555 section 9.1).
 * - `text/x-shellscript`: a script that puts every file of the kit in place.
 */
export function represent(
  representation: Representation,
  issued: Issued,
  deployment: ResolvedDeployment | undefined,
): Represented {
  if (representation === 'application/json') return { json: issued };
  if (representation === 'text/x-shellscript')
    return {
      text: { contentType: `${representation}; charset=utf-8`, content: shellScript(issued, deployment) },
    };
  return { text: { contentType: representation, content: [issued.certificate, ...issued.chain].join('') } };
}
