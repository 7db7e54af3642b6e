import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import { fillCommand, placeholder } from '../../../shared/elastic/kibana/fill.ts';
import { renderKitToCome } from '../../../shared/elastic/kit-to-come.ts';
import { run } from '../../support/command.ts';
import { lastingDirectory } from '../../support/lasting-directory.ts';
import { OUTPUTS, outputOf } from '../../unit/elastic/outputs/kits.ts';
import { PEM } from '../../unit/elastic/rendering.ts';

const SHELLS = ['/bin/sh', '/bin/bash', '/bin/dash'].filter((shell) => existsSync(shell));
const CLIENT = { profile: 'output-client' } as const;
const PKCS8 = { type: 'pkcs8', format: 'pem' } as const;

let directory: string;
beforeAll(() => {
  directory = lastingDirectory('fill');
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Writes the key that the kit expects on the host; answers its PEM without the last line break. */
function writeKey(pem: string): string {
  writeFileSync(join(directory, 'output-client.key'), pem, { mode: 0o600 });
  return pem.trimEnd();
}

const KEYS = {
  RSA: () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(PKCS8),
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(PKCS8),
} as const;

const pipe = (command: string, text: string, shell = '/bin/sh') =>
  execFileSync(shell, ['-c', command], { input: text, encoding: 'utf8', stdio: 'pipe' });

const fill = (text: string, ...names: readonly string[]) =>
  pipe(fillCommand(names.map((name) => join(directory, name))), text);

describe('the filter that puts a key into texts of the kit', () => {
  test.each(SHELLS.flatMap((shell) => Object.entries(KEYS).map(([name, make]) => ({ shell, name, make }))))(
    '$shell fills a key ($name) into every text',
    ({ shell, make }) => {
      const key = writeKey(String(make()));
      for (const stackVersion of ['9.5.2', '9.0.0']) {
        const output = outputOf(OUTPUTS.elasticsearch, { directory, stackVersion }, CLIENT);
        const fill = (text: string) => pipe(output.fill ?? '', text, shell);
        expect(parse(fill(output.yaml))['ssl.key']).toBe(key);
        expect(parse(fill(output.standalone)).outputs['fleetseal-main'].ssl.key).toBe(key);
        expect(parse(fill(output.kibanaYml))['xpack.fleet.outputs'][0].config.ssl.key).toBe(key);
        const body = JSON.parse(fill(JSON.stringify(output.kibanaApi.create.body)));
        expect(body.secrets?.ssl.key ?? parse(body.config_yaml).ssl.key).toBe(key);
      }
    },
  );

  test('reads any passphrase back unchanged, in YAML and in YAML within JSON', () => {
    const file = join(directory, 'pass');
    const yaml = `key: "${placeholder(file)}"\n`;
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'\\"\'&/$`{}%#:*|ab \n'), minLength: 1, maxLength: 20 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    );
    const passphrase = text.filter(
      (value) => /^[^\n\r]/.test(value) && !/[^\n\P{Cc}]|\n$/u.test(value) && !/\$[{$}]/.test(value),
    );
    fc.assert(
      fc.property(passphrase, (value) => {
        writeFileSync(file, value);
        expect(parse(fill(yaml, 'pass')).key).toBe(value);
        expect(parse(JSON.parse(fill(JSON.stringify({ yaml }), 'pass')).yaml).key).toBe(value);
      }),
      { numRuns: 60 },
    );
  });

  test.each(['a$$b', 'a$\u007bb}', 'a$}b'])('refuses %s, which its readers replace', async (passphrase) => {
    const file = join(directory, 'replaced.pass');
    writeFileSync(file, passphrase);
    const script = `printf '%s' '"${placeholder(file)}"' | ${fillCommand([file])}`;
    expect(await run('/bin/sh', ['-c', script])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `fleetseal: ${file} contains ${passphrase.slice(1, 3)}, which programs of Elastic replace: use another passphrase\n`,
    });
  });

  test('fills in a certificate that is still to come', () => {
    const key = writeKey(String(KEYS['P-256']()));
    writeFileSync(join(directory, 'output-client.crt'), PEM.leaf);
    const asked = { model: 'on-premises', os: 'linux', directory, outputs: [OUTPUTS.logstash] };
    const deployment = checkDeployment(asked, { profile: 'output-client', keyKind: 'p256' });
    const { outputs = [] } = renderKitToCome(deployment, { name: 'all', caBundlePem: PEM.root });
    expect(parse(pipe(outputs[0]?.fill ?? '', outputs[0]?.yaml ?? ''))).toEqual({
      'ssl.certificate_authorities': [PEM.root],
      'ssl.certificate': PEM.leaf.trimEnd(),
      'ssl.key': key,
    });
  });

  test('reads Windows line ends and several files', () => {
    writeFileSync(join(directory, 'a'), 'one\r\ntwo\r\n');
    writeFileSync(join(directory, 'b'), placeholder(join(directory, 'a')));
    const filled = fill(
      `["${placeholder(join(directory, 'a'))}","${placeholder(join(directory, 'b'))}"]`,
      'a',
      'b',
    );
    // What a file holds is not read as a placeholder again.
    expect(JSON.parse(filled)).toEqual(['one\ntwo', placeholder(join(directory, 'a'))]);
  });

  test('fills in the files that it names, and nothing else that looks like a place for one', () => {
    writeFileSync(join(directory, 'a'), 'secret');
    const others = [
      '{{file:/etc/passwd}}',
      `{{file:${directory}/a}`,
      `{{file:${directory}/a.key}}`,
      '{{file:',
      '{{file:}}',
    ];
    const text = JSON.stringify([...others, placeholder(join(directory, 'a'))]);
    expect(JSON.parse(fill(text, 'a', 'b'))).toEqual([...others, 'secret']);
    expect(fill(text, 'b')).toBe(`${text}\n`);
    expect(fill(text)).toBe(`${text}\n`);
  });

  test('refuses a text with two places for one file: the second is not of the service', async () => {
    const file = join(directory, 'a');
    const script = `printf '%s' '["${placeholder(file)}","${placeholder(file)}"]' | ${fillCommand([file])}`;
    expect(await run('/bin/sh', ['-c', script])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`fleetseal: the text has two placeholders for ${file}`),
    });
  });

  test('has a place for a file once at most in every text of a kit, of any form, and names it', () => {
    for (const output of Object.values(OUTPUTS))
      for (const stackVersion of ['9.5.2', '9.0.0'])
        for (const form of ['inline', 'path'] as const) {
          const keyPassphraseFile = '/etc/fleetseal/output-client.pass';
          const { yaml, standalone, kibanaYml, kibanaApi } = outputOf(
            { ...output, form },
            { stackVersion, keyPassphraseFile },
            CLIENT,
          );
          const { command = '', create } = kibanaApi;
          for (const text of [yaml, standalone, kibanaYml, JSON.stringify(create.body)]) {
            const places = text.match(/\{\{file:[^}]*\}\}/g) ?? [];
            expect(new Set(places).size).toBe(places.length);
          }
          for (const [, path] of JSON.stringify(create.body).matchAll(/\{\{file:([^}]*)\}\}/g))
            expect(command).toMatch(new RegExp(`^}' .*${path}.*\\)$`, 'm'));
        }
  });

  test.each([
    { name: 'a missing file', contents: undefined, words: 'fleetseal: cannot read' },
    { name: 'an empty file', contents: '', words: 'fleetseal: cannot read' },
    {
      name: 'a control character',
      contents: 'a\tb',
      words: 'fleetseal: a file contains a control character',
    },
  ])('stops at $name and writes nothing', async ({ contents, words }) => {
    const file = join(directory, 'broken');
    rmSync(file, { force: true });
    if (contents !== undefined) writeFileSync(file, contents);
    const script = `printf '%s' '"${placeholder(file)}"' | ${fillCommand([file])}`;
    const { code, stdout, stderr } = await run('/bin/sh', ['-c', script]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(words);
  });
});

interface Call {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** A Kibana that knows an output or does not; answers what it was sent and how the command ended. */
async function post(shell: string, command: string, statusOf: (method: string | undefined) => number) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    calls.push({ method, url, headers, body: JSON.parse(Buffer.concat(chunks).toString() || 'null') });
    const status = statusOf(method);
    const answer = status === 200 ? '{"item":{"id":"known"}}' : '{"message":"why"}';
    response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const KIBANA_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s/ops/`;
  const outcome = await run(shell, ['-c', command], {
    env: { KIBANA_URL, KIBANA_API_KEY: 'a+b/c==', http_proxy: '' },
  });
  server.close();
  return { calls, ...outcome };
}

describe('the command that fills and posts an output', () => {
  const known = () => 200;
  const unknown = (method: string | undefined) => (method === 'GET' ? 404 : 200);

  test.each(SHELLS)('%s changes an output that exists', async (shell) => {
    const key = writeKey(String(KEYS['P-256']()));
    const { kibanaApi } = outputOf({ ...OUTPUTS.logstash, name: "O'Brien's Ωutput" }, { directory }, CLIENT);
    const { calls, code, stdout, stderr } = await post(shell, kibanaApi.command ?? '', known);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout:
        'fleetseal-o-brien-s-utput: changed name, type, hosts, ssl.certificate_authorities, ssl.certificate, secrets.ssl.key\n',
      stderr: '',
    });
    const path = '/s/ops/api/fleet/outputs/fleetseal-o-brien-s-utput';
    expect(calls).toMatchObject([
      { method: 'GET', url: path, body: null },
      {
        method: 'PUT',
        url: path,
        headers: expect.objectContaining({
          'kbn-xsrf': 'true',
          authorization: 'ApiKey a+b/c==',
          'content-type': 'application/json',
        }),
        body: { ...kibanaApi.update.body, secrets: { ssl: { key } } },
      },
    ]);
  });

  test.each(SHELLS)('%s creates one that is missing, key and passphrase filled in', async (shell) => {
    const key = writeKey(String(KEYS['P-256']()));
    const keyPassphraseFile = join(directory, 'output-client.pass');
    writeFileSync(keyPassphraseFile, 'a"b\\c$d');
    const { kibanaApi } = outputOf(
      OUTPUTS.elasticsearch,
      { directory, keyPassphraseFile, stackVersion: '9.0.0' },
      CLIENT,
    );
    const { calls, code } = await post(shell, kibanaApi.command ?? '', unknown);
    expect(code).toBe(0);
    expect(calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /s/ops/api/fleet/outputs/fleetseal-main',
      'POST /s/ops/api/fleet/outputs',
    ]);
    const body = calls[1]?.body as { id: string; config_yaml: string };
    expect(body.id).toBe('fleetseal-main');
    expect(parse(body.config_yaml).ssl).toMatchObject({ key, key_passphrase: 'a"b\\c$d' });
  });

  test('without a key to fill in, it posts the body as it is', async () => {
    const { kibanaApi } = outputOf(OUTPUTS.kafka);
    const { calls } = await post('/bin/sh', kibanaApi.command ?? '', unknown);
    expect(calls.map(({ body }) => body)).toEqual([null, kibanaApi.create.body]);
  });

  test("shows Kibana's words where it refuses", async () => {
    const { kibanaApi } = outputOf(OUTPUTS.kafka);
    const { code, stdout, stderr } = await post('/bin/sh', kibanaApi.command ?? '', () => 400);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('{"message":"why"}\n400');
  });

  test('posts nothing where the key is missing', async () => {
    rmSync(join(directory, 'output-client.key'), { force: true });
    const { kibanaApi } = outputOf(OUTPUTS.logstash, { directory }, CLIENT);
    const { calls, code, stderr } = await post('/bin/sh', kibanaApi.command ?? '', known);
    expect(calls).toEqual([]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('fleetseal: cannot read');
  });

  test('says which variable is missing', async () => {
    const { kibanaApi } = outputOf(OUTPUTS.kafka);
    const { code, stderr } = await run('/bin/sh', ['-c', kibanaApi.command ?? ''], {
      env: { KIBANA_URL: '' },
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain('KIBANA_URL: must be set to the address of Kibana');
  });
});
