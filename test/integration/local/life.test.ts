import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { callApi } from '../../support/api-client.ts';
import { at } from '../../support/json.ts';
import { fixtureResources, getItem, putItem, type Step, writeAssembly } from './fixture.ts';

const directories: string[] = [];
const temporary = (name: string) => {
  const directory = mkdtempSync(join(tmpdir(), `fleetseal-${name}-`));
  directories.push(directory);
  return directory;
};
const assemblyOf = (resources?: object) => {
  const directory = writeAssembly(resources);
  directories.push(directory);
  return directory;
};

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

const start = (assembly: string, data: string, lines: string[] = []) =>
  startLocalCloud({ assembly, data, port: 0, log: (line) => void lines.push(line) });

async function run(cloud: Pick<LocalCloud, 'url' | 'caPem' | 'region'>, ...calls: Step[]) {
  const answer = await callApi(cloud, { method: 'POST', path: '/v1/items', body: { calls } });
  return at(answer.json, 'results');
}

test('a restart finds everything as it was, and asks for the custom resource again only when it changed', async () => {
  const data = temporary('restart');
  const lines: string[] = [];
  const first = await start(assemblyOf(), data, lines);
  await run(first, putItem('TOKEN#kept'));
  const { admin, caPem } = first;
  await first.stop();

  const second = await start(assemblyOf(), data, lines);
  expect(lines.filter((line) => line.startsWith('Making'))).toEqual([
    'Making the ECC_NIST_P256 key Key, which may take some seconds.',
  ]);
  expect(second.admin).toEqual(admin);
  expect(second.caPem).toBe(caPem);
  expect(await run(second, getItem('TOKEN#kept'))).toMatchObject([
    { output: { Item: { pk: { S: 'TOKEN#kept' } } } },
  ]);
  await second.stop();
  expect(lines.filter((line) => line.startsWith('custom resource'))).toEqual(['custom resource Create']);

  const resources = fixtureResources();
  resources.Authority.Properties.years = 21;
  await (await start(assemblyOf(resources), data, lines)).stop();
  expect(lines.filter((line) => line.startsWith('custom resource')).at(-1)).toBe('custom resource Update');
});

test('what only its owner may read', async () => {
  const data = temporary('modes');
  const cloud = await start(assemblyOf(), data);
  await cloud.stop();
  const mode = (name: string) => (statSync(join(data, name)).mode & 0o777).toString(8);
  expect([mode('.'), mode('kms'), mode('tls'), mode('admin.env'), mode('tls/server.key')]).toEqual([
    '700',
    '700',
    '700',
    '600',
    '600',
  ]);
  expect(readFileSync(join(data, 'admin.env'), 'utf8')).toMatch(
    /^export AWS_ACCESS_KEY_ID=AKIA\w{16}\nexport AWS_SECRET_ACCESS_KEY=\S{40}\nexport AWS_REGION=\S+\nexport FLEETSEAL_URL=https:\/\/localhost:\d+\/v1\nexport FLEETSEAL_CA_FILE=\/\S+\/tls\/ca\.crt\n$/,
  );
});

test('after SIGKILL, everything that was answered is there, and nothing is left running', async () => {
  const assembly = assemblyOf();
  const data = temporary('sigkill');
  const program = `
    import { startLocalCloud } from ${JSON.stringify(new URL('../../../infra/local/local-cloud.ts', import.meta.url).href)};
    const cloud = await startLocalCloud({ assembly: ${JSON.stringify(assembly)}, data: ${JSON.stringify(data)}, port: 0, log: () => {} });
    console.log(JSON.stringify({ url: cloud.url, caPem: cloud.caPem, region: cloud.region }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [announced] = (await once(child.stdout, 'data')) as [Buffer];
  const cloud = JSON.parse(announced.toString());
  expect(await run(cloud, putItem('TOKEN#durable'))).toMatchObject([{ ok: true }]);
  child.kill('SIGKILL');
  await once(child, 'exit');

  const again = await start(assembly, data);
  expect(await run(again, getItem('TOKEN#durable'))).toMatchObject([
    { output: { Item: { pk: { S: 'TOKEN#durable' } } } },
  ]);
  await again.stop();
});

test('two on the same data: the second is refused, whatever number a file of locks holds', async () => {
  const data = temporary('lock');
  const assembly = assemblyOf();
  // What a version with locks by process id left behind; this number is in use.
  writeFileSync(join(data, 'lock'), String(process.ppid));
  const first = await start(assembly, data);
  await expect(start(assembly, data)).rejects.toThrow(
    'another local cloud uses the same data; stop it, or set FLEETSEAL_DATA to another directory',
  );
  await first.stop();
  await (await start(assembly, data)).stop();
});

test('a port that is taken is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const starting = startLocalCloud({ assembly: assemblyOf(), data: temporary('port'), port, log: () => {} });
  await expect(starting).rejects.toThrow(
    `port ${port} is taken by another program; choose another one (PORT=...)`,
  );
  other.close();
});

test('a custom resource that fails stops the start with its reason, and is asked for anew next time', async () => {
  const data = temporary('custom');
  const failing = fixtureResources();
  failing.Authority.Properties.fail = true;
  await expect(start(assemblyOf(failing), data)).rejects.toThrow(
    'Authority (Custom::Authority) cannot be created: told to fail',
  );
  const lines: string[] = [];
  await (await start(assemblyOf(), data, lines)).stop();
  expect(lines).toContain('custom resource Create');
});
