import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, buildSync, type Metafile, type OutputFile } from 'esbuild';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from './functions.ts';
import { packedScripts } from './pack-scripts.ts';

/** The repository. */
const ROOT = join(import.meta.dirname, '..');

/** The results of {@link bundleFunctions}. */
export interface Bundles {
  /** Directory with only the function's `index.mjs`: its code in Lambda. */
  readonly directory: (name: FunctionName) => string;
  /** File that lists the inputs of the function's bundle, for tests of its size and contents. */
  readonly metafile: (name: FunctionName) => string;
}

/**
 * Bundles all functions: `<outdir>/functions/<name>/index.mjs`, minified, for the Lambda runtime's Node. The
 * AWS SDK is bundled: loading the runtime's copy takes longer (measured: 190 ms against 114 ms). Source maps, metafiles,
 * the licences of packages and the packed host scripts go to `<outdir>/meta`, which is not deployed.
 *
 * @throws Error that names every function without a handler.
 */
export function bundleFunctions(outdir: string): Bundles {
  const missing = FUNCTION_NAMES.filter((name) => !existsSync(handler(name)));
  if (missing.length > 0) throw new Error(`functions without a handler.ts: ${missing.join(', ')}`);
  const options = { ...OPTIONS, alias: { ...OPTIONS.alias, '#host-scripts': writePackedScripts(outdir) } };
  bundle(FUNCTION_NAMES.filter(hasEventStreams), options, outdir);
  bundle(
    FUNCTION_NAMES.filter((name) => !hasEventStreams(name)),
    { ...options, external: [...OPTIONS.external, EVENT_STREAMS] },
    outdir,
  );
  return {
    directory: (name) => join(outdir, 'functions', name),
    metafile: (name) => join(outdir, 'meta', `${name}.json`),
  };
}

/** @returns the path of the module. */
function writePackedScripts(outdir: string): string {
  const path = join(outdir, 'meta', 'host-scripts.mjs');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, packedScripts());
  return path;
}

/** See there. */
const PASSWORD_HASHES = join(ROOT, 'shared/pki/password-hashes.ts');

/** The options of every bundle; the bench builds others with them, to compare. */
export const OPTIONS = {
  absWorkingDir: ROOT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  write: false,
  metafile: true,
  sourcemap: 'external',
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  // yaml's build for Node is CommonJS, which cannot be tree-shaken; its build for browsers is the same code as ES modules.
  // Measured: 66 KB less in each function that renders kits, which need no parser.
  // The cache for endpoint discovery is never used (shared/store/endpoint-cache.ts). Measured: 7 KB less in each with DynamoDB.
  // pkijs hashes passwords of PKCS#12 alone with @noble/hashes. Measured: 12 KB less in each function that uses pkijs.
  alias: {
    yaml: join(ROOT, 'node_modules/yaml/browser/index.js'),
    '@aws-sdk/endpoint-cache': join(ROOT, 'shared/store/endpoint-cache.ts'),
    '@noble/hashes/legacy.js': PASSWORD_HASHES,
    '@noble/hashes/sha2.js': PASSWORD_HASHES,
  },
  // Lambda sets credentials in the environment, where the SDK looks first (credential-provider-node); it never imports its
  // other providers. Measured: 135 KB less in each function that calls AWS.
  external: [
    '@aws-sdk/credential-provider-http',
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-web-identity',
    '@smithy/credential-provider-imds',
  ],
  // CommonJS parts of the AWS SDK call require() for Node's own modules; ES modules do not have it.
  banner: {
    js: "import{createRequire as fleetsealRequire}from'node:module';const require=fleetsealRequire(import.meta.url);",
  },
  // Licences are in a file beside the source map. Measured: 4 KB less in each function that reads certificates.
  legalComments: 'external',
  logLevel: 'error',
} as const satisfies BuildOptions;

/**
 * What the SDK imports where an operation of a service has an event stream: no operation of DynamoDB or KMS has one, and
 * the clients of S3 and CloudWatch Logs import it at their start. Measured: 20 KB less in each function without these.
 */
export const EVENT_STREAMS = '@smithy/core/event-streams';

function hasEventStreams(name: FunctionName): boolean {
  const variables: readonly string[] = FUNCTIONS[name].variables;
  const ofClients = ['BUCKET_NAME', 'ARCHIVE_BUCKET_NAME', 'SIGNING_LOG_GROUPS'];
  return ofClients.some((variable) => variables.includes(variable));
}

function bundle(names: readonly FunctionName[], options: BuildOptions, outdir: string): void {
  const { outputFiles, metafile } = buildSync({
    ...options,
    metafile: true,
    write: false,
    entryPoints: names.map((name) => ({ in: handler(name), out: `functions/${name}/index` })),
    outdir,
  });
  for (const file of outputFiles) write(outdir, file);
  for (const name of names) writeMetafile(outdir, name, metafile);
}

function handler(name: FunctionName): string {
  return join(ROOT, 'functions', name, 'handler.ts');
}

function write(outdir: string, file: OutputFile): void {
  const name = dirname(relative(join(outdir, 'functions'), file.path));
  const [, beside] = /\/index(\.mjs\.(?:map|LEGAL\.txt))$/.exec(file.path) ?? [];
  const path = beside === undefined ? file.path : join(outdir, 'meta', `${name}${beside}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file.contents);
}

/** Writes the part of the run's metafile that concerns one function. */
function writeMetafile(outdir: string, name: FunctionName, metafile: Metafile): void {
  const output = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${name}/index.mjs`))?.[1];
  if (output === undefined) throw new Error(`esbuild made no bundle of ${name}`);
  writeFileSync(
    join(outdir, 'meta', `${name}.json`),
    JSON.stringify({ bytes: output.bytes, inputs: output.inputs, imports: output.imports }),
  );
}
