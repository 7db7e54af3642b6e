import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { CommandError } from '../command-error.ts';

/** What the data directory of a local cloud says of it. */
export interface LocalCloudFiles {
  readonly url: string;
  readonly caFile: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * Reads the local cloud that `npm start` runs.
 *
 * @param data FLEETSEAL_DATA. Without it: `.fleetseal` in `from` or the nearest directory above.
 * @throws CommandError `usage` where it has never run there.
 */
export function readLocalCloud(data: string | undefined, from: string): LocalCloudFiles {
  const directory = data ? resolve(from, data) : nearest(from);
  if (directory === undefined || !existsSync(join(directory, 'admin.env')))
    throw new CommandError(
      'usage',
      `--local finds no local cloud in ${directory ?? join(from, '.fleetseal')}. Start it with "npm start" and leave it running, run the command in the same directory, or set FLEETSEAL_DATA as it was set for "npm start".`,
    );
  const variables = parseEnv(readFileSync(join(directory, 'admin.env'), 'utf8'));
  const read = (name: string) => {
    const value = variables[name];
    if (value) return value;
    throw new CommandError(
      'usage',
      `${join(directory, 'admin.env')} has no ${name}: restart the local cloud, which writes this file.`,
    );
  };
  return {
    url: read('FLEETSEAL_URL'),
    caFile: read('FLEETSEAL_CA_FILE'),
    region: read('AWS_REGION'),
    credentials: { accessKeyId: read('AWS_ACCESS_KEY_ID'), secretAccessKey: read('AWS_SECRET_ACCESS_KEY') },
  };
}

function nearest(from: string): string | undefined {
  for (let at = resolve(from); ; at = dirname(at)) {
    if (existsSync(join(at, '.fleetseal'))) return join(at, '.fleetseal');
    if (at === dirname(at)) return undefined;
  }
}
