import * as z from 'zod/mini';
import type { OperatingSystem } from '../elastic/deployment/paths.ts';
import { powershellScript } from './powershell-script.ts';
import {
  checkRepresentable,
  isScript,
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
 * @param os - of the deployment
 */
export function kitRepresentations(
  format: z.infer<typeof kitFormat> | undefined,
  os: OperatingSystem,
): readonly [KitRepresentation, ...KitRepresentation[]] {
  if (format === 'json') return ['application/json'];
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
