import { type ExecFileOptions, execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What an assembly is made from. */
export interface Sources {
  /** Files and directories of code. */
  readonly paths: readonly string[];
  /** The file of settings. */
  readonly settings: string;
}

/** Names the authority, and leaves everything else to the defaults. */
const DEFAULTS = join('infra', 'local', 'fleetseal.json');

/**
 * Synthesizes the app of the repository `root` into `outdir`, unless the assembly there was made from the same sources.
 *
 * @param settings absolute path of the file of settings. @default - infra/local/fleetseal.json
 * @throws Error with the message of the synthesis if it fails.
 */
export async function freshAssembly(root: string, outdir: string, settings?: string): Promise<string> {
  const sources = sourcesOf(root, settings);
  if (isFresh(outdir, sources)) return outdir;
  console.log('Synthesizing the CDK app.');
  rmSync(outdir, { recursive: true, force: true });
  const env = {
    ...process.env,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context(root), fleetseal: sources.settings }),
  };
  await run([join(root, 'infra', 'app.ts')], { cwd: root, env });
  keepSettings(outdir, sources);
  return outdir;
}

/** What the assembly of the repository `root` is made from. @param settings as of {@link freshAssembly} */
export function sourcesOf(root: string, settings = join(root, DEFAULTS)): Sources {
  const paths = ['infra', 'functions', 'shared', 'cdk.json', 'package-lock.json'];
  return { paths: paths.map((name) => join(root, name)), settings };
}

/** As the CDK command line passes it on. */
function context(root: string): Readonly<Record<string, unknown>> {
  const file = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as {
    readonly context?: Readonly<Record<string, unknown>>;
  };
  return file.context ?? {};
}

/** Runs a program of this repository, and stops it if this process ends first. Prints its warnings. */
async function run(program: readonly string[], options: ExecFileOptions): Promise<void> {
  const running = promisify(execFile)(process.execPath, program, { ...options, encoding: 'utf8' });
  const end = () => running.child.kill();
  process.once('exit', end);
  try {
    process.stderr.write((await running).stderr);
  } catch (cause) {
    throw new Error((cause as { stderr: string }).stderr.trim(), { cause });
  } finally {
    process.off('exit', end);
  }
}

/** Keeps the settings of an assembly: another file of settings may be older than the assembly. */
const kept = (outdir: string) => join(outdir, 'fleetseal-settings.json');

/** Records the settings in the directory of the assembly that was made with them. */
export function keepSettings(outdir: string, { settings }: Sources): void {
  writeFileSync(kept(outdir), textOf(settings) ?? '');
}

/** Whether the assembly is newer than the code, and was made with these settings. */
export function isFresh(outdir: string, { paths, settings }: Sources): boolean {
  const text = textOf(settings);
  const made = newest([join(outdir, 'manifest.json')]);
  return made > newest(paths) && text !== undefined && text === textOf(kept(outdir));
}

/** Undefined where the file is missing, which the synthesis then reports. */
function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** The latest modification time of these files and of the files in these directories; 0 where there are none. */
function newest(paths: readonly string[]): number {
  return Math.max(
    0,
    ...paths.filter(existsSync).map((path) => {
      const stats = statSync(path);
      return stats.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : stats.mtimeMs;
    }),
  );
}
