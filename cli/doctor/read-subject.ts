import type { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KitView, kitView, read } from '../api/views.ts';
import { CommandError } from '../command-error.ts';
import { reasonOf } from '../reason.ts';
import { stackVersionHere } from './elastic-agent.ts';
import { certificatesIn } from './pem.ts';
import type { Subject } from './subject.ts';

export interface DoctorOptions {
  readonly kit?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly fleetUrl?: string | undefined;
  readonly stackVersion?: string | undefined;
  readonly offline?: boolean | undefined;
}

/** Where kits put the files, by `process.platform`. */
const DIRECTORIES: Readonly<Record<string, string>> = {
  darwin: '/usr/local/etc/fleetseal',
  win32: 'C:\\ProgramData\\fleetseal',
};

/**
 * Reads what there is of a host. The files are those that the options name, else those of the kit, else the pair of
 * certificate and key in the directory.
 *
 * @throws CommandError `usage` where both are given, or no certificate can be found or read: then there is nothing to look at.
 */
export function readSubject(directory: string | undefined, options: DoctorOptions, now: number): Subject {
  if (options.kit !== undefined && directory !== undefined)
    throw new CommandError(
      'usage',
      'Pass a directory or --kit, not both: the kit names the paths of its files itself.',
    );
  const kit = options.kit === undefined ? undefined : readKit(options.kit);
  const place = directory ?? DIRECTORIES[process.platform] ?? '/etc/fleetseal';
  const certificateFile =
    options.certificate ?? fileOfKit(kit, 'certificate', 'certificate-and-key') ?? certificateIn(place);
  const chain = readCertificates('certificate', certificateFile);
  const stem = certificateFile.replace(/\.[^.]+$/, '');
  const caFile = options.ca ?? fileOfKit(kit, 'roots') ?? existing(join(place, 'ca.crt'));
  return {
    certificateFile,
    chain,
    keyFile: options.key ?? fileOfKit(kit, 'private-key', 'certificate-and-key') ?? existing(`${stem}.key`),
    caFile,
    roots: caFile === undefined ? [] : readCertificates('CA file', caFile),
    passphraseFile: options.passphraseFile ?? fileOfKit(kit, 'passphrase') ?? existing(`${stem}.pass`),
    kit,
    fleetUrl: options.fleetUrl ?? fleetUrlOf(kit),
    stackVersion: options.stackVersion ?? stackVersionHere(),
    now,
  };
}

/** The kit of `fleetseal kit --json`, or the answer to an enrollment, which holds one. */
function readKit(path: string): KitView {
  const json: unknown = parseJson(path, readText('kit', path));
  return read(kitView, typeof json === 'object' && json !== null && 'kit' in json ? json.kit : json);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CommandError(
      'usage',
      `--kit ${path} is not JSON: ${reasonOf(cause)}. "fleetseal kit --json" writes such a file.`,
    );
  }
}

function fileOfKit(kit: KitView | undefined, ...roles: readonly string[]): string | undefined {
  return kit?.files.find(({ role }) => roles.includes(role))?.path;
}

/** The commands of a kit have it, for the agent and for a Fleet Server. */
function fleetUrlOf(kit: KitView | undefined): string | undefined {
  return /"--url=(https:[^"]+)"/.exec(JSON.stringify(kit) ?? '')?.[1];
}

/** The one certificate that has a key beside it. */
function certificateIn(directory: string): string {
  const names = list(directory).filter((name) => name.endsWith('.crt'));
  const pairs = names.filter((name) => existsSync(join(directory, name.replace(/\.crt$/, '.key'))));
  const found = pairs.length > 0 ? pairs : names.filter((name) => !/(^|-)ca\.crt$/.test(name));
  const [only, ...others] = found;
  if (only === undefined)
    throw new CommandError(
      'usage',
      `${directory} holds no certificate (*.crt with *.key beside it). Name the directory, or the files with --certificate, --key and --ca.`,
    );
  if (others.length > 0)
    throw new CommandError(
      'usage',
      `${directory} holds several certificates: ${found.join(', ')}. Name one with --certificate.`,
    );
  return join(directory, only);
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    throw new CommandError(
      'usage',
      `${directory} cannot be read: ${reasonOf(cause)}. Run it as root, or name another directory.`,
    );
  }
}

function readCertificates(what: string, path: string): readonly [X509Certificate, ...X509Certificate[]] {
  const text = readText(what, path);
  let found: readonly X509Certificate[];
  try {
    found = certificatesIn(text);
  } catch (cause) {
    throw new CommandError(
      'usage',
      `The ${what} ${path} holds a certificate that cannot be read: ${reasonOf(cause)}`,
    );
  }
  const [first, ...others] = found;
  if (first === undefined) throw new CommandError('usage', `The ${what} ${path} holds no PEM certificate.`);
  return [first, ...others];
}

function readText(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CommandError('usage', `The ${what} ${path} cannot be read: ${reasonOf(cause)}`);
  }
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}
