import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { marked } from 'marked';
import type { KeyKind } from '../../shared/domain/key-kind.ts';
import { issuedIn } from '../support/api-client.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { mustRun } from '../support/command.ts';
import { makeCsr } from '../support/csr.ts';
import { at, textAt } from '../support/json.ts';
import { makeJws } from '../support/proofs.ts';

let cloud: TestCloud;
let directory: string;
beforeAll(async () => {
  cloud = await TestCloud.start();
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-report-'));
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});
afterEach(() => cloud.local.faults.clear());

/** A host with a certificate. */
async function host(kind: KeyKind = 'p256') {
  const { pem, privateKey } = makeCsr({ kind });
  const body = enrollment({ csr: pem });
  const answer = await cloud.enroll(await cloud.token(), body);
  const serialNumber = textAt(answer.json, 'serialNumber');
  const jws = makeJws({ privateKey, keyKind: kind }, { serialNumber, revoke: true });
  return { serialNumber, privateKey, name: body.name, csr: pem, jws, ...issuedIn(answer) };
}

const report = (body: object) => cloud.call({ method: 'POST', path: '/v1/revoke', body });
const recordOf = async (serial: string) => (await cloud.admin('GET', `/v1/certificates/${serial}`)).json;
const calls = () => cloud.local.calls.all().map(({ action }) => action);

/** The commands of a section of docs/revocation.md. */
function commandsOf(title: string): string {
  const text = readFileSync(new URL('../../docs/revocation.md', import.meta.url), 'utf8');
  const section = text.slice(text.indexOf(`### ${title}\n`)).split('\n### ')[0] ?? '';
  const [block] = marked.lexer(section).filter((token) => token.type === 'code');
  return block?.type === 'code' ? block.text : 'false';
}

/** Runs commands of the document on a host, as it has its files; returns what they print. */
function runOn(
  { certificate, privateKey }: Awaited<ReturnType<typeof host>>,
  commands: string,
): Promise<string> {
  const own = mkdtempSync(join(directory, 'host-'));
  writeFileSync(join(own, 'agent.crt'), certificate);
  writeFileSync(join(own, 'agent.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const env = { api: `${cloud.local.url}/v1`, CURL_CA_BUNDLE: cloud.local.caFile };
  return mustRun('sh', ['-ec', commands], { cwd: own, env });
}

describe('a compromised key is reported by its holder', () => {
  test.each<{ kind: KeyKind; title: string }>([
    { kind: 'rsa', title: 'RSA and EC keys' },
    { kind: 'p256', title: 'RSA and EC keys' },
    { kind: 'p384', title: 'RSA and EC keys' },
    { kind: 'p521', title: 'RSA and EC keys' },
    { kind: 'ed25519', title: 'Ed25519 keys' },
  ])('with the documented commands: $kind', async ({ kind, title }) => {
    const one = await host(kind);
    const printed = JSON.parse(await runOn(one, commandsOf(title)));
    expect(printed).toMatchObject({
      revoked: [{ serialNumber: one.serialNumber, reason: 'keyCompromise' }],
    });
    const record = await recordOf(one.serialNumber);
    expect(at(record, 'state')).toBe('REVOKED');
    const again = await cloud.enroll(await cloud.token(), enrollment({ csr: one.csr, name: one.name }));
    expect([again.status, at(again.json, 'code')]).toEqual([422, 'key_refused']);
    expect((await cloud.enroll(await cloud.token(), enrollment({ name: one.name }))).status).toBe(201);
  });

  test('whose certificate is lost is found by the documented hash', async () => {
    const one = await host();
    const printed = await runOn(one, commandsOf('Without the certificate'));
    expect(printed.trim()).toBe(at(await recordOf(one.serialNumber), 'publicKeySha256'));
  });
});

describe('POST /v1/revoke', () => {
  test('answers the same again, with the first time', async () => {
    const { jws } = await host();
    const first = await report({ jws });
    cloud.pass(3600);
    expect(first.status).toBe(200);
    expect((await report({ jws })).json).toEqual(first.json);
  });

  test('of an unknown serial number and of the key of another: 401 in the same words after one read, nothing written', async () => {
    const [one, other] = [await host(), await host()];
    const by = { privateKey: other.privateKey, keyKind: 'p256' } as const;
    const answers = [];
    for (const serialNumber of [one.serialNumber, `01${'0'.repeat(34)}`]) {
      cloud.local.calls.reset();
      answers.push(await report({ jws: makeJws(by, { serialNumber, revoke: true }) }));
      expect(calls()).toEqual(['GetItem']);
    }
    const [wrong, unknown] = answers.map(({ status, json }) => ({
      status,
      json: { ...(json as object), requestId: '' },
    }));
    expect(wrong).toMatchObject({ status: 401, json: { code: 'proof_rejected' } });
    expect(wrong).toEqual(unknown);
    expect(at(await recordOf(one.serialNumber), 'state')).toBe('ISSUED');
  });

  test('of no proof: 400 before anything is read', async () => {
    cloud.local.calls.reset();
    const { status, json } = await report({ cms: 'MAA=' });
    expect([status, at(json, 'code')]).toEqual([400, 'malformed_proof']);
    expect(calls()).toEqual([]);
  });

  test('reads the record and its name, and writes once; signs nothing', async () => {
    // Once a minute, a function also asks whether the table has moved.
    await report({ jws: (await host()).jws });
    const { jws } = await host();
    cloud.local.calls.reset();
    await report({ jws });
    expect(calls()).toEqual(['GetItem', 'GetItem', 'TransactWriteItems']);
  });

  test.each(['kill-before', 'kill-after', 'lose'] as const)(
    'whose function meets "%s" at any call is finished by the same request',
    async (does) => {
      for (const nth of [1, 2, 3]) {
        const { jws, serialNumber } = await host();
        cloud.local.faults.add({ function: 'report-compromise', nth, does });
        await report({ jws });
        cloud.local.faults.clear();
        expect((await report({ jws })).status).toBe(200);
        expect(at(await recordOf(serialNumber), 'state')).toBe('REVOKED');
      }
    },
  );
});
