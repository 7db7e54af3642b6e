import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fleetseal, startCloudForCli } from '../support/cli.ts';
import { enrollment, idOf } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { at } from '../support/json.ts';

let started: Awaited<ReturnType<typeof startCloudForCli>>;
beforeAll(async () => {
  started = await startCloudForCli();
});
afterAll(() => started.cloud.stop());

const local = (...args: string[]) => started.local(...args);
const create = (...args: string[]) =>
  local('tokens', 'create', '--profile', 'agent', '--name', 'host-*', ...args);

describe('tokens create', () => {
  test('writes the token alone to standard output, and it enrolls', async () => {
    const { code, stdout, stderr } = await create('--uses', '3', '--expires-in', '2h', '--lifetime', '7d');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^fst_\w{16}_\w{43}\n$/);
    expect(stderr).toMatch(/Uses +0 of 3\nExpires .*\(in (2 h|119 min)\)\nCertificate lifetime +P7D\n/);
    expect(stderr).not.toContain(stdout.trim());
    const enrolled = await started.cloud.enroll(stdout.trim(), enrollment());
    expect(enrolled.status).toBe(201);
  });

  test.each([
    { policy: 'TokenIssuer', profile: 'agent', other: 'proxy', dns: [] },
    { policy: 'ServerTokens', profile: 'proxy', other: 'agent', dns: ['--dns', '*.example.com'] },
  ])(
    'is for token issuers too: $policy, of $profile and not of $other',
    async ({ policy, profile, other, dns }) => {
      const { local: service } = started.cloud;
      const { accessKeyId, secretAccessKey, sessionToken } = service.credentialsFor(policy);
      const environment = {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        AWS_REGION: service.region,
        FLEETSEAL_URL: `${service.url}/v1`,
        FLEETSEAL_CA_FILE: service.caFile,
      };
      const make = (of: string) =>
        fleetseal(
          ['tokens', 'create', '--profile', of, '--name', 'host-*', '--count', '2', ...dns],
          environment,
        );
      expect(await make(profile)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^(fst_\w+\n){2}$/),
      });
      expect((await make(other)).code).not.toBe(0);
    },
  );

  test('sends every option', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'fleetseal-csr-')), 'host.csr');
    const csr = makeCsr({ kind: 'p256' });
    writeFileSync(file, csr.pem);
    const { stdout } = await local(
      ...[
        'tokens',
        'create',
        '--profile',
        'fleet-server',
        '--name',
        'fleet-*',
        '--json',
        '--replace',
        '--exclusive-dns',
      ],
      ...['--dns', 'a.example.com', '--dns', '*.b.example.com', '--ip', '203.0.113.0/24', '--csr', file],
      ...['--source', '198.51.100.0/24', '--source', '2001:db8::/48', '--description', 'rack 4, left'],
    );
    const sha256 = createHash('sha256').update(csr.der).digest('hex');
    expect(JSON.parse(stdout)).toMatchObject({
      profile: 'fleet-server',
      names: { commonName: 'fleet-*', dns: ['a.example.com', '*.b.example.com'], ip: ['203.0.113.0/24'] },
      onExistingName: 'replace',
      exclusiveDns: true,
      bind: { csrSha256: sha256, sourceCidr: ['198.51.100.0/24', '2001:db8::/48'] },
      description: 'rack 4, left',
      token: expect.stringMatching(/^fst_/),
    });
  });

  test('--count writes a token on each line; --csv with what belongs to it', async () => {
    const plain = await create('--count', '3');
    expect(plain.stdout).toMatch(/^(fst_\w{16}_\w{43}\n){3}$/);
    const { stdout } = await create('--count', '2', '--csv', '--description', '=1+1, "x"');
    const lines = stdout.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('id,token,profile,name,maxUses,expiresAt,description');
    expect(lines[1]).toMatch(/^\w{16},fst_\w{16}_\w{43},agent,host-\*,1,[^,]+Z," =1\+1, ""x"""$/);
  });

  test('names each field that the service refuses by its option', async () => {
    const { code, stdout, stderr } = await create('--lifetime', '4000d');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /^error: Token policy contradicts the profile\.\n {2}--lifetime: Certificates of profile agent have a lifetime of PT10M to P90D\..*\n\(invalid_token_policy, request \S+\)\n$/,
    );
  });

  test.each([
    {
      name: 'a missing option',
      args: ['create', '--name', 'x'],
      says: "error: required option '--profile <profile>' not specified\n",
    },
    {
      name: 'a profile that does not exist',
      args: ['create', '--profile', 'agnet', '--name', 'x'],
      says: "error: option '--profile <profile>' argument 'agnet' is invalid. Allowed choices are agent, fleet-server,",
    },
    {
      name: 'a number',
      args: ['create', '--profile', 'agent', '--name', 'x', '--uses', '0'],
      says: 'Use a whole number from 1 to 1000000.',
    },
    {
      name: 'a misspelt option',
      args: ['list', '--limt', '1'],
      says: "error: unknown option '--limt'\n(Did you mean --limit?)",
    },
    {
      name: 'a misspelt command',
      args: ['crate'],
      says: "error: unknown command 'crate'\n(Did you mean create?)",
    },
    {
      name: 'too many arguments',
      args: ['show', 'a', 'b'],
      says: "error: too many arguments for 'show'. Expected 1 argument but got 2.",
    },
    {
      name: 'a file that is not there',
      args: ['create', '--profile', 'agent', '--name', 'x', '--csr', '/nowhere'],
      says: '--csr /nowhere cannot be read: ENOENT',
    },
    {
      name: 'a file that is no CSR',
      args: ['create', '--profile', 'agent', '--name', 'x', '--csr', '/dev/null'],
      says: 'holds no certificate signing request',
    },
  ])('$name is refused before anything is sent', async ({ args, says }) => {
    const { code, stdout, stderr } = await local('tokens', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });
});

describe('a command line that is wrong', () => {
  test('is one JSON document with --json', async () => {
    const { code, stdout, stderr } = await local('tokens', 'lst', '--json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      code: 'usage',
      detail: "unknown command 'lst'\n(Did you mean list?)",
    });
  });

  test.each([
    { name: 'as a serial number', args: (token: string) => ['certificates', 'show', token] },
    { name: 'as a name', args: (token: string) => ['certificates', 'list', '--name', token] },
    { name: 'as an unknown command', args: (token: string) => ['tokens', token] },
    { name: 'as a number', args: (token: string) => ['tokens', 'list', '--limit', token] },
  ])('with a token $name neither sends nor repeats its secret', async ({ args }) => {
    const token = await started.cloud.token();
    started.cloud.local.logs.reset();
    const { code, stdout, stderr } = await local(...args(token));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain(token.split('_')[2]);
    expect(started.cloud.local.logs.lines()).toEqual([]);
  });
});

describe('tokens list, show and revoke', () => {
  test('list shows what is left of uses and life', async () => {
    const token = await started.cloud.token({ maxUses: 5, description: 'rack 7' });
    await started.cloud.enroll(token, enrollment());
    const { stdout } = await local('tokens', 'list', '--all');
    expect(stdout).toMatch(/^ID +PROFILE +NAMES +STATE +USES +EXPIRES +DESCRIPTION\n/);
    expect(stdout).toMatch(new RegExp(`^${idOf(token)} +agent +host-\\* +OPEN +1/5 +in 23 h +rack 7$`, 'm'));
  });

  test('list reads as many pages as it takes, and says when there is more', async () => {
    const { stdout } = await create('--count', '103', '--csv', '--description', 'page');
    expect(stdout.split('\n')).toHaveLength(105);
    const first = await local('tokens', 'list', '--limit', '101');
    expect(first.stdout.trimEnd().split('\n')).toHaveLength(102);
    expect(first.stderr).toBe(
      'These are the first 101; there may be more: pass --all, or --limit <number>.\n',
    );
    const all = await local('tokens', 'list', '--all', '--json');
    const { items, cursor } = JSON.parse(all.stdout);
    expect({
      cursor,
      pages: items.filter((item: unknown) => at(item, 'description') === 'page').length,
    }).toEqual({
      cursor: null,
      pages: 103,
    });
    expect(all.stderr).toBe('');
  });

  test('show takes a whole token, and sends its id only', async () => {
    const token = await started.cloud.token();
    started.cloud.local.logs.reset();
    const { code, stdout } = await local('tokens', 'show', token);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Id +${idOf(token)}\nState +OPEN\nProfile +agent\n`));
    const secret = token.split('_')[2] ?? '';
    expect([stdout, ...started.cloud.local.logs.lines()].join('\n')).not.toContain(secret);
  });

  test('revoke ends it, twice as well as once', async () => {
    const token = await started.cloud.token();
    for (let i = 0; i < 2; i += 1) {
      const { code, stdout } = await local('tokens', 'revoke', idOf(token));
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: `Token ${idOf(token)} is revoked. The certificates that it made remain valid.\n`,
      });
    }
    expect((await started.cloud.enroll(token, enrollment())).status).toBe(401);
  });

  test('what does not exist has an exit code of its own', async () => {
    for (const command of ['show', 'revoke']) {
      const { code, stderr } = await local('tokens', command, 'A1b2C3d4E5f6G7h8');
      expect(code).toBe(4);
      expect(stderr).toContain('error: No token has this id.');
    }
  });
});

describe('the service', () => {
  test('that cannot be reached: the address, the reason and what to do', async () => {
    const { code, stderr } = await fleetseal(['trust'], { FLEETSEAL_URL: 'https://localhost:1' });
    expect(code).toBe(5);
    expect(stderr).toMatch(
      /^error: https:\/\/localhost:1 cannot be reached: .*ECONNREFUSED.* Nothing listens there\./,
    );
  });

  test('with a CA that is not trusted here: --ca-file', async () => {
    const { url, caFile } = started.cloud.local;
    const refused = await fleetseal(['trust'], { FLEETSEAL_URL: url });
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain(
      "from a CA that is not trusted here. Pass the CA's file with --ca-file.",
    );
    expect((await fleetseal(['trust', '--url', url, '--ca-file', caFile])).code).toBe(0);
  });

  test('without credentials: each way to have some', async () => {
    const { url, caFile } = started.cloud.local;
    const env = {
      FLEETSEAL_URL: url,
      FLEETSEAL_CA_FILE: caFile,
      AWS_EC2_METADATA_DISABLED: 'true',
      HOME: '/nowhere',
      AWS_REGION: 'eu-central-1',
    };
    const { code, stderr } = await fleetseal(['tokens', 'list'], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: No AWS credentials: .* Set AWS_PROFILE or pass --aws-profile, log in with "aws sso login"/,
    );
  });

  test('with an AWS profile: its keys and its Region', async () => {
    const { url, caFile, admin, region } = started.cloud.local;
    const home = mkdtempSync(join(tmpdir(), 'fleetseal-aws-'));
    const keys = `aws_access_key_id=${admin.accessKeyId}\naws_secret_access_key=${admin.secretAccessKey}\n`;
    writeFileSync(join(home, 'credentials'), `[pki]\n${keys}`);
    writeFileSync(join(home, 'config'), `[profile pki]\nregion=${region}\n`);
    const env = {
      FLEETSEAL_URL: url,
      FLEETSEAL_CA_FILE: caFile,
      AWS_CONFIG_FILE: join(home, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    };
    const { code, stdout } = await fleetseal(
      ['tokens', 'list', '--limit', '1', '--json', '--aws-profile', 'pki'],
      env,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).items).toHaveLength(1);
  });

  test('that does not permit it: refused, with the way out', async () => {
    const { url, caFile, noPermissions, region } = started.cloud.local;
    const { code, stderr } = await fleetseal(['tokens', 'list'], {
      FLEETSEAL_URL: url,
      FLEETSEAL_CA_FILE: caFile,
      AWS_ACCESS_KEY_ID: noPermissions.accessKeyId,
      AWS_SECRET_ACCESS_KEY: noPermissions.secretAccessKey,
      AWS_REGION: region,
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: .*\n\(access_denied, request \S+\)\n$/);
  });
});
