import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCloud } from '../../support/cloud.ts';
import { run } from '../../support/command.ts';
import { makeCsr } from '../../support/csr.ts';
import { makeCms, makeJws, opensslCms } from '../../support/proofs.ts';
import { type CertifiedHost, derOf, enrolledHost, renewalJws, renewed } from '../../support/renewals.ts';
import { once, pythonPackages } from '../install.ts';

const PINS = 'openapi-requirements.txt';
/** Requests drawn for each operation, besides those that its examples and the bounds of its schemas give. */
const EXAMPLES = 20;
const CSRS = 40;
const PROOFS = 10;
/** Decides what is drawn; another one is for looking further, none may find anything. */
const SEED = process.env['SCHEMATHESIS_SEED'] ?? '1';

export interface Report {
  readonly schemathesis_version: string;
  readonly seed: number;
  readonly operations: { readonly tested: number };
  readonly phases: Readonly<Record<string, { readonly status: string } | undefined>>;
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly {
    readonly title: string;
    readonly count: number;
    readonly operations: readonly string[];
  }[];
  readonly errors: readonly unknown[];
}

/** How often a check was made, and how often a failing one needed a rule of rules.ts; by their names. */
export interface Counts {
  readonly checks: Readonly<Record<string, number>>;
  readonly rules: Readonly<Record<string, number>>;
}

export interface Tested {
  readonly report: Report;
  readonly counts: Counts;
  /** Operations that the document has. */
  readonly operations: number;
  /** What it printed: every failure with its request. */
  readonly words: string;
}

/**
 * Tests a local cloud against the OpenAPI document that it serves: all phases, all checks, every request signed. The
 * document is read from a file, since Schemathesis leaves out the operation that it loads a document from.
 *
 * @throws Error with its words where Schemathesis makes no report.
 */
export async function testApi(cloud: TestCloud, say: (line: string) => void): Promise<Tested> {
  const environment = await once('schemathesis', [PINS], say, (into) => pythonPackages(PINS, into));
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-openapi-'));
  const file = (name: string) => join(directory, name);
  const read = (name: string) => JSON.parse(readFileSync(file(name), 'utf8'));
  try {
    const { text } = await cloud.call({ path: '/v1/openapi.json' });
    writeFileSync(file('openapi.json'), text);
    writeFileSync(file('ca.pem'), cloud.local.caPem);
    writeFileSync(file('proofs'), JSON.stringify(await proofs(cloud)));
    writeFileSync(file('csrs'), Array.from({ length: CSRS }, () => makeCsr().pem).join('\n'));
    const { stdout, stderr } = await run(join(environment, 'bin/schemathesis'), words(cloud, file), {
      cwd: directory,
      env: await variables(cloud, file),
    });
    try {
      const operations = operationsOf(read('openapi.json'));
      return { report: read('report.json'), counts: read('counts.json'), operations, words: stdout };
    } catch (cause) {
      const last = (stdout + stderr).trim().split('\n').slice(-12).join('\n');
      throw new Error(`Schemathesis made no report: ${last}`, { cause });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Proofs by keys of hosts that the cloud knows, half of them JWS and half CMS, by the paths that take them. */
async function proofs(cloud: TestCloud): Promise<Readonly<Record<string, readonly object[]>>> {
  const many = (make: (form: 'jws' | 'cms') => Promise<object>) =>
    Promise.all(Array.from({ length: PROOFS }, (_, index) => make(index % 2 === 0 ? 'jws' : 'cms')));
  return {
    '/v1/revoke': await many((form) => compromiseProof(cloud, form)),
    '/v1/renew': await many((form) => renewalProof(cloud, form)),
    '/v1/renew/confirm': await many((form) => confirmationProof(cloud, form)),
  };
}

async function compromiseProof(cloud: TestCloud, form: 'jws' | 'cms'): Promise<object> {
  const { serialNumber, ...host } = await enrolledHost(cloud, { kind: 'ed25519' });
  return form === 'jws'
    ? { jws: makeJws(host, { serialNumber, revoke: true }) }
    : { cms: makeCms(host.privateKey, serialNumber) };
}

async function renewalProof(cloud: TestCloud, form: 'jws' | 'cms'): Promise<object> {
  const host = await enrolledHost(cloud);
  const key = makeCsr();
  return form === 'jws' ? { jws: renewalJws(cloud, host, key) } : { cms: signedBy(host, key.der) };
}

async function confirmationProof(cloud: TestCloud, form: 'jws' | 'cms'): Promise<object> {
  const { serialNumber, ...host } = await enrolledHost(cloud);
  const successor = await renewed(cloud, { ...host, serialNumber });
  const statement = { serialNumber, iat: cloud.seconds(), aud: cloud.local.url };
  return form === 'jws' ? { jws: makeJws(successor, statement) } : { cms: signedBy(successor, serialNumber) };
}

function signedBy({ certificate, privateKey }: CertifiedHost, content: string | Uint8Array): string {
  return opensslCms({ certificate: derOf(certificate), privateKey }, content);
}

function operationsOf({ paths }: { readonly paths: Readonly<Record<string, object>> }): number {
  return Object.values(paths).flatMap((path) => Object.keys(path)).length;
}

function words({ local }: TestCloud, file: (name: string) => string): readonly string[] {
  return [
    ...['run', file('openapi.json'), '--url', local.url, '--tls-verify', file('ca.pem')],
    ...['--checks', 'all', '--max-examples', String(EXAMPLES), '--continue-on-failure', '--no-shrink'],
    ...['--seed', SEED, '--generation-database', 'none', '--no-color'],
    ...['--report', 'json', '--report-json-path', file('report.json')],
  ];
}

async function variables(cloud: TestCloud, file: (name: string) => string) {
  const { admin, region } = cloud.local;
  return {
    AWS_ACCESS_KEY_ID: admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
    AWS_REGION: region,
    FLEETSEAL_BOOTSTRAP_TOKEN: await cloud.token({ maxUses: 1000 }),
    FLEETSEAL_COUNTS: file('counts.json'),
    FLEETSEAL_CSRS: file('csrs'),
    FLEETSEAL_PROOFS: file('proofs'),
    SCHEMATHESIS_HOOKS: 'hooks',
    PYTHONPATH: import.meta.dirname,
    PYTHONDONTWRITEBYTECODE: '1',
  };
}
