/**
 * `npm run demo`: the main job from start to handshake, in a temporary directory. Prints what it does; exits 0 only if
 * all of it held.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { kitView } from '../../docs/generate/openapi/kit-answer.ts';
import { startLocalCloud } from '../../infra/local/local-cloud.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { type ApiAnswer, type ApiRequest, callApi } from '../support/api-client.ts';
import { at, textAt } from '../support/json.ts';
import { placeFiles } from '../support/place-files.ts';
import { connectWithOpenssl, listenForClientCertificates } from './handshake.ts';

const started = Date.now();
const directory = mkdtempSync(join(tmpdir(), 'fleetseal-demo-'));
const hostFile = (name: string) => join(directory, 'host', name);

function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

function step(title: string): void {
  const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(4);
  say(`\n[${seconds} s] ${title}`);
}

function show(text: string): void {
  say(text.trimEnd().replaceAll(/^/gm, '         '));
}

/** Ends the demo with a reason: whatever it shows must hold. */
function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

async function main(): Promise<void> {
  say('fleetseal demo: a certificate for an Elastic agent, from token to handshake.');
  step('Bundling the functions and synthesizing the CDK app');
  const assembly = synthesize(join(directory, 'cdk.out'));
  step('Starting a local cloud that runs this template: KMS makes the CA keys, the authority is created');
  const cloud = await startLocalCloud({ assembly, data: join(directory, 'cloud'), port: 0, log: () => {} });
  try {
    await tour({ ...cloud, call: (request) => callApi(cloud, request) });
  } finally {
    await cloud.stop();
  }
  step('All of it held.');
}

interface Tour {
  readonly admin: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly url: string;
  call(request: ApiRequest): Promise<ApiAnswer>;
}

async function tour(cloud: Tour): Promise<void> {
  mkdirSync(hostFile(''), { recursive: true });
  show(`API at ${cloud.url}; CA keys of the local KMS are for development only.`);

  step('The administrator makes a bootstrap token (POST /v1/tokens, SigV4)');
  const token = await createToken(cloud, { profile: 'agent', names: { commonName: 'web-*' } });
  show(`${token.slice(0, 20)}… allows one certificate of profile "agent" for a name like web-*`);

  step('The host makes an RSA key and a CSR with openssl; the key stays here');
  const agent = makeRequest('agent', 'web-01');

  step('It enrolls (POST /v1/enroll)');
  const deployment = {
    model: 'on-premises',
    stackVersion: '9.5.2',
    os: 'linux',
    fleetUrl: 'https://fleet.example.com:8220',
    fleetEnrollmentToken: 'ZXhhbXBsZQ==',
  };
  const first = await enroll(cloud, token, { name: 'web-01', csr: agent, deployment });
  must(first.status === 201, `expected 201, got ${first.status} ${first.text}`);
  const { files } = install(first);
  show(
    openssl(
      'x509',
      '-in',
      hostFile('agent.crt'),
      '-noout',
      '-subject',
      '-issuer',
      '-dates',
      '-ext',
      'extendedKeyUsage,subjectAltName',
    ),
  );
  show(
    openssl(
      'verify',
      '-x509_strict',
      '-purpose',
      'sslclient',
      '-CAfile',
      hostFile('ca.crt'),
      '-untrusted',
      hostFile('agent.crt'),
      hostFile('agent.crt'),
    ).replaceAll(`${directory}/host/`, ''),
  );

  step('The answer brings the kit: files, flags and output settings');
  for (const { source, mode, path } of files) show(`${source.padEnd(8)}  ${mode}  ${path}`);
  show(`\n${at(first.json, 'kit.elasticAgent.install.shell')}\n\n${at(first.json, 'kit.output.yaml')}`);

  step('It enrolls again, as after a lost answer: the token has no use left, the certificate is the same');
  const again = await enroll(cloud, token, { name: 'web-01', csr: agent, deployment });
  must(
    again.status === 200 && at(again.json, 'certificate') === at(first.json, 'certificate'),
    `not the same certificate: ${again.status} ${again.text}`,
  );
  show(`200, serial number ${at(again.json, 'serialNumber')} both times`);

  step('A Fleet Server gets its certificate the same way, and listens for clients with certificates only');
  const serverToken = await createToken(cloud, {
    profile: 'fleet-server',
    names: { commonName: 'fleet-*', dns: ['localhost'] },
  });
  const server = await enroll(cloud, serverToken, {
    name: 'fleet-01',
    csr: makeRequest('fleet-server', 'fleet-01'),
    dnsNames: ['localhost'],
    deployment: {
      ...deployment,
      fleetUrl: 'https://localhost:8220',
      fleetServer: { policyId: 'fleet-server-policy', elasticsearchUrl: 'https://es.example.com:9200' },
    },
  });
  must(server.status === 201, `expected 201, got ${server.status} ${server.text}`);
  for (const { path, purpose } of install(server).left) show(`left to the operator: ${path}, ${purpose}`);
  await handshakes();
}

async function handshakes(): Promise<void> {
  const listener = await listenForClientCertificates({
    key: readFileSync(hostFile('fleet-server.key')),
    cert: readFileSync(hostFile('fleet-server.crt')),
    ca: readFileSync(hostFile('ca.crt')),
  });
  try {
    step('Mutual TLS with the new certificate (openssl s_client)');
    const welcome = await connectWithOpenssl(listener.port, hostFile('ca.crt'), {
      certificate: hostFile('agent.crt'),
      key: hostFile('agent.key'),
    });
    must(welcome.output.includes('welcome web-01'), `the handshake failed:\n${welcome.output}`);
    show('the server says: welcome web-01');
    step('The same without a certificate');
    const refused = await connectWithOpenssl(listener.port, hostFile('ca.crt'));
    must(
      !refused.output.includes('welcome') && /alert.*certificate required/.test(refused.output),
      `it should have been refused:\n${refused.output}`,
    );
    show('refused: tls alert "certificate required"');
  } finally {
    listener.close();
  }
}

async function createToken(cloud: Tour, body: object): Promise<string> {
  const answer = await cloud.call({ method: 'POST', path: '/v1/tokens', body, credentials: cloud.admin });
  must(answer.status === 201, `no token: ${answer.status} ${answer.text}`);
  return textAt(answer.json, 'token');
}

function enroll(cloud: Tour, token: string, body: object): Promise<ApiAnswer> {
  return cloud.call({
    method: 'POST',
    path: '/v1/enroll',
    headers: { authorization: `Bearer ${token}` },
    body,
  });
}

/** A new RSA key in `<stem>.key`; answers the CSR in PEM. */
function makeRequest(stem: string, name: string): string {
  openssl(
    'req',
    '-new',
    '-newkey',
    'rsa:2048',
    '-noenc',
    '-keyout',
    hostFile(`${stem}.key`),
    '-subj',
    `/CN=${name}`,
    '-out',
    hostFile(`${stem}.csr`),
  );
  return readFileSync(hostFile(`${stem}.csr`), 'utf8');
}

/** Puts the files of the kit into the host's directory, where its key is already. */
function install({ json }: ApiAnswer) {
  const { files } = kitView.parse(at(json, 'kit'));
  return { files, left: placeFiles(files, undefined, (path) => hostFile(basename(path))) };
}

try {
  await main();
} catch (error) {
  say(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
