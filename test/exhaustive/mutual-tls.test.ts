import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { composeApp } from '../../infra/synthesize.ts';
import { TRUST_STORE_PATH } from '../../shared/domain/trust-store.ts';
import { issuedIn } from '../support/api-client.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { at } from '../support/json.ts';
import { openssl } from '../support/openssl.ts';

/*
 * The trust store of the domain for mutual TLS, published and taken without an operator. Each test goes on where the one
 * before it ended.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-mutual-tls-'));
const certificateArn =
  'arn:aws:acm:eu-central-1:111122223333:certificate/11112222-3333-4444-5555-666677778888';

let cloud: TestCloud;
beforeAll(async () => {
  const bundles = {
    directory: (fn: string) => join(ASSEMBLY, 'bundles', 'functions', fn),
    metafile: () => '',
  };
  const settings = {
    root: { keySpec: 'ECC_NIST_P384' },
    issuers: [1, 2].map((number) => ({ id: `issuer-${number}`, keySpec: 'ECC_NIST_P256', lifetimeYears: 5 })),
    revocation: { crlShards: 1 },
    api: { mutualTls: { domainName: 'renew.example.com', certificateArn } },
  };
  const app = composeApp({ outdir: join(directory, 'assembly'), settings, bundles, checkSchemas: false });
  cloud = await TestCloud.start({ assembly: app.synth().directory });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

const trustStore = async () => (await fetch(`${cloud.local.httpUrl}${TRUST_STORE_PATH}`)).text();
const certificatesIn = (pem: string) => pem.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 0;

/** Runs the maintenance. @returns what it measured, and what it asked API Gateway. */
async function maintain() {
  cloud.local.logs.reset();
  cloud.local.calls.reset();
  await cloud.local.invoke('maintain-authority', {});
  const lines = cloud.local.logs.lines().map((line): unknown => JSON.parse(line));
  const ended = lines.filter((line) => at(line, 'message') === 'authority maintained').at(-1);
  const asked = cloud.local.calls.all().filter(({ service }) => service === 'apigateway');
  return { notTaken: at(ended, 'TrustStoreNotTaken'), asked: asked.map(({ action }) => action) };
}

/** Whether a server that trusts this store alone takes a client that sends its certificate only. */
async function isTakenBy(
  ca: string,
  client: { readonly cert: string; readonly key: string },
): Promise<boolean> {
  const key = openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
  const keyFile = join(directory, 'server.key');
  writeFileSync(keyFile, key);
  const cert = openssl('req', '-x509', '-key', keyFile, '-subj', '/CN=renew.example.com');
  const accepted = Promise.withResolvers<boolean>();
  const server = createServer({ key, cert, ca, requestCert: true, rejectUnauthorized: false }, (socket) => {
    accepted.resolve(socket.authorized);
    socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', ...client, rejectUnauthorized: false });
  socket.on('error', () => accepted.resolve(false));
  const result = await accepted.promise;
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return result;
}

describe('the trust store of the domain for mutual TLS', () => {
  test('is published before the domain is made, with the root and the issuer', async () => {
    expect(certificatesIn(await trustStore())).toBe(2);
  });

  test('takes a client of this authority that sends its own certificate only, and no other', async () => {
    const csr = makeCsr({ kind: 'p256' });
    const answer = await cloud.enroll(await cloud.token(), { csr: csr.pem, name: 'host-1' });
    const key = String(csr.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const client = { cert: issuedIn(answer).certificate, key };
    expect(await isTakenBy(await trustStore(), client)).toBe(true);
    expect(await isTakenBy((await cloud.call({ method: 'GET', path: '/v1/trust.pem' })).text, client)).toBe(
      false,
    );
  });

  test('is taken by the domain with the first run, and left alone after that', async () => {
    expect(await maintain()).toEqual({ notTaken: 1, asked: ['GET', 'PATCH'] });
    expect(await maintain()).toEqual({ notTaken: 0, asked: ['GET'] });
  });

  test('has the next issuer as soon as it is certified, and the domain takes it', async () => {
    expect(await cloud.admin('POST', '/v1/issuers')).toMatchObject({ status: 201 });
    expect(await maintain()).toEqual({ notTaken: 1, asked: ['GET', 'PATCH'] });
    expect(certificatesIn(await trustStore())).toBe(3);
    expect(await maintain()).toEqual({ notTaken: 0, asked: ['GET'] });
  });

  test('that API Gateway refuses raises the alarm, and is taken by a later run', async () => {
    cloud.local.faults.add({ service: 'apigateway', does: 'throttle' });
    await expect(maintain()).rejects.toThrow('API Gateway refused GET of the domain renew.example.com');
    const lines = cloud.local.logs.lines().filter((line) => line.includes('TrustStoreNotTaken'));
    expect(lines.map((line) => at(JSON.parse(line), 'TrustStoreNotTaken'))).toEqual([1]);
    cloud.local.faults.clear();
    expect(await maintain()).toEqual({ notTaken: 0, asked: ['GET'] });
  });
});
