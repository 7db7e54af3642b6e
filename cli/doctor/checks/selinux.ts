import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Finding, ok, skipped, warning } from '../finding.ts';
import type { Subject } from '../subject.ts';

/** Types that files keep which were made in a home or in /tmp and moved: confined services may not read them. */
const STRAY = /:(user_tmp_t|tmp_t|user_home_t|admin_home_t|default_t|unlabeled_t)\b/;

/** Where SELinux is in force: labels that keep a service from reading the files. */
export function checkSelinux(subject: Subject, mount = '/sys/fs/selinux/enforce'): readonly Finding[] {
  if (!existsSync(mount)) return [];
  const { certificateFile, keyFile, caFile } = subject;
  const files = [certificateFile, keyFile, caFile].filter((file) => file !== undefined);
  const labels = files.map((file) => ({ file, label: labelOf(file) }));
  if (labels.some(({ label }) => label === undefined))
    return [skipped('SELinux', 'The labels cannot be read ("stat -c %C").')];
  const stray = labels.filter(({ label }) => STRAY.test(label ?? ''));
  if (stray.length === 0)
    return [ok('SELinux', `The labels are ${[...new Set(labels.map(({ label }) => label))].join(', ')}.`)];
  return stray.map(({ file, label }) =>
    warning(
      'SELinux',
      `${file} has the label ${label}, which confined services may not read.`,
      `restorecon -v ${file}`,
    ),
  );
}

function labelOf(file: string): string | undefined {
  const { status, stdout } = spawnSync('stat', ['-c', '%C', file], { encoding: 'utf8' });
  const label = stdout?.trim();
  return status === 0 && label !== '?' ? label : undefined;
}
