import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/*
 * `npm pack`: bundles the command line into dist/cli, for a Node that reads no TypeScript below node_modules. What a
 * command needs is in chunks of its own, loaded when it runs, so that help starts as fast as it does in the checkout.
 */

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist', 'cli');

rmSync(OUT, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: { main: 'cli/main.ts' },
  outdir: OUT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  minify: true,
  // A stack trace in a report has the names of functions.
  keepNames: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Several parts of the AWS SDK are CommonJS and call require() for Node's own modules.
  banner: {
    js: "import{createRequire as fleetsealRequire}from'node:module';const require=fleetsealRequire(import.meta.url);",
  },
  mainFields: ['module', 'main'],
  legalComments: 'linked',
  logLevel: 'error',
});
