import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { allow, fixtureResources, fn, role, writeAssembly } from './fixture.ts';

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}`;
const assembly = writeAssembly({
  ...fixtureResources(),
  ConnectorRole: role(
    allow('secretsmanager:GetSecretValue', [secret('kibana/key-AbCdEf'), secret('none-AbCdEf')]),
  ),
  Connector: fn('work', 'ConnectorRole'),
});
const data = mkdtempSync(join(tmpdir(), 'fleetseal-secrets-'));
const lines: string[] = [];
let cloud: LocalCloud;

beforeAll(async () => {
  mkdirSync(join(data, 'secrets'));
  writeFileSync(join(data, 'secrets', 'kibana%2Fkey-AbCdEf'), 'the key\n');
  cloud = await startLocalCloud({ assembly, data, port: 0, log: (line) => void lines.push(line) });
});
afterAll(async () => {
  await cloud.stop();
  for (const directory of [assembly, data]) rmSync(directory, { recursive: true, force: true });
});

/** GetSecretValue as the SDK client sends it. */
async function read(name: string): Promise<unknown> {
  const { credentials, endpoints } = cloud.sessionOf('connector');
  const answer = await fetch(endpoints.secretsmanager, {
    method: 'POST',
    headers: {
      'x-amz-target': 'secretsmanager.GetSecretValue',
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/x`,
    },
    body: JSON.stringify({ SecretId: secret(name) }),
  });
  return answer.json();
}

test('a secret is the content of its file', async () => {
  expect(await read('kibana/key-AbCdEf')).toEqual({
    ARN: secret('kibana/key-AbCdEf'),
    Name: 'kibana/key',
    SecretString: 'the key',
  });
});

test('a missing one is not found, and the log says which file to write', async () => {
  expect(await read('none-AbCdEf')).toMatchObject({ __type: 'ResourceNotFoundException' });
  expect(lines).toContain(
    `the secret ${secret('none-AbCdEf')} is missing: put its value into ${join(data, 'secrets', 'none-AbCdEf')}`,
  );
});

test('one that the role may not read is denied', async () => {
  expect(await read('other-AbCdEf')).toMatchObject({ __type: 'AccessDeniedException' });
});
