import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { KitFile } from '../../api/views.ts';
import { reasonOf } from '../../reason.ts';
import { type Finding, failed, ok, skipped, warning } from '../finding.ts';
import type { Subject } from '../subject.ts';

/** Modes and owners of the files, and of the directories above them. */
export function checkAccess(subject: Subject): readonly Finding[] {
  if (process.platform === 'win32')
    return [
      skipped(
        'file modes',
        'Windows has access control lists: look at them with icacls, as the kit sets them.',
      ),
    ];
  const { certificateFile, keyFile, caFile, passphraseFile, kit } = subject;
  const secrets = [keyFile, passphraseFile].filter((file) => file !== undefined);
  const others = [certificateFile, caFile].filter((file) => file !== undefined && !secrets.includes(file));
  const all = [...new Set([...secrets, ...others])];
  return [
    ...secrets.flatMap((file) => withStats(file, checkSecret)),
    ...others.flatMap((file) => withStats(file ?? '', checkPublic)),
    ...checkDirectories(all.filter((file) => file !== undefined)),
    ...(kit?.files ?? []).flatMap(checkAgainstKit),
  ];
}

function withStats(file: string, check: (file: string, stats: Stats) => Finding): readonly Finding[] {
  try {
    return [check(file, statSync(file))];
  } catch (error) {
    return [
      failed(
        'file modes',
        `${file} cannot be looked at: ${reasonOf(error)}`,
        'Run it as root, or as the account of the agent.',
      ),
    ];
  }
}

const modeOf = ({ mode }: Stats) => `0${(mode & 0o7777).toString(8)}`;

/** A group may read it: that of the account of an unprivileged agent. */
function checkSecret(file: string, stats: Stats): Finding {
  const says = `${file} has mode ${modeOf(stats)}, owner ${stats.uid}:${stats.gid}.`;
  if (stats.mode & 0o007)
    return failed(
      'secret modes',
      `${says} Everybody on this host can read or change it.`,
      `chmod 600 ${file}; if others had accounts here, make a new key and revoke this certificate.`,
    );
  if (stats.mode & 0o030)
    return failed(
      'secret modes',
      `${says} Its group can change it.`,
      `chmod 600 ${file}, or 640 for an unprivileged agent.`,
    );
  if (stats.mode & 0o040)
    return warning(
      'secret modes',
      `${says} Its group can read it, as an unprivileged agent needs it.`,
      `If the agent runs as root: chmod 600 ${file}`,
    );
  return ok('secret modes', says);
}

function checkPublic(file: string, stats: Stats): Finding {
  const says = `${file} has mode ${modeOf(stats)}.`;
  return stats.mode & 0o022
    ? failed('file modes', `${says} Others can change what this host trusts or shows.`, `chmod 644 ${file}`)
    : ok('file modes', says);
}

/** Who can rename a directory's entries can replace its files. The sticky bit, as of /tmp, prevents that. */
function checkDirectories(files: readonly string[]): readonly Finding[] {
  const open = [...new Set(files.flatMap((file) => above(file)))].filter((directory) => {
    const { mode } = statSync(directory);
    return (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  });
  return open.map((directory) =>
    warning(
      'directory modes',
      `Others than its owner can replace files in ${directory}.`,
      `chmod go-w ${directory}`,
    ),
  );
}

function above(file: string): readonly string[] {
  const directories: string[] = [];
  for (let at = dirname(realpathSync(file)); !directories.includes(at); at = dirname(at))
    directories.push(at);
  return directories;
}

/** What the kit says of a file: that it is there, its mode, and its contents where the kit has them. */
export function checkAgainstKit({ path, mode, source, contents, purpose }: KitFile): readonly Finding[] {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch {
    return [
      failed(
        'kit files',
        `${path} is missing: ${purpose}.`,
        source === 'kit' ? 'Write it with "fleetseal kit --out /".' : 'Put it in place.',
      ),
    ];
  }
  const wanted = mode === null ? undefined : Number.parseInt(mode, 8);
  if (wanted !== undefined && (stats.mode & 0o7777 & ~wanted) !== 0)
    return [
      warning(
        'kit files',
        `${path} has mode ${modeOf(stats)}, wider than the ${mode} of the kit.`,
        `chmod ${mode} ${path}`,
      ),
    ];
  if (contents !== null && readFileSync(path, 'utf8') !== contents)
    return [
      warning(
        'kit files',
        `${path} differs from the kit.`,
        'If it was not renewed since, write it again with "fleetseal kit --out /".',
      ),
    ];
  return [ok('kit files', `${path} is as the kit has it.`)];
}
