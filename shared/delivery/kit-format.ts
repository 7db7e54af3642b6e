import * as z from 'zod/mini';
import type { OperatingSystem } from '../elastic/deployment/paths.ts';
import type { KitRepresentation } from './representation.ts';

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
