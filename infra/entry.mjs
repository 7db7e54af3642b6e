/*
 * Runs a TypeScript entry point of the project on any Node:
 *
 *   node infra/entry.mjs infra/app.ts [arguments]
 *
 * Node 22.18 or newer reads TypeScript; Node 20 starts the Node that `npm ci` installs in node_modules. If neither is
 * available, it prints one sentence that says what to do. Without arguments it only checks that, before a command that
 * needs the dependencies. It is plain JavaScript without dependencies, so that it runs before `npm ci` and on any Node.
 */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const INSTALLED_NODE = join(ROOT, 'node_modules', '.bin', 'node');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const [entry, ...rest] = process.argv.slice(2);
const obstacle = findObstacle();
if (obstacle !== undefined) {
  process.stderr.write(`fleetseal: ${obstacle}\n`);
  process.exitCode = 1;
} else if (entry !== undefined) {
  if (readsTypeScript()) await runHere(resolve(entry));
  else handOver(realpathSync(INSTALLED_NODE), [resolve(entry), ...rest]);
}

/** The reason why nothing can run, with what to do; undefined if everything can. */
function findObstacle() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) return `Node ${process.versions.node} is too old; install Node 20 or newer.`;
  // npm writes this file last.
  if (!existsSync(join(ROOT, 'node_modules', '.package-lock.json')))
    return `the dependencies are not installed; run "npm ci" in ${ROOT} first.`;
  if (!readsTypeScript() && !existsSync(INSTALLED_NODE))
    return `Node ${process.versions.node} cannot read TypeScript, and the Node 24 that "npm ci" installs on Linux is missing; run "npm ci" without --omit, or install Node 22.18 or newer.`;
  return undefined;
}

/** Whether this Node strips types (since 22.18 without a flag). */
function readsTypeScript() {
  return Boolean(process.features.typescript);
}

/** Runs the entry point as if Node had been started with it. */
async function runHere(path) {
  process.argv.splice(1, 2, path);
  await import(pathToFileURL(path).href);
}

/** Runs it in the other Node, with the same streams, signals and exit code. */
function handOver(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  const forward = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  child.on('exit', (code, signal) => {
    for (const each of SIGNALS) process.off(each, forward);
    if (signal === null) process.exitCode = code ?? 1;
    else process.kill(process.pid, signal);
  });
}
