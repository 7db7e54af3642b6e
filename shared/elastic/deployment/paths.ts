import { replacedPart } from './replaced-part.ts';

/** Where an agent runs. A container's paths are those inside it. */
export type OperatingSystem = 'linux' | 'macos' | 'windows' | 'container';

/** In the order in which messages list them. */
export const OPERATING_SYSTEMS: readonly OperatingSystem[] = ['linux', 'macos', 'windows', 'container'];

/** The directory of the files, unless the deployment names another. */
export const DEFAULT_DIRECTORIES: Readonly<Record<OperatingSystem, string>> = {
  linux: '/etc/fleetseal',
  macos: '/usr/local/etc/fleetseal',
  windows: 'C:\\ProgramData\\fleetseal',
  container: '/etc/fleetseal',
};

/** `C:\` or `\\server\share`: what Go's filepath.IsAbs accepts on Windows; `\x` and `C:x` it does not. */
const WINDOWS_ROOT = /^(?:[A-Za-z]:[\\/]|[\\/]{2}[^\\/]+[\\/][^\\/]+)/;

/**
 * What is wrong with a path, as the end of a sentence that begins with the field's name; undefined if nothing is.
 *
 * The agent refuses relative paths (enroll.go, validateEnrollFlags); `--certificate-authorities` is split at commas;
 * Fleet refuses white space (elastic/kibana#266365) and agents fail on it before (elastic/kibana#265694). No dollar sign
 * but those of {@link replacedPart} means anything to a reader of a kit that does not quote it.
 *
 * @param file - the name of a file, for an example. @default - the example is a directory
 */
export function pathProblem(os: OperatingSystem, path: string, file?: string): string | undefined {
  if (/\s/.test(path)) return 'contains white space, which Fleet refuses: use a path without it';
  if (path.includes(',')) return 'contains a comma, at which the agent splits paths: use a path without it';
  if (/\p{Cc}/u.test(path)) return 'contains a control character: use a path without it';
  const replaced = replacedPart(path);
  if (replaced !== undefined)
    return `contains "${replaced}", which programs of Elastic replace: use a path without it`;
  const segments = path.split(os === 'windows' ? /[\\/]/ : '/');
  if (os === 'windows' ? !WINDOWS_ROOT.test(path) : !path.startsWith('/')) {
    const directory = DEFAULT_DIRECTORIES[os];
    return `must be an absolute path, for example ${file === undefined ? directory : joinPath(os, directory, file)}`;
  }
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    return 'contains "." or "..": write the full path';
  }
  if (os === 'windows' && /[<>"|?*]|.:.*:|^[\\/]{2}.*:/.test(path)) {
    return 'contains a character that Windows does not allow in file names: remove <, >, ", |, ?, * and :';
  }
  return undefined;
}

/** The system that a path looks like: Windows if it starts with a drive or a backslash. */
export function systemOfPath(path: string): OperatingSystem {
  return /^(?:[A-Za-z]:|\\)/.test(path) ? 'windows' : 'linux';
}

/** The path in canonical form: backslashes on Windows, no double separators, none at the end. */
export function normalizePath(os: OperatingSystem, path: string): string {
  if (os !== 'windows') return path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  const [, server = '', rest = ''] = /^(\\\\)?(.*)$/s.exec(path.replaceAll('/', '\\')) ?? [];
  return server + rest.replace(/\\{2,}/g, '\\').replace(/(?<=[^:])\\$/, '');
}

/** The path of a file in a directory, with one separator between them. */
export function joinPath(os: OperatingSystem, directory: string, file: string): string {
  const separator = os === 'windows' ? '\\' : '/';
  return directory.endsWith(separator) ? directory + file : directory + separator + file;
}
