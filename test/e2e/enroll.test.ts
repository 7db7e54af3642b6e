import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ASSUMED } from '../../docs/generate/cost/model.ts';
import { issuedIn } from '../support/api-client.ts';
import { enrollment, idOf, TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { at, numberAt, textAt } from '../support/json.ts';
import { lastingDirectory } from '../support/lasting-directory.ts';
import { PowershellGrammar } from '../support/powershell-grammar.ts';

let cloud: TestCloud;
let directory: string;
beforeAll(async () => {
  cloud = await TestCloud.start();
  directory = lastingDirectory('e2e');
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

const PROBLEM = 'application/problem+json';

describe('enrolling through the local cloud', () => {
  test('gives 201 with a certificate that openssl accepts, from leaf through issuer to root', async () => {
    const answer = await cloud.enroll(await cloud.token(), enrollment());
    expect(answer.status).toBe(201);
    const file = (name: string, contents: string) => {
      writeFileSync(join(directory, name), contents);
      return join(directory, name);
    };
    const { certificate, chain: issuers, caBundle } = issuedIn(answer);
    const [leaf, chain, roots] = [
      file('leaf.crt', certificate),
      file('chain.crt', issuers.join('')),
      file('ca.crt', caBundle),
    ];
    const args = [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslclient',
      '-CAfile',
      roots,
      '-untrusted',
      chain,
      leaf,
    ];
    expect(execFileSync('openssl', args, { encoding: 'utf8' })).toBe(`${leaf}: OK\n`);
  });

  test('is measured in its log: a certificate, its signatures, the time of each step, and why one is refused', async () => {
    const token = await cloud.token();
    cloud.local.logs.reset();
    await cloud.enroll(token, enrollment());
    await cloud.enroll(token.replace(/.{43}$/, 'x'.repeat(43)), enrollment());
    const measured = cloud.local.logs.lines().filter((line) => line.includes('"_aws"'));
    expect(measured.map((line) => JSON.parse(line))).toMatchObject([
      {
        message: 'request',
        status: 201,
        outcome: 'issued',
        serialNumber: expect.any(String),
        CertificatesIssued: 1,
        SignaturesPerCertificate: 1,
        ReadMilliseconds: expect.any(Number),
        ReserveMilliseconds: expect.any(Number),
        SignMilliseconds: expect.any(Number),
        CommitMilliseconds: expect.any(Number),
      },
      { message: 'request', RequestsRefused: 1, Code: 'token_rejected' },
    ]);
  });

  test('is logged in two lines: the attempt to sign, then the request; no longer than the costs are computed with', async () => {
    const token = await cloud.token();
    const body = enrollment();
    cloud.local.logs.reset();
    await cloud.enroll(token, body);
    const first = cloud.local.logs.lines();
    expect(first.map((line) => textAt(JSON.parse(line), 'message'))).toEqual(['kms attempt', 'request']);
    expect(Buffer.byteLength(first.join(''))).toBeLessThanOrEqual(ASSUMED.functionLogBytes);
    cloud.local.logs.reset();
    await cloud.enroll(token, body);
    expect(cloud.local.logs.lines().map((line) => JSON.parse(line))).toMatchObject([
      { message: 'request', status: 200, outcome: 'repeated' },
    ]);
  });

  test('gives certificates that say where their revocation is looked up: at the distribution, over plain HTTP', async () => {
    const { certificate, chain } = issuedIn(await cloud.enroll(await cloud.token(), enrollment()));
    const [leaf, issuer] = [new X509Certificate(certificate), new X509Certificate(chain[0] ?? '')];
    const shard = Number.parseInt(leaf.serialNumber.slice(-4), 16) % 16;
    const base = cloud.local.httpUrl;
    expect(base).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(leaf.infoAccess).toBe(`OCSP - URI:${base}/ocsp\nCA Issuers - URI:${base}/ca/issuer-1.cer`);
    expect(issuer.infoAccess).toBe(`OCSP - URI:${base}/ocsp\nCA Issuers - URI:${base}/ca/root-1.cer`);
    expect(leaf.raw.toString('latin1')).toContain(`${base}/crl/issuer-1/${shard}.crl`);
    expect(issuer.raw.toString('latin1')).toContain(`${base}/crl/root-1/ca.crl`);
  });

  test('says when to renew, and where to ask whether that has changed', async () => {
    const { json } = await cloud.enroll(await cloud.token(), enrollment());
    const url = textAt(json, 'renewal.url');
    expect(url).toBe(`${cloud.local.url}/v1/renewal/${textAt(json, 'serialNumber')}`);
    const answer = await cloud.call({ method: 'GET', path: new URL(url).pathname });
    expect(answer.status).toBe(200);
    expect(at(answer.json, 'suggestedWindow')).toEqual({
      start: at(json, 'renewal.from'),
      end: at(json, 'renewal.until'),
    });
    expect(answer.headers).toMatchObject({ 'retry-after': '21600' });
  });

  test('gives the chain alone, or a script that puts the files in place, to a caller that accepts those', async () => {
    const token = await cloud.token();
    const { privateKey, pem } = makeCsr();
    const place = join(directory, 'placed');
    const deployment = {
      model: 'on-premises',
      os: 'linux',
      fleetUrl: 'https://fleet.example.com:8220',
      directory: place,
    };
    const body = { csr: pem, name: 'host-script', deployment };
    const { certificate, chain, caBundle } = issuedIn(await cloud.enroll(token, body));
    const as = (accept: string) => cloud.enroll(token, body, { accept });

    const pemChain = await as('application/pem-certificate-chain');
    expect(pemChain).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/pem-certificate-chain' },
      text: [certificate, ...chain].join(''),
    });

    const script = await as('text/x-shellscript');
    expect(script).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/x-shellscript; charset=utf-8' },
    });
    const key = join(directory, 'host-script.key');
    writeFileSync(key, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    writeFileSync(join(directory, 'kit.sh'), script.text);
    // Only root may give files to root.
    writeFileSync(join(directory, 'chown'), '#!/bin/sh\n', { mode: 0o755 });
    const printed = execFileSync('sh', ['kit.sh', '--key', key], {
      cwd: directory,
      encoding: 'utf8',
      stdio: 'pipe',
      env: { PATH: `${directory}:${process.env['PATH']}` },
    });
    expect(printed).toContain(
      './elastic-agent install --non-interactive --url=https://fleet.example.com:8220',
    );
    const placed = (name: string) => readFileSync(join(place, name), 'utf8');
    expect([placed('agent.crt'), placed('agent.key'), placed('ca.crt')]).toEqual([
      [certificate, ...chain].join(''),
      readFileSync(key, 'utf8'),
      caBundle,
    ]);
    expect(statSync(join(place, 'agent.key')).mode & 0o777).toBe(0o600);
  });

  test('gives 406 for a representation that there is not, and issues nothing', async () => {
    const token = await cloud.token();
    const answer = await cloud.enroll(token, enrollment(), { accept: 'application/x-pem-file' });
    expect([answer.status, at(answer.json, 'code')]).toEqual([406, 'not_acceptable']);
    const scripts = [
      { accept: 'text/x-shellscript', runsOn: 'Linux and macOS', os: 'windows' },
      { accept: 'text/x-powershell', runsOn: 'Windows', os: 'linux' },
    ];
    for (const { accept, runsOn, os } of scripts) {
      const deployment = { model: 'on-premises', os, fleetUrl: 'https://fleet.example.com:8220' };
      const refused = await cloud.enroll(token, { ...enrollment(), deployment }, { accept });
      expect([refused.status, at(refused.json, 'detail')]).toEqual([
        406,
        `${accept} is for ${runsOn}, and deployment.os is ${os}: accept application/json.`,
      ]);
    }
    expect(await cloud.uses(token)).toBe(0);
  });

  test('gives a Windows host its kit as a script of PowerShell', async () => {
    const deployment = { model: 'on-premises', os: 'windows', fleetUrl: 'https://fleet.example.com:8220' };
    const body = { ...enrollment(), deployment };
    const token = await cloud.token();
    const { json } = await cloud.enroll(token, body);
    const script = await cloud.enroll(token, body, { accept: 'text/x-powershell' });
    expect(script).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/x-powershell; charset=utf-8' },
    });
    const grammar = await PowershellGrammar.load();
    const [held = ''] = grammar.literalsOf(script.text).filter((text) => text.startsWith('{"serialNumber"'));
    grammar.close();
    expect(JSON.parse(held)).toMatchObject({
      certificate: at(json, 'certificate'),
      directory: 'C:\\ProgramData\\fleetseal',
      kit: { files: at(json, 'kit.files'), elasticAgent: at(json, 'kit.elasticAgent') },
    });
  });

  test('again gives 200 with the same bytes, also when the token is spent, and later expired', async () => {
    const token = await cloud.token({ expiresIn: 'PT1H' });
    const body = enrollment();
    const first = await cloud.enroll(token, body);
    const again = await cloud.enroll(token, body);
    cloud.pass(7200);
    const late = await cloud.enroll(token, body);
    expect([first.status, again.status, late.status]).toEqual([201, 200, 200]);
    expect(new Set([first, again, late].map(({ json }) => at(json, 'certificate'))).size).toBe(1);
    expect(await cloud.uses(token)).toBe(1);
  });

  test('shows the record in the listing and by serial number, in hexadecimal and decimal', async () => {
    const body = enrollment();
    const { json } = await cloud.enroll(await cloud.token(), body);
    const listed = await cloud.certificates({ name: body.name });
    expect(listed).toEqual([
      expect.objectContaining({ serialNumber: at(json, 'serialNumber'), name: body.name, state: 'ISSUED' }),
    ]);
    for (const id of [at(json, 'serialNumber'), at(json, 'serialNumberDecimal')]) {
      const record = await cloud.admin('GET', `/v1/certificates/${id}`);
      expect(record.json).toMatchObject({
        serialNumber: at(json, 'serialNumber'),
        certificate: at(json, 'certificate'),
      });
    }
  });

  test('takes a name in capitals, as Windows writes it, for the same name', async () => {
    const token = await cloud.token({ names: { commonName: 'WEB-*' }, maxUses: 2 });
    const made = makeCsr({ kind: 'p256', commonName: 'WEB-05' });
    const deployment = { model: 'on-premises', os: 'windows', fleetUrl: 'https://fleet.example.com:8220' };
    const body = enrollment({ name: 'WEB-05', csr: made.pem, deployment });
    const first = await cloud.enroll(token, body);
    expect([first.status, textAt(first.json, 'name')]).toEqual([201, 'web-05']);
    expect(at(first.json, 'kit.notes.0')).toMatchObject({
      code: 'name_in_lower_case',
      message:
        'The name "WEB-05" is certified and recorded as "web-05", because host names are not case-sensitive. Requests accept it in upper or lower case.',
    });
    const again = await cloud.enroll(token, { ...body, name: 'web-05' });
    expect(at(again.json, 'kit.notes.*.code')).not.toContain('name_in_lower_case');
    expect([again.status, at(again.json, 'certificate')]).toEqual([200, at(first.json, 'certificate')]);
    const other = await cloud.enroll(token, enrollment({ name: 'Web-05' }));
    expect([other.status, textAt(other.json, 'code')]).toEqual([409, 'name_in_use']);
    for (const name of ['WEB-05', 'web-05'])
      expect(await cloud.certificates({ name })).toMatchObject([{ name: 'web-05' }]);
    const shown = await cloud.admin('GET', `/v1/tokens/${idOf(token)}`);
    expect(textAt(shown.json, 'names.commonName')).toBe('web-*');
  });

  test('answers the flags, files and output settings for the deployment', async () => {
    const deployment = {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'linux',
      fleetUrl: 'https://fleet.example.com:8220',
      fleetEnrollmentToken: 'ZXhhbXBsZQ==',
    };
    const answer = await cloud.enroll(await cloud.token(), enrollment({ deployment }));
    const { json } = answer;
    expect(at(json, 'kit.elasticAgent.install.arguments')).toEqual(
      expect.arrayContaining([
        '--elastic-agent-cert=/etc/fleetseal/agent.crt',
        '--elastic-agent-cert-key=/etc/fleetseal/agent.key',
      ]),
    );
    const { certificate, chain } = issuedIn(answer);
    const file = textAt(json, 'kit.files.0.contents');
    expect(file).toBe(certificate + chain.join(''));
    expect(new X509Certificate(file).serialNumber.toLowerCase()).toBe(at(json, 'serialNumber'));
  });

  test('answers the same kit again to an administrator, and before the enrollment all but the certificate', async () => {
    const deployment = {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'linux',
      fleetUrl: 'https://fleet.example.com:8220',
    };
    const body = enrollment({ deployment });
    const asked = { profile: 'agent', name: body.name, keyKind: 'p256', deployment };
    const before = await cloud.admin('POST', '/v1/kits', asked);
    const { json } = await cloud.enroll(await cloud.token(), body);
    const after = await cloud.admin('POST', '/v1/kits', { ...asked, serialNumber: at(json, 'serialNumber') });
    expect([before.status, after.status]).toEqual([200, 200]);
    expect(after.json).toEqual(at(json, 'kit'));
    expect(at(before.json, 'elasticAgent')).toEqual(at(json, 'kit.elasticAgent'));
    expect(at(before.json, 'files.0')).toMatchObject({
      path: '/etc/fleetseal/agent.crt',
      role: 'certificate',
      source: 'service',
      contents: null,
    });
  });

  test('refuses a deployment that no kit fits, before the token is used', async () => {
    const token = await cloud.token();
    const body = enrollment();
    const refused = await cloud.enroll(token, {
      ...body,
      deployment: { model: 'on-premises', os: 'linux', directory: 'relative' },
    });
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({ code: 'deployment_refused' });
    expect(await cloud.uses(token)).toBe(0);
    expect((await cloud.enroll(token, body)).status).toBe(201);
  });
});

describe('administrators', () => {
  test('need SigV4: without, with a wrong secret or an old date the answer is a 403 problem', async () => {
    const wrong = { ...cloud.local.admin, secretAccessKey: 'wrong' };
    const answers = [
      await cloud.call({ path: '/v1/tokens' }),
      await cloud.call({ path: '/v1/tokens', credentials: wrong }),
      await cloud.call({
        path: '/v1/tokens',
        credentials: { ...wrong, accessKeyId: 'AKIAUNKNOWN000000000' },
      }),
      await cloud.call({
        path: '/v1/tokens',
        credentials: cloud.local.admin,
        signingDate: new Date(Date.now() - 3_600_000),
      }),
    ];
    for (const { status, headers, json } of answers) {
      expect([status, headers['content-type']]).toEqual([403, PROBLEM]);
      expect(json).toMatchObject({
        type: 'urn:fleetseal:problem:access_denied',
        status: 403,
        requestId: expect.any(String),
      });
    }
  });

  test('see, list and revoke tokens; a revoked token enrolls nobody', async () => {
    const token = await cloud.token({ description: 'rack 4' });
    const path = `/v1/tokens/${idOf(token)}`;
    const seen = await cloud.admin('GET', path);
    expect(seen.json).toMatchObject({ id: idOf(token), uses: 0, description: 'rack 4' });
    expect(seen.text).not.toContain(token);
    expect(at((await cloud.admin('GET', '/v1/tokens')).json, 'items.*.id')).toContain(idOf(token));
    expect((await cloud.admin('DELETE', path)).status).toBe(204);
    expect((await cloud.admin('DELETE', path)).status).toBe(204);
    const refused = await cloud.enroll(token, enrollment());
    expect([refused.status, at(refused.json, 'code')]).toEqual([401, 'token_rejected']);
  });
});

describe('everybody', () => {
  test('gets the trust bundle, as JSON and PEM, once for each ETag', async () => {
    const json = await cloud.call({ path: '/v1/trust' });
    const pem = await cloud.call({ path: '/v1/trust.pem' });
    expect(pem.text).toBe(at(json.json, 'bundle'));
    const etag = String(pem.headers['etag']);
    expect((await cloud.call({ path: '/v1/trust.pem', headers: { 'if-none-match': etag } })).status).toBe(
      304,
    );
  });

  test('is served whether or not the path ends with a slash', async () => {
    expect((await cloud.call({ path: '/v1/trust/' })).status).toBe(200);
  });

  test('gets 404 for unknown paths and 405 for unknown methods, as problems', async () => {
    const unknown = await cloud.call({ path: '/v1/nothing/here' });
    const method = await cloud.call({ method: 'PUT', path: '/v1/enroll' });
    expect([unknown.status, unknown.headers['content-type'], at(unknown.json, 'code')]).toEqual([
      404,
      PROBLEM,
      'not_found',
    ]);
    expect([method.status, method.headers['content-type'], at(method.json, 'code')]).toEqual([
      405,
      PROBLEM,
      'method_not_allowed',
    ]);
  });
});

describe('the sweeper', () => {
  test('gives up what was interrupted, and a retry starts afresh', async () => {
    const token = await cloud.token();
    const body = enrollment();
    const remove = cloud.local.faults.add({ service: 'kms', action: 'Sign', does: 'kill-before', nth: 1 });
    const killed = await cloud.enroll(token, body);
    remove();
    expect(killed.status).toBeGreaterThanOrEqual(500);
    cloud.pass(400);
    await cloud.sweep();
    expect((await cloud.certificates({ name: body.name })).map(({ state }) => state)).toEqual(['VOID']);
    expect(await cloud.uses(token)).toBe(0);
    expect((await cloud.enroll(token, body)).status).toBe(201);
  });

  test('measures in one line a run how far it is behind', async () => {
    cloud.local.logs.reset();
    const result = await cloud.sweep();
    const lines = cloud.local.logs.lines().map((line): unknown => JSON.parse(line));
    const measured = lines.filter((line) => at(line, '_aws') !== undefined);
    expect(measured).toHaveLength(1);
    expect(numberAt(measured[0], 'SweepBehindSeconds')).toBe(numberAt(result, 'behindSeconds'));
  });
});
