import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { bundleFunctions, OPTIONS } from '../../infra/bundle.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { plus, systemClock, toDate } from '../../shared/domain/instant.ts';
import type { StoredResponse } from '../../shared/domain/ocsp.ts';
import { caHashesOf } from '../../shared/pki/ca-hashes.ts';
import { issue } from '../../shared/pki/issue.ts';
import { prepareResponse } from '../../shared/pki/ocsp/prepare-response.ts';
import { toPem } from '../../shared/pki/pem.ts';
import { prepareResponder, responderValidity } from '../../shared/pki/prepare-responder.ts';
import { signPrepared } from '../../shared/pki/sign-prepared.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { dynamoOcspStore } from '../../shared/store/ocsp-store.ts';
import { dynamoResponderStore } from '../../shared/store/responder-store.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { type MadeAuthority, makeAuthority, makeCaKey, serial } from '../support/ca.ts';
import { mustRun } from '../support/command.ts';
import { startTestDynamo, type TestTable } from '../support/dynamodb.ts';
import { caHashes, certId, ocspRequest } from '../support/ocsp-request.ts';
import { sampleIssuer, sampleReservation, sampleRoot, sampleToken } from '../support/records.ts';
import { certIdOf } from '../support/responder.ts';
import { type Figure, median } from './figures.ts';

const ROUNDS = 3;
const PER_ROUND = 300;

/**
 * CPU of one OCSP response, in processes that do nothing else; what it takes to ask them is not counted:
 * - the bundled function over DynamoDB, which it asks about each request (`openssl ocsp` has its index in memory);
 * - the same function over a store in memory: its own work;
 * - `openssl ocsp` as responder, which signs each response with a key of the same kind.
 */
export async function ocspFigures(directory: string): Promise<readonly Figure[]> {
  const authority = await makeAuthority('ECC_NIST_P384', 'RSA_3072');
  const leaf = { serialNumber: serial('c1'), request: requestFor(authority, serial('c1')) };
  const dynamo = await startTestDynamo();
  const openssl = await startOpenssl(directory, authority, leaf);
  try {
    const table = await dynamo.createTable();
    const stored = await fill(table, authority, leaf);
    const runs = {
      function: handlerRun(functionOver(directory, table, dynamo.url), leaf),
      memory: handlerRun(functionInMemory(directory, authority, stored), leaf),
      openssl,
    };
    const spent: Record<keyof typeof runs, number[]> = { function: [], memory: [], openssl: [] };
    for (let round = -1; round < ROUNDS; round++)
      for (const name of ['function', 'memory', 'openssl'] as const) {
        const milliseconds = await runs[name].run();
        if (round >= 0) spent[name].push(milliseconds);
      }
    return figuresOf(median(spent.function), median(spent.memory), median(spent.openssl));
  } finally {
    await openssl.stop();
    await dynamo.stop();
  }
}

function figuresOf(overDynamo: number, inMemory: number, openssl: number): readonly Figure[] {
  const rows = [
    { name: 'function over DynamoDB', value: overDynamo },
    { name: 'function over memory', value: inMemory },
    { name: 'openssl ocsp', value: openssl },
  ];
  const ratio = (name: string, value: number): Figure => ({ name, value: value / openssl, unit: 'ratio' });
  return [
    ratio('CPU per OCSP response, function over memory / openssl ocsp', inMemory),
    ratio('CPU per OCSP response, function over DynamoDB / openssl ocsp', overDynamo),
    ...rows.map(({ name, value }): Figure => ({ name: `CPU per OCSP response, ${name}`, value, unit: 'ms' })),
    ...rows.map(
      ({ name, value }): Figure => ({
        name: `OCSP responses per core, ${name}`,
        value: 1000 / value,
        unit: 'per second',
      }),
    ),
  ];
}

interface Leaf {
  readonly serialNumber: ReturnType<typeof serial>;
  readonly request: Uint8Array;
}

function requestFor({ issuer }: MadeAuthority, serialNumber: string): Uint8Array {
  return ocspRequest(certId({ hash: 'sha1', serialNumber, ...caHashes(issuer.certificate, 'sha1') }));
}

/** Records of a certificate with a stored response, as the function finds them. */
async function fill(
  table: TestTable,
  { root, issuer }: MadeAuthority,
  { serialNumber }: Leaf,
): Promise<StoredResponse> {
  const now = systemClock();
  const key = await makeCaKey('ECC_NIST_P256');
  const validity = responderValidity(issuer, now);
  const prepared = prepareResponder({
    serialNumber: serial('d1'),
    validity,
    publicKey: key.publicKey,
    ca: issuer,
  });
  const { tbsSha256 } = prepared;
  const { certificate } = await issue(prepared, issuer.key.sign);
  const authority = dynamoAuthorityStore(table);
  await authority.reserveRoot(sampleRoot({ certificate: root.certificate, state: 'ISSUED' }));
  await authority.reserveIssuer(sampleIssuer({ certificate: issuer.certificate, state: 'ACTIVE' }));
  const responders = dynamoResponderStore(table);
  const responder = await responders.reserveResponder({
    caId: 'issuer-1',
    sequence: 1,
    state: 'RESERVED',
    serialNumber: serial('d1'),
    validity,
    publicKey: key.publicKey,
    keySpec: key.keySpec,
    caHashes: caHashesOf(issuer.certificate),
    tbsSha256,
    createdAt: now,
  });
  await responders.commitResponder(responder, certificate);
  const token = sampleToken({ expiresAt: plus(now, DAY) });
  await dynamoTokenStore(table).createToken(token);
  const issuance = dynamoIssuanceStore({ ...table, rootIds: [], issuerIds: [] });
  const { record, ...rest } = sampleReservation(token, { serialNumber, reservedAt: now });
  await issuance.reserve({ record, ...rest }, now);
  await issuance.commit(record, { certificate: new Uint8Array(900), issuedAt: now, attempts: [] });
  const contents = {
    certId: certIdOf(issuer.certificate, serialNumber),
    status: { state: 'good' },
    thisUpdate: now,
    nextUpdate: plus(now, DAY),
  } as const;
  const response = prepareResponse(contents, { certificate, keySpec: key.keySpec });
  const { der } = await signPrepared(response, key.sign);
  const ocsp = dynamoOcspStore(table);
  await ocsp.takeOcspLease(
    serialNumber,
    { owner: 'bench', until: plus(now, 10), hash: 'sha1', seen: undefined },
    now,
  );
  const { certId: _, ...stored } = { ...contents, der };
  await ocsp.storeResponse(serialNumber, { owner: 'bench', hash: 'sha1', response: stored }, now);
  return stored;
}

/** A module that exports `handler`, and the environment that it needs. */
interface Subject {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

const ENVIRONMENT = {
  TABLE_NAME: 'fleetseal',
  RESPONDER_KEY_ARN: 'arn:aws:kms:eu-central-1:000000000000:key/responder-1',
  LIST_CACHE_SECONDS: '60',
  OCSP_LIFETIME_SECONDS: String(DAY),
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
};

function functionOver(directory: string, { tableName }: TestTable, url: string): Subject {
  const path = join(bundleFunctions(directory).directory('answer-ocsp'), 'index.mjs');
  return { path, env: { ...ENVIRONMENT, TABLE_NAME: tableName, AWS_ENDPOINT_URL_DYNAMODB: url } };
}

/** The handler over ports that have everything at hand. */
const IN_MEMORY = `
import { answerOcspHandler } from '../../functions/answer-ocsp/handler.ts';
const { caHashes, stored, validity } = JSON.parse(process.env.FACTS);
const record = { issuerId: 'issuer-1', state: 'ISSUED', notAfter: validity.notAfter };
const view = { record, stored: { ...stored, der: Buffer.from(stored.der, 'base64') }, leasedUntil: undefined };
const responder = { caId: 'issuer-1', sequence: 1, state: 'ISSUED', caHashes, validity, certificate: Buffer.alloc(1) };
export const handler = answerOcspHandler({
  log: { info() {}, warn() {}, error() {} },
  store: { readForOcsp: async () => view },
  readAuthority: async () => ({ roots: [], issuers: [], responders: [responder] }),
  clock: () => Math.floor(Date.now() / 1000),
  lifetimeSeconds: 86400,
  cacheSeconds: 60,
});
`;

function functionInMemory(directory: string, { issuer }: MadeAuthority, stored: StoredResponse): Subject {
  const path = join(directory, 'in-memory', 'index.mjs');
  const stdin = { contents: IN_MEMORY, resolveDir: import.meta.dirname };
  buildSync({ ...OPTIONS, sourcemap: false, outExtension: {}, stdin, outfile: path, write: true });
  const facts = {
    caHashes: caHashesOf(issuer.certificate),
    stored: { ...stored, der: Buffer.from(stored.der).toString('base64') },
    validity: responderValidity(issuer, systemClock()),
  };
  return { path, env: { ...ENVIRONMENT, FACTS: JSON.stringify(facts) } };
}

/** Asks the handler one request after the other, as Lambda does; prints milliseconds of CPU per response. */
const ASKING = `
const [path, body, count] = process.argv.slice(1);
const { handler } = await import(path);
const requestContext = { requestId: 'bench', identity: { sourceIp: '198.51.100.7' } };
const event = { httpMethod: 'POST', path: '/ocsp', headers: {}, body, isBase64Encoded: true, requestContext };
const ask = async () => {
  const { statusCode, body } = await handler(event, { awsRequestId: 'bench' });
  if (statusCode !== 200 || body.length < 500) throw new Error('not answered: ' + statusCode + ' ' + body);
};
for (let i = 0; i < Number(count); i++) await ask();
const before = process.cpuUsage();
for (let i = 0; i < Number(count); i++) await ask();
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000 / Number(count));
// The client keeps its connections open.
process.exit(0);
`;

function handlerRun({ path, env }: Subject, { request }: Leaf) {
  const body = Buffer.from(request).toString('base64');
  const args = ['--input-type=module', '--eval', ASKING, path, body, String(PER_ROUND)];
  return { run: async () => Number(await mustRun(process.execPath, args, { env })) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Clock ticks a second, in /proc (`getconf CLK_TCK`). */
const TICKS = 100;

/** `openssl ocsp` with an index of one certificate, below the same issuer, with a responder of its own. */
async function startOpenssl(directory: string, { issuer }: MadeAuthority, { serialNumber, request }: Leaf) {
  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const validity = responderValidity(issuer, systemClock());
  const publicKey = key.publicKey.export({ type: 'spki', format: 'der' });
  const plan = { serialNumber: serial('d2'), validity, publicKey, ca: issuer };
  const { certificate } = await issue(prepareResponder(plan), issuer.key.sign);
  const expiry = toDate(validity.notAfter)
    .toISOString()
    .replace(/^..|[-:T]|\.\d+/g, '');
  const index = file('index.txt', `V\t${expiry}\t\t${serialNumber.toUpperCase()}\tunknown\t/CN=web-01\n`);
  const port = await freePort();
  const child = spawn('openssl', [
    ...['ocsp', '-port', String(port), '-index', index, '-nmin', '1440', '-ignore_err'],
    ...['-CA', file('ca.pem', toPem('CERTIFICATE', issuer.certificate))],
    ...['-rsigner', file('responder.pem', toPem('CERTIFICATE', certificate))],
    ...['-rkey', file('responder.key', key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())],
  ]);
  return {
    run: async () => {
      const before = cpuOf(child);
      for (let i = 0; i < PER_ROUND; i++) await ask(port, request);
      return (cpuOf(child) - before) / PER_ROUND;
    },
    stop: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** Milliseconds of CPU, user and system, that a process has taken (proc(5), /proc/pid/stat). */
function cpuOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1000;
}

/** One request on a connection of its own: openssl closes it. Waits for a server that is about to start. */
async function ask(port: number, body: Uint8Array, tries = 50): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { 'content-type': 'application/ocsp-request', 'content-length': body.length };
  const agent = new Agent({ keepAlive: false });
  const sent = httpRequest(
    { port, host: '127.0.0.1', method: 'POST', path: '/', headers, agent },
    (answer) => {
      let length = 0;
      answer.on('data', (chunk: Buffer) => {
        length += chunk.length;
      });
      answer.on('end', () => resolve(length));
      answer.on('error', reject);
    },
  );
  sent.on('error', reject);
  sent.end(body);
  const length = await promise.catch(() => 0);
  if (length > 300) return;
  if (tries === 0) throw new Error('openssl ocsp does not answer');
  await setTimeout(50);
  await ask(port, body, tries - 1);
}
