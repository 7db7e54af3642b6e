/**
 * `npm run demo`: the main job from start to handshake, in a temporary directory. Prints what it does; exits 0 only if
 * all of it held.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { kitView } from '../../docs/generate/openapi/kit-answer.ts';
import { startLocalCloud } from '../../infra/local/local-cloud.ts';
import type { Call, CallLog } from '../../infra/local/service/calls.ts';
import { synthesize } from '../../infra/synthesize.ts';
import {
  BUNDLE_PATH,
  caCertificatePath,
  fullListPath,
  OCSP_PATH,
} from '../../shared/domain/revocation-points.ts';
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
    const { httpUrl = '' } = cloud;
    await tour({ ...cloud, httpUrl, call: (request) => callApi(cloud, request) });
  } finally {
    await cloud.stop();
  }
  step('All of it held.');
}

interface Tour {
  readonly admin: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly url: string;
  /** Of revocation data. */
  readonly httpUrl: string;
  /** Of AWS services, by the functions. */
  readonly calls: CallLog;
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
  await revocation(cloud, textAt(first.json, 'serialNumber'));
}

/** What a server presents, and the CAs of its clients. */
const serverCredentials = () => ({
  key: readFileSync(hostFile('fleet-server.key')),
  cert: readFileSync(hostFile('fleet-server.crt')),
  ca: readFileSync(hostFile('ca.crt')),
});

const agentIdentity = () => ({ certificate: hostFile('agent.crt'), key: hostFile('agent.key') });

async function handshakes(): Promise<void> {
  const listener = await listenForClientCertificates(serverCredentials());
  try {
    step('Mutual TLS with the new certificate (openssl s_client)');
    const welcome = await connectWithOpenssl(listener.port, hostFile('ca.crt'), agentIdentity());
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

/** Revokes the agent's certificate: OCSP, the list, and a server that loads the lists then refuse it. */
async function revocation(cloud: Tour, serialNumber: string): Promise<void> {
  const before = publishedBundles(cloud);
  step("The administrator revokes the agent's certificate (POST /v1/certificates/{serial}/revoke)");
  const revoked = await cloud.call({
    method: 'POST',
    path: `/v1/certificates/${serialNumber}/revoke`,
    body: { reason: 'superseded' },
    credentials: cloud.admin,
  });
  must(revoked.status === 200, `not revoked: ${revoked.status} ${revoked.text}`);
  show(textAt(revoked.json, 'effect.fleetServer'));

  step('OCSP says so at once (openssl ocsp)');
  const status = await ocspStatus(await download(cloud, caCertificatePath('issuer-1')), cloud);
  must(status.includes('revoked'), `OCSP does not say revoked:\n${status}`);
  show(status);

  step('The list of its issuer follows within seconds (openssl crl)');
  await untilPublished(cloud, before);
  const list = openssl(
    'crl',
    '-noout',
    '-text',
    '-inform',
    'DER',
    '-in',
    await download(cloud, fullListPath('issuer-1')),
  );
  const entry = list.slice(list.indexOf('Serial Number')).split('\n').slice(0, 5).join('\n');
  must(entry.includes(serialNumber.toUpperCase()), `the list does not hold it:\n${list}`);
  show(entry);

  step('A server that loads the lists of all CAs, as nginx, HAProxy and Envoy do, refuses the agent');
  // Node reads one list from each string; the others read them all from the file.
  const crl = readFileSync(await download(cloud, BUNDLE_PATH), 'utf8').split(/(?<=-----END X509 CRL-----\n)/);
  const listener = await listenForClientCertificates({ ...serverCredentials(), crl });
  try {
    const refused = await connectWithOpenssl(listener.port, hostFile('ca.crt'), agentIdentity());
    must(
      !refused.output.includes('welcome') && listener.refusals.includes('CERT_REVOKED'),
      `it should have been refused as revoked: ${listener.refusals}\n${refused.output}`,
    );
    show('refused: CERT_REVOKED');
  } finally {
    listener.close();
  }
}

/** Fetches revocation data over plain HTTP, as verifiers do. @returns the file. */
async function download({ httpUrl }: Tour, path: string): Promise<string> {
  const file = hostFile(basename(path));
  const answer = await fetch(`${httpUrl}${path}`);
  must(answer.ok, `${path}: ${answer.status}`);
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  return file;
}

/** What the responder says of the agent's certificate. It runs in this process, which must not wait for openssl. */
async function ocspStatus(issuerDer: string, { httpUrl }: Tour): Promise<string> {
  const issuer = hostFile('issuer.crt');
  openssl('x509', '-inform', 'DER', '-in', issuerDer, '-out', issuer);
  const asked = ['-issuer', issuer, '-cert', hostFile('agent.crt'), '-url', `${httpUrl}${OCSP_PATH}`];
  const { stdout } = await promisify(execFile)('openssl', [
    'ocsp',
    ...asked,
    '-CAfile',
    hostFile('ca.crt'),
    '-no_nonce',
  ]);
  return stdout.replaceAll(`${directory}/host/`, '');
}

/** How often the lists of all CAs were published. */
function publishedBundles({ calls }: Tour): number {
  const publishes = ({ action, resources }: Call) =>
    action === 'PutObject' && resources.some((arn) => arn.endsWith(BUNDLE_PATH));
  return calls.all().filter(publishes).length;
}

/** Waits for the bundle that follows the revocation: who fetches it too early gets the earlier one for a minute. */
async function untilPublished(cloud: Tour, before: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (publishedBundles(cloud) === before) {
    must(Date.now() < deadline, 'no list was published within 30 s');
    await setTimeout(100);
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
