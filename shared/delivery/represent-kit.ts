import * as z from 'zod/mini';
import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import { AppError } from '../errors/app-error.ts';
import { powershellScript } from './powershell-script.ts';
import {
  checkRepresentable,
  isScript,
  NO_SCRIPT,
  type Representation,
  type Represented,
  scriptBody,
} from './representation.ts';
import type { DeliveredKit } from './script-subject.ts';
import { shellScript } from './shell-script.ts';

/** What a kit alone can be had in. */
type KitRepresentation = Exclude<Representation, 'application/pem-certificate-chain'>;

const SCRIPTS = { 'text/x-shellscript': shellScript, 'text/x-powershell': powershellScript } as const;

/** How a kit is requested by name; the header Accept does it too. */
export const kitFormat = z
  .enum(['json', 'script'])
  .check(
    z.describe(
      'script: one that puts the files in place, for the system of the deployment. By default as the header Accept says, otherwise json.',
    ),
  );

/**
 * The media types that the header Accept may choose from: those of the format, all if none was named.
 *
 * @throws AppError `deployment_refused` where a script is requested of a deployment that has none.
 */
export function kitRepresentations(
  format: z.infer<typeof kitFormat> | undefined,
  { os, eckAgent }: ResolvedDeployment,
): readonly [KitRepresentation, ...KitRepresentation[]] {
  if (format === 'json') return ['application/json'];
  // The request is understood: it is not the header Accept that cannot be met.
  if (format === 'script' && eckAgent !== undefined) throw new AppError('deployment_refused', NO_SCRIPT);
  if (format === 'script') return [os === 'windows' ? 'text/x-powershell' : 'text/x-shellscript'];
  return ['application/json', 'text/x-shellscript', 'text/x-powershell'];
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
  return scriptBody(representation, SCRIPTS[representation](subject, deployment));
}
