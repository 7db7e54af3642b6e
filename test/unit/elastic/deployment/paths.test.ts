import { describe, expect, test } from '@jest/globals';
import {
  joinPath,
  normalizePath,
  type OperatingSystem,
  pathProblem,
} from '../../../../shared/elastic/deployment/paths.ts';

describe('paths', () => {
  test.each<[OperatingSystem, string]>([
    ['linux', '/etc/fleetseal'],
    ['linux', '/etc/ä/x'],
    ['macos', '/usr/local/etc/fleetseal'],
    ['container', '/mnt/secrets'],
    ['windows', 'C:\\ProgramData\\fleetseal'],
    ['windows', 'd:/elastic/tls'],
    ['windows', '\\\\server\\share\\tls'],
  ])('on %s, %s is fit', (os, path) => {
    expect(pathProblem(os, path)).toBeUndefined();
  });

  const problems: readonly [OperatingSystem, string, string][] = [
    ['linux', '', 'must be an absolute path, for example /etc/fleetseal'],
    ['linux', 'etc/fleetseal', 'must be an absolute path, for example /etc/fleetseal'],
    ['linux', 'C:\\fleetseal', 'must be an absolute path, for example /etc/fleetseal'],
    ['linux', '~/tls', 'must be an absolute path, for example /etc/fleetseal'],
    ['macos', './tls', 'must be an absolute path, for example /usr/local/etc/fleetseal'],
    ['windows', '/etc/fleetseal', 'must be an absolute path, for example C:\\ProgramData\\fleetseal'],
    ['windows', '\\fleetseal', 'must be an absolute path, for example C:\\ProgramData\\fleetseal'],
    ['windows', 'C:fleetseal', 'must be an absolute path, for example C:\\ProgramData\\fleetseal'],
    ['windows', '\\\\server', 'must be an absolute path, for example C:\\ProgramData\\fleetseal'],
    ['linux', '/etc/fleet seal', 'contains white space, which Fleet refuses: use a path without it'],
    ['linux', '/etc/fleetseal\n', 'contains white space, which Fleet refuses: use a path without it'],
    ['windows', 'C:\\Program Files\\tls', 'contains white space, which Fleet refuses: use a path without it'],
    ['linux', '/etc/a,b', 'contains a comma, at which the agent splits paths: use a path without it'],
    ['linux', '/etc/\u0007', 'contains a control character: use a path without it'],
    ['linux', '/etc/../root', 'contains "." or "..": write the full path'],
    ['windows', 'C:\\a\\..\\b', 'contains "." or "..": write the full path'],
    ['windows', 'C:/a/./b', 'contains "." or "..": write the full path'],
    [
      'windows',
      'C:\\a|b',
      'contains a character that Windows does not allow in file names: remove <, >, ", |, ?, * and :',
    ],
    [
      'windows',
      'C:\\a:b',
      'contains a character that Windows does not allow in file names: remove <, >, ", |, ?, * and :',
    ],
    [
      'windows',
      '\\\\s\\d\\a:b',
      'contains a character that Windows does not allow in file names: remove <, >, ", |, ?, * and :',
    ],
  ];
  test.each(problems)('on %s, %j %s', (os, path, problem) => {
    expect(pathProblem(os, path)).toBe(problem);
  });

  test.each<[OperatingSystem, string, string]>([
    ['linux', '/etc/fleetseal/', '/etc/fleetseal/agent.crt'],
    ['linux', '/etc//fleetseal', '/etc/fleetseal/agent.crt'],
    ['linux', '/', '/agent.crt'],
    ['windows', 'C:/tls/', 'C:\\tls\\agent.crt'],
    ['windows', 'C:\\', 'C:\\agent.crt'],
    ['windows', 'C:\\\\tls\\\\', 'C:\\tls\\agent.crt'],
    ['windows', '//server/share/tls', '\\\\server\\share\\tls\\agent.crt'],
  ])('on %s, a file in %s is %s', (os, directory, file) => {
    expect(joinPath(os, normalizePath(os, directory), 'agent.crt')).toBe(file);
  });
});
