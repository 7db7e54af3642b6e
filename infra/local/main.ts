import { join, relative, resolve } from 'node:path';
import { type LocalCloud, startLocalCloud } from './local-cloud.ts';
import { freshAssembly } from './template/fresh-assembly.ts';

/* `npm start`: runs the local cloud until Ctrl-C. */

const USAGE = `Usage: npm start [-- --help]

Runs fleetseal on this machine, for development and tests, until Ctrl-C. Environment variables:

  PORT                       port of HTTPS on localhost; 0 takes a free one (default 8443)
  HTTP_PORT                  port of revocation data and OCSP on localhost, over plain HTTP; 0 takes a free one. The
                             certificates contain it (default 8080, or a free one with PORT=0)
  FLEETSEAL_DATA             directory for everything that is kept: keys, tables, credentials, the synthesized app;
                             nothing is written elsewhere (default .fleetseal in the checkout)
  FLEETSEAL_SETTINGS         JSON file of settings, see docs/settings.md (default: the defaults)
  AWS_REGION                 Region of the emulated services (default eu-central-1)
  AWS_ENDPOINT_URL_DYNAMODB  URL of another DynamoDB, such as DynamoDB Local (default: the embedded one)
  AWS_ENDPOINT_URL_KMS       URL of another KMS (default: the embedded one)
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                             credentials for those two (default: calls are not signed)
  AWS_ENDPOINT_URL_S3        URL of another S3 that does not verify signatures (default: the embedded one)
`;

readArguments(process.argv.slice(2));

const ROOT = join(import.meta.dirname, '..', '..');
const data = resolve(process.env['FLEETSEAL_DATA'] ?? join(ROOT, '.fleetseal'));
const settings = process.env['FLEETSEAL_SETTINGS'] || undefined;
const port = readPort('PORT', '8443');
const httpPort = readPort('HTTP_PORT', port === 0 ? '0' : '8080');

let cloud: LocalCloud | undefined;
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());

try {
  const assembly = async () => {
    const directory = await freshAssembly(ROOT, join(data, 'assembly'), settings && resolve(settings));
    console.log('Starting.');
    return directory;
  };
  cloud = await startLocalCloud({ assembly, data, port, httpPort });
  greet(cloud);
} catch (error) {
  console.error(
    `\nThe local cloud could not start: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exit(1);
}

/** The only argument is --help: settings are in the environment. */
function readArguments(given: readonly string[]): void {
  if (given.length === 0) return;
  const asksForHelp = given.every((argument) => ['--help', '-h'].includes(argument));
  if (asksForHelp) console.log(USAGE);
  else console.error(`npm start takes no argument "${given[0]}".\n\n${USAGE}`);
  process.exit(asksForHelp ? 0 : 1);
}

function readPort(name: string, fallback: string): number {
  const text = process.env[name] ?? fallback;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  console.error(`${name} must be a number from 0 to 65535, not "${text}".`);
  process.exit(1);
}

function greet({ url, httpUrl, caFile, admin, region }: LocalCloud): void {
  const adminFile = short(join(data, 'admin.env'));
  const ca = short(caFile);
  console.log(`
fleetseal runs at ${url}/v1 (Region ${region}).${httpUrl === undefined ? '' : `\nRevocation data and OCSP are at ${httpUrl}.`}

  DEVELOPMENT ONLY: the CA keys are files in ${join(data, 'kms')}; do not trust certificates from here.

  CA of this address     --cacert ${ca}
  administrator          source ${adminFile}
                         AWS_ACCESS_KEY_ID=${admin.accessKeyId}
                         AWS_SECRET_ACCESS_KEY=${admin.secretAccessKey}

  Try:  source ${adminFile}
        curl --cacert ${ca} --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" \\
          --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" ${url}/v1/tokens

Press Ctrl-C to stop. Everything is kept in ${data}.
`);
}

/** Relative to the working directory, if it is below it. */
function short(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below;
}

/** Runs once: Ctrl-C reaches this process from the terminal and through npm. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (cloud === undefined) process.exit(1);
  console.log('\nStopping.');
  setTimeout(() => process.exit(1), 10_000).unref();
  await cloud.stop();
  process.exit(0);
}
