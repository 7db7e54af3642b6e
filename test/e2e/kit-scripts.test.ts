import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { issuedIn } from '../support/api-client.ts';
import { TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { textAt } from '../support/json.ts';
import { lastingDirectory } from '../support/lasting-directory.ts';

/* The script of a kit alone, as POST /v1/kits and GET /v1/certificates/{serial}/kit return it, run by sh. */

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

/** Of each test: `bin` is on the path, and the kit belongs into `place`. */
let directory: string;
let place: string;
beforeEach(() => {
  directory = lastingDirectory('kit');
  place = join(directory, 'place');
  mkdirSync(join(directory, 'bin'));
  // Only root may give files to root.
  writeFileSync(join(directory, 'bin', 'chown'), '#!/bin/sh\n', { mode: 0o755 });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const deploymentIn = (place: string) => ({
  model: 'on-premises',
  stackVersion: '9.5.2',
  os: 'linux',
  fleetUrl: 'https://fleet.example.com:8220',
  fleetEnrollmentToken: 'RXhhbXBsZQ==',
  directory: place,
});

async function scriptOf(body: object): Promise<string> {
  const answer = await cloud.admin('POST', '/v1/kits', { profile: 'agent', format: 'script', ...body });
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/x-shellscript; charset=utf-8']);
  return answer.text;
}

function run(script: string, ...args: readonly string[]) {
  writeFileSync(join(directory, 'kit.sh'), script);
  const { status, stdout, stderr } = spawnSync('sh', ['kit.sh', ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: `${join(directory, 'bin')}:${process.env['PATH']}` },
  });
  return { status, stdout, stderr };
}

const placed = (name: string) => readFileSync(join(place, name), 'utf8');

/** A host that enrolled by itself, with its key in a file. */
async function enrolled(name: string) {
  const { privateKey, pem } = makeCsr();
  const key = join(directory, 'host.key');
  writeFileSync(key, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  const answer = await cloud.enroll(await cloud.token(), { csr: pem, name });
  const deployment = deploymentIn(place);
  const body = { name, serialNumber: textAt(answer.json, 'serialNumber'), deployment };
  return { key, issued: issuedIn(answer), notAfter: textAt(answer.json, 'notAfter'), body };
}

const INSTALL = './elastic-agent install --non-interactive --url=https://fleet.example.com:8220';

describe('the script of a certificate that a host has', () => {
  test('puts the files in place, if the key is there or is named, and may be run again', async () => {
    const { key, issued, notAfter, body } = await enrolled('host-again');
    const script = await scriptOf(body);
    const missing = run(script);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain(
      `there is no key at ${place}/agent.key: name the key of the request with --key, and it is put there\n`,
    );
    expect(existsSync(join(place, 'ca.crt'))).toBe(false);

    const { status, stdout, stderr } = run(script, '--key', key);
    expect([status, stdout.includes(INSTALL)]).toEqual([0, true]);
    expect(stderr).toBe(
      `fleetseal: the certificate of agent host-again is in place until ${notAfter}: ${place}\n`,
    );
    const chain = [issued.certificate, ...issued.chain].join('');
    expect([placed('agent.crt'), placed('ca.crt')]).toEqual([chain, issued.caBundle]);
    expect([placed('agent.key'), statSync(join(place, 'agent.key')).mode & 0o777]).toEqual([
      readFileSync(key, 'utf8'),
      0o600,
    ]);

    // While roots change, the certificate has one more issuer; its pair is left to rotate.sh.
    const [issuer = ''] = issued.chain;
    const longer = script.replace(issuer, issuer + issuer);
    expect(longer).not.toBe(script);
    expect(run(longer).status).toBe(0);
    expect(placed('agent.crt')).toBe(chain);
  });

  test('refuses another key, and puts nothing in its place', async () => {
    const { body } = await enrolled('host-other');
    const other = join(directory, 'other.key');
    writeFileSync(other, makeCsr().privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const { status, stderr } = run(await scriptOf(body), '--key', other);
    expect([status, stderr.includes(`${other} is not the key of this certificate`)]).toEqual([1, true]);
    expect(existsSync(join(place, 'agent.key'))).toBe(false);
  });

  test('is rendered again for a recorded deployment, and says first what that does not have', async () => {
    const { key, body } = await enrolled('host-recorded');
    const agent = { headers: { 'X-Tenant': 'credential-4711' } };
    await scriptOf({ ...body, deployment: { ...body.deployment, agent } });
    const { status, text } = await cloud.admin(
      'GET',
      `/v1/certificates/${body.serialNumber}/kit?format=script`,
    );
    expect([status, text.includes('4711')]).toEqual([200, false]);
    expect(run(text, '--key', key, '--run')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'fleetseal: the command for the agent has {{...}} where the service does not know a value: fill it in and run it yourself, or request the kit with that value\n',
    });
    expect(existsSync(place)).toBe(false);
    const printed = run(text, '--key', key);
    expect([printed.status, printed.stdout.includes(INSTALL)]).toEqual([0, true]);
    expect(printed.stderr).toMatch(
      /^fleetseal: warning: Values of headers and logins of proxies are not recorded: replace \{\{HEADER_X-Tenant\}\} with your own\.\n/,
    );
  });
});

describe('the script of a certificate that is not issued yet', () => {
  const NOT_YET = 'fleetseal: the certificate of agent host-to-come is not issued yet';

  test('says so first, puts the other files in place, and says which are missing', async () => {
    const script = await scriptOf({ name: 'host-to-come', deployment: deploymentIn(place) });
    const { status, stdout, stderr } = run(script);
    expect(status).toBe(0);
    expect(stderr.split('\n')).toEqual([
      `${NOT_YET}: only the other files are put in place`,
      `fleetseal: ${place}/agent.crt has to be put there: the certificate, followed by its issuers; comes with the enrollment`,
      `fleetseal: ${place}/agent.key has to be put there: the private key, created on this host`,
      'fleetseal: when the missing files are in place too, run:',
      '',
    ]);
    expect(stdout).toContain(INSTALL);
    expect(placed('ca.crt')).toContain('-----BEGIN CERTIFICATE-----');
    expect(existsSync(join(place, 'agent.crt'))).toBe(false);
    expect(run(script).status).toBe(0);
  });

  test.each([{ options: ['--run'] }, { options: ['--key', 'kit.sh'] }])(
    'refuses $options, and changes nothing',
    async ({ options }) => {
      const script = await scriptOf({ name: 'host-to-come', deployment: deploymentIn(place) });
      expect(run(script, ...options)).toEqual({
        status: 2,
        stdout: '',
        stderr: `${NOT_YET}: enroll first, then use --key and --run with the script of the issued certificate\n`,
      });
      expect(existsSync(place)).toBe(false);
    },
  );
});
