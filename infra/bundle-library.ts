import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleFunctions } from './bundle.ts';
import { FUNCTION_NAMES } from './functions.ts';

/*
 * `npm pack`: the construct library in dist/lib, for CDK apps of others: the construct as one CommonJS module, as the
 * construct library of AWS is, its types, and the functions, bundled.
 */

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist', 'lib');
const ENTRY = 'infra/certificate-authority.ts';

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
// The package's own modules are ES modules.
writeFileSync(join(OUT, 'package.json'), '{ "type": "commonjs" }\n');
await build({
  absWorkingDir: ROOT,
  entryPoints: { index: ENTRY },
  outdir: OUT,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // Constructs of two copies of these do not fit together: they are the app's.
  external: ['aws-cdk-lib', 'constructs'],
  define: { 'import.meta.dirname': '__dirname' },
  legalComments: 'linked',
  logLevel: 'error',
});
const bundles = bundleFunctions(join(OUT, 'bundles'));
for (const name of FUNCTION_NAMES)
  cpSync(bundles.directory(name), join(OUT, 'functions', name), { recursive: true });
rmSync(join(OUT, 'bundles'), { recursive: true });
execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--project', 'infra/library.tsconfig.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
