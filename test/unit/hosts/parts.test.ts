import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { runParts } from '../../support/host-shell.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-parts-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();

/** Runs lines with `directory` and `work` set. */
function run(lines: string) {
  const prefix = `directory='${directory}'\nmake_work "$directory"\n`;
  return runParts(['log', 'wait', 'request', 'files', 'lock', 'pair'], prefix + lines);
}

describe('the wait after a failed try', () => {
  test.each([
    { tries: 1, longest: 4 },
    { tries: 2, longest: 8 },
    { tries: 4, longest: 32 },
    { tries: 5, longest: 60 },
    { tries: 40, longest: 60 },
  ])('$tries is between 0 and $longest seconds', ({ tries, longest }) => {
    const { stdout } = run(`n=0; while [ $n -lt 60 ]; do wait_seconds ${tries}; echo; n=$((n + 1)); done`);
    const drawn = stdout.trim().split('\n').map(Number);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(longest);
    // 60 draws from at least 5 values: the chance that one value is drawn each time is below 1e-41.
    expect(new Set(drawn).size).toBeGreaterThan(1);
  });

  test('begins after the time that the service asks for', () => {
    expect(Number(run('wait_seconds 1 120').stdout)).toBeGreaterThanOrEqual(120);
  });

  test('is tried at least 10 times, from 4 to 60 seconds', () => {
    const [tries, ...bounds] = run('echo "$tries $first_wait $longest_wait"').stdout.split(' ').map(Number);
    expect(tries).toBeGreaterThanOrEqual(10);
    expect(bounds).toEqual([4, 60]);
  });
});

describe('JSON without a parser', () => {
  const PLAIN = fc.string({ unit: fc.constantFrom(...' !"#$%&\'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~') });

  const BODIES = fc.array(fc.tuple(PLAIN, PLAIN, PLAIN), { minLength: 30, maxLength: 30 });
  test('gives back any printable ASCII text, the first of its name', async () => {
    await fc.assert(
      fc.asyncProperty(BODIES, async (bodies) => {
        bodies.forEach(([title, detail, other], index) => {
          const body = { title, detail, errors: [{ pointer: '#/a', detail: other }] };
          writeFileSync(join(directory, `body-${index}`), `${JSON.stringify(body)}\n`);
        });
        const lines = `n=0; while [ $n -lt ${bodies.length} ]; do json_text detail "$directory/body-$n"; echo; n=$((n + 1)); done`;
        expect(run(lines).stdout).toBe(bodies.map(([, detail]) => `${detail}\n`).join(''));
      }),
      { numRuns: 4 },
    );
  });

  test('gives nothing for a name that is not there, and for what is no JSON', () => {
    writeFileSync(join(directory, 'body'), '<html>"detail"</html>');
    expect(run('json_text detail "$directory/body"').stdout).toBe('');
  });

  test('gives the reason of a problem with every field that was refused', () => {
    const problem = {
      detail: 'The deployment breaks "2" rules.',
      code: 'deployment_refused',
      errors: [
        { pointer: '#/deployment/fleetUrl', detail: 'must be https, not "http"' },
        { pointer: '#/name', detail: 'is too long' },
      ],
    };
    const { stdout } = run(
      `printf '%s\\n' '${JSON.stringify(problem)}' >"$work/body"; status=422; curl_code=0; reason`,
    );
    expect(stdout).toBe(
      'The deployment breaks "2" rules. (422 deployment_refused)\n  deployment/fleetUrl: must be https, not "http"\n  name: is too long\n',
    );
  });

  test('gives the status where a proxy responded with a page', () => {
    expect(run(`echo '<html>' >"$work/body"; status=502; curl_code=0; reason`).stdout).toBe(
      'HTTP status 502\n',
    );
  });
});

describe('a directory for keys', () => {
  test.each([
    { name: 'that its group may write to', mode: 0o775 },
    { name: 'that anybody may write to', mode: 0o777 },
    { name: 'that anybody may write to, with the sticky bit', mode: 0o1777 },
  ])('$name is refused', ({ mode }) => {
    const path = join(directory, 'keys');
    mkdirSync(path);
    chmodSync(path, mode);
    expect(run('make_directory "$directory/keys"')).toEqual({
      code: 1,
      stdout: '',
      stderr: `fleetseal: ${path} may be written to by other users, who could replace the key: run chmod go-w ${path}\n`,
    });
  });

  test('is created with its parents, and readable', () => {
    expect(run('umask 000; make_directory "$directory/a/b"')).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(join(directory, 'a/b')).mode & 0o777).toBe(0o755);
    expect(statSync(join(directory, 'a')).mode & 0o777).toBe(0o755);
  });
});

describe('install_file', () => {
  test('replaces a file, with its mode, and leaves nothing else', () => {
    writeFileSync(join(directory, 'from'), 'new\n');
    writeFileSync(join(directory, 'to'), 'old\n', { mode: 0o644 });
    const lines = `umask 000; install_file "$directory/from" "$directory/to" ${user} "$(id -gn)" 0640`;
    expect(run(lines)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(directory, 'to'), 'utf8')).toBe('new\n');
    expect(statSync(join(directory, 'to')).mode & 0o777).toBe(0o640);
    expect(readdirSync(directory).sort()).toEqual(['from', 'to']);
  });

  test('changes nothing where the owner does not exist', () => {
    writeFileSync(join(directory, 'from'), 'new\n');
    const { code, stderr } = run(
      'install_file "$directory/from" "$directory/to" nobody-here nogroup-here 0600',
    );
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^fleetseal: cannot give .* to nobody-here:nogroup-here: run this as root, and create/,
      ),
    ]);
    expect(readdirSync(directory)).toEqual(['from']);
  });

  test('gives nothing away without root, where no deployment needs it', () => {
    writeFileSync(join(directory, 'from'), 'new\n');
    const install = 'install_file "$directory/from" "$directory/to" nobody-here nogroup-here 0600';
    expect(runParts(['log', 'files', 'finish'], 'deployment=; without_root')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'fleetseal: this does not run as root: all files will belong to you\n',
    });
    expect(run(`keeps_owner=yes; ${install}`)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(statSync(join(directory, 'to')).mode & 0o777).toBe(0o600);
    expect(runParts(['log', 'finish'], 'deployment=deployment.json; without_root')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'fleetseal: run this as root: the files of a deployment belong to the users that its programs run as\n',
    });
  });

  test('refuses to write into a directory', () => {
    mkdirSync(join(directory, 'to'));
    expect(run('install_file /dev/null "$directory/to" root root 0600')).toMatchObject({ code: 1 });
  });
});

describe('a pair', () => {
  const NEW = (id: string, contents = id) =>
    `new_pair; echo '${contents}' >"$pair/agent.crt"; echo '${contents}' >"$pair/agent.key"; keep_pair ${id}\n`;
  const SWITCH = (id: string) => `link_pair agent.crt agent.key; switch_pair ${id}\n`;
  const found = () =>
    ['crt', 'key'].map((end) => readFileSync(join(directory, `agent.${end}`), 'utf8').trim());

  test('is found at the paths that programs know', () => {
    expect(run(NEW('1a') + SWITCH('1a'))).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(found()).toEqual(['1a', '1a']);
    expect(readdirSync(directory).sort()).toEqual(['agent.crt', 'agent.key', 'pairs']);
  });

  test('is replaced by one rename, and the earlier one can come back', () => {
    run(NEW('1a') + SWITCH('1a'));
    expect(run(NEW('2b') + SWITCH('2b'))).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(found()).toEqual(['2b', '2b']);
    expect(run(SWITCH('1a')).code).toBe(0);
    expect(found()).toEqual(['1a', '1a']);
  });

  test('takes over files that lie at the paths', () => {
    for (const end of ['crt', 'key'])
      writeFileSync(join(directory, `agent.${end}`), 'by hand\n', { mode: end === 'key' ? 0o600 : 0o644 });
    expect(run('link_pair agent.crt agent.key')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(found()).toEqual(['by hand', 'by hand']);
    expect(lstatSync(join(directory, 'agent.key')).isSymbolicLink()).toBe(true);
    expect(statSync(join(directory, 'agent.key')).mode & 0o777).toBe(0o600);
    expect(readlinkSync(join(directory, 'pairs/current'))).toMatch(/^adopted-\d{8}T\d{6}Z-\d+$/);
  });

  test('that is made twice is kept once; the current one is never changed', () => {
    run(NEW('1a') + SWITCH('1a'));
    expect(run(NEW('1a')).code).toBe(0);
    expect(run(NEW('1a', 'other'))).toEqual({
      code: 1,
      stdout: '',
      stderr: `fleetseal: ${directory}/pairs/1a differs from the certificate that the service issued\n`,
    });
    expect(found()).toEqual(['1a', '1a']);
  });

  test('that does not exist cannot become current', () => {
    run(NEW('1a') + SWITCH('1a'));
    expect(run('switch_pair 2b').code).toBe(1);
    expect(found()).toEqual(['1a', '1a']);
  });

  test('is forgotten when neither current nor named', () => {
    run(
      `${NEW('1a')}${NEW('2b')}${NEW('3c')}${SWITCH('3c')}mkdir "$directory/pairs/pending"; forget_pairs 2b`,
    );
    expect(readdirSync(join(directory, 'pairs')).sort()).toEqual(['2b', '3c', 'current', 'pending']);
  });

  test('keeps a key that lies alone at its path', () => {
    writeFileSync(join(directory, 'agent.key'), 'by hand\n', { mode: 0o600 });
    expect(run(NEW('1a') + SWITCH('1a'))).toMatchObject({ code: 0 });
    expect(found()).toEqual(['1a', '1a']);
    const [replaced = ''] = readdirSync(join(directory, 'pairs')).filter((name) =>
      name.startsWith('adopted-'),
    );
    expect(readFileSync(join(directory, 'pairs', replaced, 'agent.key'), 'utf8')).toBe('by hand\n');
  });
});

describe('the lock', () => {
  /** Another run has the lock until something is written to $work/end. */
  const HELD = `mkfifo "$work/ready" "$work/end"
(lock "$directory"; echo >"$work/ready"; read -r _ <"$work/end") &
read -r _ <"$work/ready"
`;
  const TWO = `${HELD}(lock "$directory" 0); echo $?; echo >"$work/end"; wait; lock "$directory" 0; echo mine`;
  const told = () =>
    `fleetseal: another run has been at work in ${directory} for 0 seconds: wait for it, or end it\n`;

  test('lets one run at a time in, and ends with the run', () => {
    expect(run(TWO)).toEqual({ code: 0, stdout: '5\nmine\n', stderr: told() });
  });

  test('is on a file that other users cannot even read, so that none of them can hold it', () => {
    expect(run('umask 022; lock "$directory" 0')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(statSync(join(directory, '.lock')).mode & 0o777).toBe(0o600);
    expect(run('exec 8<"$directory"; flock 8; lock "$directory" 0; echo mine')).toEqual({
      code: 0,
      stdout: 'mine\n',
      stderr: '',
    });
  });

  test('is waited for', () => {
    const wait = `sleep() { echo >"$work/end"; wait; }`;
    expect(run(`${HELD}${wait}; lock "$directory"; echo mine`)).toEqual({
      code: 0,
      stdout: 'mine\n',
      stderr: `fleetseal: another run is at work in ${directory}: waiting for it\n`,
    });
  });

  test('works without flock, with perl', () => {
    const path = `mkdir "$work/bin"
for p in perl mkfifo rm; do ln -s "$(command -v $p)" "$work/bin/$p"; done
PATH=$work/bin
`;
    expect(run(path + TWO)).toEqual({ code: 0, stdout: '5\nmine\n', stderr: told() });
  });
});

test('what a killed run left is removed, the pairs are not', () => {
  mkdirSync(join(directory, '.work.killed'));
  run(':');
  expect(existsSync(join(directory, '.work.killed'))).toBe(false);
});
