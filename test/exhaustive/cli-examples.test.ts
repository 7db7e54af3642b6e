import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXAMPLES } from '../../docs/generate/cli/examples.ts';
import { issuedIn } from '../support/api-client.ts';
import { MAIN, startCloudForCli } from '../support/cli.ts';
import { enrollment } from '../support/cloud.ts';
import { mustRun } from '../support/command.ts';
import { makeCsr, makeKey } from '../support/csr.ts';
import { textAt } from '../support/json.ts';

let started: Awaited<ReturnType<typeof startCloudForCli>>;
beforeAll(async () => {
  started = await startCloudForCli();
});
afterAll(() => started.cloud.stop());

const pemOf = (key: ReturnType<typeof makeKey>) => String(key.export({ type: 'pkcs8', format: 'pem' }));

/** A host below the directory, as its enrollment leaves it; returns the serial number of its certificate. */
async function enrollHost(directory: string, name: string): Promise<string> {
  const csr = makeCsr({ kind: 'p256' });
  const token = await started.cloud.token({ names: { commonName: name } });
  const enrolled = await started.cloud.enroll(token, enrollment({ name, csr: csr.pem }));
  const { certificate, chain, caBundle } = issuedIn(enrolled);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'agent.crt'), [certificate, ...chain].join(''));
  writeFileSync(join(directory, 'agent.key'), pemOf(csr.privateKey), { mode: 0o600 });
  writeFileSync(join(directory, 'ca.crt'), caBundle);
  return textAt(enrolled.json, 'serialNumber');
}

test('the examples of docs/cli.md run, one after the other', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'fleetseal-examples-'));
  const directory = join(cwd, 'fleetseal');
  await enrollHost(directory, 'web-07');
  const serial = await enrollHost(join(cwd, 'lost'), 'lost-01');
  writeFileSync(join(cwd, 'leaked.key'), pemOf(makeKey('p256')), { mode: 0o600 });
  const commands = EXAMPLES.flatMap(({ examples }) => examples).map(({ command }) => command);
  const script = `fleetseal() { "${process.execPath}" "${MAIN}" "$@" --local; }\n${commands.join('\n')}\necho done`;
  const env = { FLEETSEAL_DATA: started.data, serial, directory };
  const stdout = await mustRun('bash', ['-euo', 'pipefail', '-c', script], { cwd, env });
  expect(stdout).toMatch(/\ndone\n$/);
  expect(stdout).toContain('by user/admin; reason: keyCompromise; comment: found in a repository\n');
  expect(stdout).toMatch(
    /^ok +revocation list +CN=web-07 is not on http:\/\/[^/]+\/crl\/issuer-1\/\d+\.crl, of /m,
  );
  expect(stdout).toMatch(/^ok +OCSP +CN=web-07 is good, says http:\/\/[^/]+\/ocsp\.$/m);
  expect(readFileSync(join(cwd, 'tokens.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(51);
  expect(statSync(join(cwd, 'tokens.csv')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(cwd, 'roots.crt'), 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(statSync(join(cwd, 'host/etc/fleetseal/ca.crt')).isFile()).toBe(true);
});
