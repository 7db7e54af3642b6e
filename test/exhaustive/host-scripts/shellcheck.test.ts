import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { HOST_SCRIPTS } from '../../support/host-shell.ts';

/** Scripts with the parts that they include, and the parts by themselves. */
test.each(globSync('{,parts/}*.sh', { cwd: HOST_SCRIPTS }).sort())(
  'shellcheck finds nothing in %s',
  (name) => {
    const options = ['--external-sources', '--severity=style', name];
    const { status, stdout, error } = spawnSync('shellcheck', options, {
      cwd: HOST_SCRIPTS,
      encoding: 'utf8',
    });
    expect({ status, stdout, error }).toEqual({ status: 0, stdout: '', error: undefined });
  },
);
