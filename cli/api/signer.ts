import { CommandError } from '../command-error.ts';
import { reasonOf } from '../reason.ts';
import type { ApiRequest } from './send.ts';
import { Sha256 } from './sha256.ts';

/** The headers of a request with its SigV4 signature among them. */
export type Signer = (request: ApiRequest) => Promise<Readonly<Record<string, string>>>;

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface SignerOptions {
  /** @default - AWS_REGION, AWS_DEFAULT_REGION, or that of the AWS profile */
  readonly region?: string | undefined;
  /** @default - AWS_PROFILE, or `default` */
  readonly awsProfile?: string | undefined;
  /** @default - the usual chain: environment, profile (SSO, assumed role, process), web identity, container, instance */
  readonly credentials?: Credentials;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Signs for API Gateway. Reads credentials on the first request, and loads the SDK's chain only then. */
export function createSigner(options: SignerOptions): Signer {
  let loaded: Promise<{ readonly sign: Signer }> | undefined;
  return async (request) => {
    loaded ??= load(options);
    return (await loaded).sign(request);
  };
}

/** The Region in a host name of API Gateway; undefined for any other. */
export function regionOfHost(host: string): string | undefined {
  return /\.execute-api(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/.exec(host)?.[1];
}

async function load(options: SignerOptions): Promise<{ readonly sign: Signer }> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const region = options.region ?? (await readRegion(options));
  const credentials = options.credentials ?? (await chain(options.awsProfile));
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return {
    async sign({ method, url, headers, body }) {
      const { protocol, hostname, pathname: path, searchParams } = url;
      const query = Object.fromEntries(searchParams);
      const signed = await signer.sign({
        method,
        protocol,
        hostname,
        path,
        query,
        headers: { ...headers, host: url.host },
        body,
      });
      return signed.headers;
    },
  };
}

/** The SDK's own chain, read once per command. */
async function chain(profile: string | undefined): Promise<Credentials> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  try {
    return await defaultProvider(profile === undefined ? {} : { profile })();
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new CommandError(
      'usage',
      `No AWS credentials: ${reason}${reason.endsWith('.') ? '' : '.'} Set AWS_PROFILE or pass --aws-profile, log in with "aws sso login", or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for the local cloud, pass --local.`,
      { cause },
    );
  }
}

async function readRegion({ env, awsProfile }: SignerOptions): Promise<string> {
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || (await regionOfProfile(awsProfile));
  if (region) return region;
  throw new CommandError(
    'usage',
    'No Region: pass --region or set AWS_REGION to the Region that the service runs in.',
  );
}

async function regionOfProfile(profile: string | undefined): Promise<string | undefined> {
  const { getProfileName, loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile } = await loadSharedConfigFiles();
  return configFile[getProfileName({ ...(profile === undefined ? {} : { profile }) })]?.['region'];
}
