import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, buildSync, type Metafile, type OutputFile } from 'esbuild';
import { FUNCTION_NAMES, type FunctionName } from './functions.ts';

/** The repository. */
const ROOT = join(import.meta.dirname, '..');

/** Where {@link bundleFunctions} left its results. */
export interface Bundles {
  /** Directory that holds `index.mjs` of the function, alone: what Lambda gets. */
  readonly directory: (name: FunctionName) => string;
  /** What went into the bundle of a function, for budgets and prohibitions. */
  readonly metafile: (name: FunctionName) => string;
}

/**
 * Bundles all functions in one run: `<outdir>/functions/<name>/index.mjs`, minified, for the Lambda runtime's Node. The
 * AWS SDK goes in: loading it from the runtime's disk takes longer (measured: 190 ms against 114 ms). Source maps and
 * what each bundle is made of go to `<outdir>/meta`, outside of what is deployed.
 *
 * @throws Error naming every function of the table that has no handler.
 */
export function bundleFunctions(outdir: string): Bundles {
  const missing = FUNCTION_NAMES.filter((name) => !existsSync(handler(name)));
  if (missing.length > 0) throw new Error(`functions without a handler.ts: ${missing.join(', ')}`);
  const { outputFiles, metafile } = buildSync({
    ...OPTIONS,
    entryPoints: FUNCTION_NAMES.map((name) => ({ in: handler(name), out: `functions/${name}/index` })),
    outdir,
  });
  for (const file of outputFiles) write(outdir, file);
  for (const name of FUNCTION_NAMES) writeMetafile(outdir, name, metafile);
  return {
    directory: (name) => join(outdir, 'functions', name),
    metafile: (name) => join(outdir, 'meta', `${name}.json`),
  };
}

/** How every bundle is built, so that the bench can build another one to compare with. */
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
  // For Node, yaml is CommonJS, of which nothing can be left out; its build for browsers has the same code as ES modules,
  // so that the writer comes without the parser. Measured: 66 KB less in each function that renders kits.
  alias: { yaml: join(ROOT, 'node_modules/yaml/browser/index.js') },
  // Lambda gives credentials in the environment, which the SDK asks first (credential-provider-node); the other sources
  // it would import on demand and never does. Measured: 135 KB less in each function that calls AWS.
  external: [
    '@aws-sdk/credential-provider-http',
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-web-identity',
    '@smithy/credential-provider-imds',
  ],
  // CommonJS parts of the AWS SDK call require() for Node's own modules; an ES module has none.
  banner: {
    js: "import{createRequire as fleetsealRequire}from'node:module';const require=fleetsealRequire(import.meta.url);",
  },
  logLevel: 'error',
} as const satisfies BuildOptions;

function handler(name: FunctionName): string {
  return join(ROOT, 'functions', name, 'handler.ts');
}

function write(outdir: string, file: OutputFile): void {
  const path = file.path.endsWith('.map')
    ? join(outdir, 'meta', `${dirname(relative(join(outdir, 'functions'), file.path))}.mjs.map`)
    : file.path;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file.contents);
}

/** The part of the run's metafile that is about one function. */
function writeMetafile(outdir: string, name: FunctionName, metafile: Metafile): void {
  const output = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${name}/index.mjs`))?.[1];
  if (output === undefined) throw new Error(`esbuild made no bundle of ${name}`);
  writeFileSync(
    join(outdir, 'meta', `${name}.json`),
    JSON.stringify({ bytes: output.bytes, inputs: output.inputs }),
  );
}
