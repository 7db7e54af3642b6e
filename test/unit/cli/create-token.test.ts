import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect, test } from '@jest/globals';
import type { GlobalOptions } from '../../../cli/api/connection.ts';
import { openSession } from '../../../cli/session.ts';
import { createTokens } from '../../../cli/tokens/create.ts';
import { bootstrapLine } from '../../../shared/delivery/bootstrap-line.ts';
import type { NamePattern } from '../../../shared/domain/name-pattern.ts';
import { fakeTerminal } from '../../support/cli.ts';

const TOKEN = 'fst_A1b2C3d4E5f6G7h8_secret';
const LINE = bootstrapLine({
  urlOf: (path) => `https://fleetseal.example.com/v1${path}`,
  trustSha256: 'ab'.repeat(32),
  token: TOKEN,
  names: { commonName: 'web-*' as NamePattern, dns: [], ip: [] },
});
const CREATED = {
  id: 'A1b2C3d4E5f6G7h8',
  profile: 'agent',
  names: { commonName: 'web-*', dns: [], ip: [] },
  maxUses: 1,
  uses: 0,
  state: 'OPEN',
  expiresAt: '2026-11-29T06:00:00Z',
  certificateLifetime: 'P30D',
  onExistingName: 'refuse',
  exclusiveDns: false,
  bind: { sourceCidr: [] },
  description: '',
  createdAt: '2026-11-28T06:00:00Z',
  createdBy: 'arn:aws:iam::000000000000:user/admin',
  token: TOKEN,
  bootstrap: LINE,
};

async function create(width?: number, options: GlobalOptions = {}) {
  const { terminal, written } = fakeTerminal(width === undefined ? {} : { width });
  const url = 'https://fleetseal.example.com/v1';
  const session = openSession({ url, region: 'eu-central-1', ...options }, terminal);
  const api = { ...session.api, call: async () => CREATED };
  await createTokens({ ...session, api }, { profile: 'agent', name: 'web-*' });
  return written;
}

test('a person at a terminal gets the line to paste with the whole token', async () => {
  const { out, err } = await create(80);
  expect(out).toBe(`${TOKEN}\n\nTo enroll a Linux or macOS host with it, paste there:\n\n${LINE}\n`);
  expect(err).not.toContain('paste');
});

test('the line names the CA file by which the command verified the service, for both of its programs', async () => {
  const directory = mkdtempSync(join(tmpdir(), "fleetseal's-"));
  const caFile = join(directory, 'ca.crt');
  writeFileSync(caFile, rootCertificates[0] ?? '');
  const option = `--cacert '${caFile.replace("'", "'\\''")}'`;
  expect((await create(80, { caFile })).out).toContain(
    LINE.replace('curl -fsSo', `curl ${option} -fsSo`).replace(
      'sh "$f" --token',
      `sh "$f" ${option} --token`,
    ),
  );
  rmSync(directory, { recursive: true });
});

test('a file gets the token alone; the line besides says that its token is short', async () => {
  const { out, err } = await create();
  expect(out).toBe(`${TOKEN}\n`);
  expect(err).toContain('paste this there, with the whole token in place of the short one:');
});
