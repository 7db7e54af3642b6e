import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { CommandError } from '../command-error.ts';
import { reasonOf } from '../reason.ts';

/**
 * The deployment in a file of JSON or YAML (JSON is YAML too); `-` is standard input. Its fields are checked by the service.
 *
 * @throws CommandError `usage` where it can't be read.
 */
export function readDeployment(path: string): unknown {
  const text = readText(path);
  const document = parseDocument(text, { schema: 'core', strict: true });
  const [error] = document.errors;
  if (error !== undefined)
    throw new CommandError(
      'usage',
      `--deployment ${path} is neither JSON nor YAML: ${reasonOf(error).trimEnd()}`,
    );
  const deployment: unknown = document.toJS({ maxAliasCount: 0 });
  if (typeof deployment === 'object' && deployment !== null && 'deployment' in deployment)
    throw new CommandError(
      'usage',
      `--deployment ${path} holds a whole request: put only what stands in its "deployment" into the file, and give the rest by options, such as --profile and --name.`,
    );
  if (typeof deployment === 'object' && deployment !== null && !Array.isArray(deployment)) return deployment;
  throw new CommandError(
    'usage',
    `--deployment ${path} holds no deployment: an object with fields such as "model", "stackVersion" and "fleetUrl".`,
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    throw new CommandError('usage', `--deployment ${path} cannot be read: ${reasonOf(cause)}`, { cause });
  }
}
