import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import { AppError } from '../errors/app-error.ts';
import { powershellScript } from './powershell-script.ts';
import type { Issued } from './render-issued.ts';
import type { DeliveredKit, ScriptSubject } from './script-subject.ts';
import { shellScript } from './shell-script.ts';

/** The media types that an enrollment or a renewal can be had in; without an Accept header, the first. */
export const REPRESENTATIONS = [
  'application/json',
  'application/pem-certificate-chain',
  'text/x-shellscript',
  'text/x-powershell',
] as const;

/** One of {@link REPRESENTATIONS}. */
export type Representation = (typeof REPRESENTATIONS)[number];

/** What a kit alone can be had in. */
export type KitRepresentation = Exclude<Representation, 'application/pem-certificate-chain'>;

/** A body: JSON, or text of a media type. */
export type Represented =
  | { readonly json: unknown }
  | { readonly text: { readonly contentType: string; readonly content: string } };

/** The scripts, each with the systems that can run it. */
const SCRIPTS = {
  'text/x-shellscript': { runsOn: 'Linux and macOS', runsOnWindows: false, render: shellScript },
  'text/x-powershell': { runsOn: 'Windows', runsOnWindows: true, render: powershellScript },
} as const;

function isScript(representation: Representation): representation is keyof typeof SCRIPTS {
  return Object.hasOwn(SCRIPTS, representation);
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
  if (deployment.eckAgent !== undefined)
    throw new AppError(
      'not_acceptable',
      'No script can be rendered for an agent that ECK runs: its kit is manifests and commands of kubectl, without files on a host. Accept application/json.',
    );
  const { runsOn, runsOnWindows } = SCRIPTS[representation];
  if (runsOnWindows === (deployment.os === 'windows')) return;
  throw new AppError(
    'not_acceptable',
    `${representation} is for ${runsOn}, and deployment.os is ${deployment.os}: accept application/json.`,
  );
}

/**
 * What was issued, in a representation.
 *
 * - `application/pem-certificate-chain`: the certificate, then its issuers (RFC 8555 section 9.1).
 * - `text/x-shellscript` and `text/x-powershell`: a script that puts every file of the kit in place.
 */
export function represent(
  representation: Representation,
  issued: Issued,
  deployment: ResolvedDeployment | undefined,
): Represented {
  if (representation === 'application/json') return { json: issued };
  if (isScript(representation)) return scriptOf(representation, issued, deployment);
  return { text: { contentType: representation, content: [issued.certificate, ...issued.chain].join('') } };
}

/**
 * A kit alone, in a representation.
 *
 * @throws AppError `not_acceptable` where the deployment has no such script.
 */
export function representKit(
  representation: KitRepresentation,
  { deployment, ...subject }: DeliveredKit,
): Represented {
  if (!isScript(representation)) return { json: subject.kit };
  checkRepresentable(representation, deployment);
  return scriptOf(representation, subject, deployment);
}

function scriptOf(
  representation: keyof typeof SCRIPTS,
  subject: ScriptSubject,
  deployment: ResolvedDeployment | undefined,
): Represented {
  const content = SCRIPTS[representation].render(subject, deployment);
  return { text: { contentType: `${representation}; charset=utf-8`, content } };
}
