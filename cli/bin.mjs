#!/usr/bin/env node
/*
 * The command `fleetseal`. In a checkout (`npx fleetseal`) it runs the TypeScript beside it, on any Node from 20 on; in
 * the installed package, where Node reads no TypeScript below node_modules, the bundle that `npm pack` made.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
if (existsSync(main)) {
  // The entry takes the program that it runs as its first argument.
  process.argv.splice(2, 0, main);
  await import('../infra/entry.mjs');
} else await import('../dist/cli/main.mjs');
