import { createPrivateKey } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Kit } from '../../shared/elastic/kit/kit.ts';
import { issuedIn } from '../support/api-client.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { run } from '../support/command.ts';
import { makeCsr } from '../support/csr.ts';
import { at, textAt } from '../support/json.ts';
import { lastingDirectory } from '../support/lasting-directory.ts';
import { placeFiles } from '../support/place-files.ts';

/*
 * The settings for other clients of Elasticsearch, before a server that requires a client certificate, as Elasticsearch
 * with `client_authentication: required` does: curl itself, and the TLS of Node.js, which Kibana is made of.
 */

let cloud: TestCloud;
let directory: string;
let elasticsearch: Server;
let clients: Readonly<Record<string, string>>;
beforeAll(async () => {
  cloud = await TestCloud.start();
  directory = lastingDirectory('clients');
  elasticsearch = await startServer();
  clients = await placeKit(`https://localhost:${(elasticsearch.address() as AddressInfo).port}`);
});
afterAll(async () => {
  elasticsearch.close();
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function enroll(profile: string, names: object, body: object) {
  const { pem: csr, privateKey } = makeCsr();
  const token = await cloud.token({ profile, names: { commonName: '*', ...names } });
  const answer = await cloud.enroll(token, enrollment({ csr, ...body }));
  return { answer, key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
}

/** Replies with the name in the client's certificate. */
async function startServer(): Promise<Server> {
  const { answer, key } = await enroll('output-server', { dns: ['localhost'] }, { dnsNames: ['localhost'] });
  const { certificate, chain, caBundle } = issuedIn(answer);
  const cert = [certificate, ...chain].join('');
  const server = createServer(
    { key, cert, ca: caBundle, requestCert: true, rejectUnauthorized: true },
    (incoming, response) => response.end((incoming.socket as TLSSocket).getPeerCertificate().subject.CN),
  );
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
  return server;
}

/** The files of a host with a certificate for other clients, as its kit has them. @param passphrase - of its key */
async function placeKit(host: string, passphrase?: string): Promise<Readonly<Record<string, string>>> {
  const name = passphrase === undefined ? 'kibana-01' : 'script-01';
  const place = join(directory, name);
  const keyPassphraseFile = passphrase === undefined ? undefined : join(place, 'key.pass');
  const deployment = {
    ...{ model: 'on-premises', stackVersion: '9.5.2', os: 'linux', directory: place, keyPassphraseFile },
    outputs: [{ name: 'Main', type: 'elasticsearch', hosts: [host], form: 'path' }],
  };
  const { answer, key } = await enroll('output-client', {}, { name, deployment });
  if (answer.status !== 201) throw new Error(answer.text);
  const cipher = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase } as const;
  const kept = passphrase === undefined ? key : createPrivateKey(key).export(cipher).toString();
  placeFiles(at(answer.json, 'kit.files') as Kit['files'], kept);
  if (keyPassphraseFile !== undefined) writeFileSync(keyPassphraseFile, passphrase ?? '', { mode: 0o600 });
  return Object.fromEntries(
    ['curl', 'kibanaYml'].map((name) => [name, textAt(answer.json, `kit.outputs.0.clients.${name}`)]),
  );
}

describe('other clients of an Elasticsearch that requires client certificates', () => {
  test('curl is let in by the command of the kit, and not without certificate or CA', async () => {
    const { curl = '' } = clients;
    const shell = (line: string) => run('sh', ['-c', `${line} --silent --show-error`]);
    expect(await shell(curl)).toMatchObject({ code: 0, stdout: 'kibana-01' });
    const without = curl.replace(/ --cert \S+ --key \S+/, '');
    expect((await shell(without)).code).not.toBe(0);
    expect((await shell(curl.replace(/ --cacert \S+/, ''))).code).toBe(60);
  });

  test('curl reads the passphrase of an encrypted key, and no argument of a program has it', async () => {
    const passphrase = String.raw`it's "p\\ss" & $word`;
    const { port } = elasticsearch.address() as AddressInfo;
    const { curl = '' } = await placeKit(`https://localhost:${port}`, passphrase);
    const log = join(directory, 'arguments');
    for (const program of ['curl', 'sed'])
      writeFileSync(
        join(directory, program),
        `#!/bin/sh\nprintf '%s\\n' "$*" >>'${log}'\nPATH=\${PATH#*:}\nexec ${program} "$@"\n`,
        { mode: 0o755 },
      );
    const PATH = `${directory}:${process.env['PATH']}`;
    const ran = await run('sh', ['-c', `${curl} --silent --show-error`], { env: { PATH } });
    expect(ran).toMatchObject({ code: 0, stdout: 'script-01' });
    const lines = readFileSync(log, 'utf8');
    expect([lines.split('\n').length, lines.includes('word')]).toEqual([3, false]);
  });

  test("Kibana's settings let Node.js in", async () => {
    const settings = parse(clients['kibanaYml'] ?? '');
    const file = (name: string) => readFileSync(settings[`elasticsearch.ssl.${name}`], 'utf8');
    const [ca] = settings['elasticsearch.ssl.certificateAuthorities'];
    const options = { ca: readFileSync(ca, 'utf8'), cert: file('certificate'), key: file('key') };
    const [host = ''] = settings['elasticsearch.hosts'];
    expect(await get(host, options)).toBe('kibana-01');
    await expect(get(host, { ca: options.ca })).rejects.toThrow();
  });
});

function get(url: string, options: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, agent: false }, (response) => {
      response.setEncoding('utf8').on('data', resolve).on('error', reject);
    });
    sent.on('error', reject).end();
  });
}
