import { createPrivateKey } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { kitView } from '../../docs/generate/openapi/kit-answer.ts';
import { freePort } from '../interop/ports.ts';
import { TestCloud } from '../support/cloud.ts';
import { mustRun } from '../support/command.ts';
import { at } from '../support/json.ts';
import { tourOf } from '../support/readme-tour.ts';

const COMMAND = `node ${join(import.meta.dirname, '../../cli/bin.mjs')}`;

/** The port in a URL. */
const portOf = (url: string | undefined) => new URL(url ?? 'http://localhost').port;

/*
 * The README's tour as it is printed: its own commands in one shell, in a directory where the local cloud keeps its data
 * as `npm start` would. Needs no root.
 */

let cloud: TestCloud;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-readme-'));
  const data = join(directory, '.fleetseal');
  mkdirSync(data);
  cloud = await TestCloud.start({ data, streams: true });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe.each([
  { profile: 'agent', name: 'web-01', left: [], revoke: true },
  { profile: 'fleet-server', name: 'fleet-01', left: ['/etc/fleetseal/service-token'], revoke: false },
  { profile: 'proxy', name: 'proxy-01', left: ['/etc/fleetseal/crl/bundle.pem'], revoke: false },
])("the README's commands for profile $profile", ({ profile, name, left, revoke }) => {
  const blocks = tourOf(profile, { revoke });
  let output: string;
  let files: ReturnType<typeof kitView.parse>['files'];
  const placed = (path: string) => join(directory, '.fleetseal/host', path);
  const keyFile = () => join(directory, '.fleetseal', `${name}.key`);

  beforeAll(async () => {
    rmSync(join(directory, '.fleetseal/host'), { recursive: true, force: true });
    // npx finds the command in the project's own directory only.
    const script = blocks
      .map((block, i) => `${block.replaceAll('npx fleetseal', COMMAND)}\necho "ran block ${i}"`)
      .join('\n');
    const proxy = await freePort();
    const env = {
      PORT: portOf(cloud.local.url),
      HTTP_PORT: portOf(cloud.local.httpUrl),
      PROXY_PORT: String(proxy),
    };
    output = await mustRun('bash', ['-euo', 'pipefail', '-c', script], { cwd: directory, env });
    const answer: unknown = JSON.parse(readFileSync(join(directory, '.fleetseal/enrolled.json'), 'utf8'));
    files = kitView.parse(at(answer, 'kit')).files;
  });

  test('run to their end, and openssl verifies the certificate', () => {
    expect(output).toContain(`ran block ${blocks.length - 1}\n`);
    expect(output).toContain(`.fleetseal/${name}.crt: OK\n`);
  });

  if (revoke)
    test('end with a certificate that OCSP, the list and a proxy refuse', () => {
      expect(output).toMatch(/\.fleetseal\/web-01\.crt: revoked\n/);
      expect(output).toMatch(/X509v3 CRL Reason Code: *\n *Superseded\n/);
      expect(output).toContain('certificate revoked');
    });

  test('put the private key into its own file and no other', () => {
    const holders = filesBelow(directory).filter((path) =>
      holdsKey(readFileSync(path), readFileSync(keyFile())),
    );
    const own = files.filter(({ source }) => source === 'host-key').map(({ path }) => placed(path));
    expect(own).toHaveLength(1);
    expect(holders.sort()).toEqual([keyFile(), ...own].sort());
    expect(holders.map(modeOf)).toEqual(['0600', '0600']);
  });

  test('write the files that the kit has, as it has them', () => {
    for (const { path, contents, mode } of files.filter(({ source }) => source === 'kit'))
      expect([path, readFileSync(placed(path), 'utf8'), modeOf(placed(path))]).toEqual([
        path,
        contents,
        mode,
      ]);
  });

  test('make no file that only somebody else can fill, and say which are left', () => {
    const others = files.filter(({ source }) => source !== 'kit' && source !== 'host-key');
    expect(others.map(({ path }) => path)).toEqual(left);
    expect([...output.matchAll(/^left to you: ([^,]+),/gm)].map(([, path]) => path)).toEqual(left);
    for (const { path } of others) expect(existsSync(placed(path))).toBe(false);
    const made = filesBelow(placed('')).map((path) => `/${relative(placed(''), path)}`);
    expect(made.sort()).toEqual(
      files
        .map(({ path }) => path)
        .filter((path) => !left.some((one) => one === path))
        .sort(),
    );
  });

  test('give them to root, or to the user that is not root and cannot', () => {
    for (const { path, owner, group } of files.filter(({ source }) => source === 'kit')) {
      const { uid, gid } = statSync(placed(path));
      expect([path, owner, group, uid, gid]).toEqual([
        path,
        'root',
        'root',
        process.getuid?.(),
        process.getgid?.(),
      ]);
    }
  });
});

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

function modeOf(path: string): string {
  return `0${(statSync(path).mode & 0o7777).toString(8)}`;
}

/** Whether a file holds the key, as PEM of any line length, or as DER: its primes are in every form that has it. */
function holdsKey(file: Buffer, pem: Buffer): boolean {
  const base64 = pem.toString('latin1').replace(/-----[^-]+-----|\s/g, '');
  const { p = '' } = createPrivateKey(pem).export({ format: 'jwk' });
  return (
    file
      .toString('latin1')
      .replace(/\s|\\n/g, '')
      .includes(base64) || file.includes(Buffer.from(p, 'base64url'))
  );
}
