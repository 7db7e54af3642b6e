import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandError } from '../command-error.ts';
import { reasonOf } from '../reason.ts';
import { readLocalCloud } from './local-cloud.ts';
import { createSigner, regionOfHost, type Signer } from './signer.ts';

/** The options that every command takes, as commander reads them. */
export interface GlobalOptions {
  readonly url?: string;
  readonly region?: string;
  readonly awsProfile?: string;
  readonly caFile?: string;
  readonly local?: true;
  readonly json?: true;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Address and credentials. */
export interface Connection {
  /** Base of every route: no trailing slash, ends with the version, `https://localhost:8443/v1`. */
  readonly baseUrl: string;
  /** PEM of the CAs that its TLS certificate is verified with; undefined for those of Node. */
  readonly ca: string | undefined;
  /** The file of `ca`, absolute. */
  readonly caFile?: string | undefined;
  readonly sign: Signer;
}

const NO_ADDRESS =
  'No address of the service. Set FLEETSEAL_URL or pass --url (the output "Url" of the service stack), or pass --local for the local cloud of "npm start".';

/** @throws CommandError `usage` where the options or the environment do not say where the service is. */
export function readConnection(options: GlobalOptions, env: Environment): Connection {
  if (options.local) return localConnection(options, env);
  const url = options.url ?? env['FLEETSEAL_URL'];
  if (!url) throw new CommandError('usage', NO_ADDRESS);
  const source = options.url === undefined ? 'FLEETSEAL_URL' : '--url';
  const baseUrl = readBaseUrl(source, url);
  const caFile = options.caFile ?? env['FLEETSEAL_CA_FILE'];
  const region = options.region ?? regionOfHost(new URL(baseUrl).hostname);
  return {
    baseUrl,
    ca: caFile ? readCa(options.caFile === undefined ? 'FLEETSEAL_CA_FILE' : '--ca-file', caFile) : undefined,
    caFile: caFile ? resolve(caFile) : undefined,
    sign: createSigner({ region, awsProfile: options.awsProfile, env }),
  };
}

function localConnection(options: GlobalOptions, env: Environment): Connection {
  const other = (['url', 'region', 'awsProfile', 'caFile'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (other !== undefined) {
    const flag = `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new CommandError(
      'usage',
      `--local and ${flag} exclude each other: --local reads everything from the local cloud's data directory.`,
    );
  }
  const { url, caFile, region, credentials } = readLocalCloud(env['FLEETSEAL_DATA'], process.cwd());
  return {
    baseUrl: readBaseUrl('FLEETSEAL_URL', url),
    ca: readCa('FLEETSEAL_CA_FILE', caFile),
    caFile: resolve(caFile),
    sign: createSigner({ region, credentials, env }),
  };
}

/** Adds the version where it is missing, so that the host alone is enough. */
function readBaseUrl(source: string, text: string): string {
  if (!URL.canParse(text))
    throw new CommandError(
      'usage',
      `${source} "${text}" is not a URL. It begins with https://, as in https://pki.example.com/v1.`,
    );
  const url = new URL(text);
  if (url.protocol !== 'https:')
    throw new CommandError(
      'usage',
      `${source} "${text}" must begin with https://: the service is served over TLS only.`,
    );
  if (url.username !== '' || url.search !== '' || url.hash !== '')
    throw new CommandError(
      'usage',
      `${source} must have no user, query or fragment: only https://<host>/<stage>.`,
    );
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path.endsWith('/v1') ? path : `${path}/v1`}`;
}

function readCa(source: string, path: string): string {
  try {
    const pem = readFileSync(path, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  } catch (cause) {
    throw new CommandError('usage', `${source} ${path} cannot be read: ${reasonOf(cause)}`);
  }
  throw new CommandError('usage', `${source} ${path} holds no PEM certificate.`);
}
