import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plus } from '../../../../shared/domain/instant.ts';
import type { RevokedEntry } from '../../../../shared/domain/revocation.ts';
import {
  caListPath,
  crlShardOf,
  DEFAULT_CRL_SHARDS,
  shardPath,
} from '../../../../shared/domain/revocation-points.ts';
import type { SerialNumber } from '../../../../shared/domain/serial-number.ts';
import { issue } from '../../../../shared/pki/issue.ts';
import { toPem, toPemBytes } from '../../../../shared/pki/pem.ts';
import { prepareLeaf } from '../../../../shared/pki/prepare-leaf.ts';
import { type MadeAuthority, makeAuthority, NOW, REVOCATION_URL, serial } from '../../../support/ca.ts';
import { leafContents } from '../../../support/leaf-contents.ts';
import { entry, makeList } from '../../../support/revocation-lists.ts';

/*
 * What OpenSSL makes of the lists when it verifies a chain: with the lists of shards and of CAs, which certificates point
 * to, and with the full lists.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-verify-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const GOOD = serial('c1');
const REVOKED = serial('c2');
const shardOfSerial = (one: SerialNumber) => crlShardOf(one, DEFAULT_CRL_SHARDS);

let made: MadeAuthority;
beforeAll(async () => {
  made = await makeAuthority('ECC_NIST_P384', 'ECC_NIST_P256');
  write('root.pem', toPem('CERTIFICATE', made.root.certificate));
  write('issuer.pem', toPem('CERTIFICATE', made.issuer.certificate));
  for (const serialNumber of [GOOD, REVOKED]) {
    const contents = { ...leafContents('agent'), serialNumber, crlShard: shardOfSerial(serialNumber) };
    const { certificate } = await issue(prepareLeaf(contents, made.issuer), made.issuer.key.sign);
    write(`${serialNumber}.pem`, toPem('CERTIFICATE', certificate));
  }
});

function write(name: string, contents: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, contents);
  return path;
}

async function lists(
  revoked: readonly RevokedEntry[],
  revokedCas: readonly RevokedEntry[] = [],
): Promise<Lists> {
  const shard = async (one: SerialNumber) => {
    const url = `${REVOCATION_URL}${shardPath('issuer-1', shardOfSerial(one))}`;
    const own = revoked.filter(({ serialNumber }) => shardOfSerial(serialNumber) === shardOfSerial(one));
    return makeList(made.issuer, [own], { scope: { url, only: 'leaves' } });
  };
  const cas = { url: `${REVOCATION_URL}${caListPath('root-1')}`, only: 'cas' } as const;
  return {
    shards: new Map([
      [GOOD, await shard(GOOD)],
      [REVOKED, await shard(REVOKED)],
    ]),
    cas: await makeList(made.root, [revokedCas], { scope: cas }),
    full: await makeList(made.issuer, [revoked]),
    rootFull: await makeList(made.root, [revokedCas]),
  };
}

interface Lists {
  readonly shards: ReadonlyMap<SerialNumber, Uint8Array>;
  readonly cas: Uint8Array;
  readonly full: Uint8Array;
  readonly rootFull: Uint8Array;
}

/** What `openssl verify` says of a certificate, with these lists. */
function verify(
  certificate: SerialNumber | 'issuer',
  files: readonly (Uint8Array | undefined)[],
  flags: readonly string[],
  at = NOW,
): string {
  const path = (name: string) => join(directory, name);
  const crls = files.map((der = new Uint8Array()) => Buffer.from(toPemBytes('X509 CRL', der)));
  const lists = ['-CRLfile', write('lists.pem', Buffer.concat(crls))];
  const chain = [
    '-CAfile',
    path('root.pem'),
    '-untrusted',
    path('issuer.pem'),
    '-x509_strict',
    '-attime',
    String(at),
  ];
  const { stdout, stderr } = spawnSync(
    'openssl',
    ['verify', ...chain, ...lists, ...flags, path(`${certificate}.pem`)],
    {
      encoding: 'utf8',
    },
  );
  return /: OK$/m.test(stdout) ? 'OK' : (/error \d+ at \d depth lookup: ?(.*)$/m.exec(stderr)?.[1] ?? stderr);
}

describe('openssl verify', () => {
  const revoked = [entry('c2', { reason: 'keyCompromise' })];
  const CHECKS = [
    { name: '-crl_check with the full list', flags: ['-crl_check'], files: (all: Lists) => [all.full] },
    {
      name: '-crl_check_all with the full lists, as in the bundle',
      flags: ['-crl_check_all'],
      files: (all: Lists) => [all.rootFull, all.full],
    },
    {
      name: '-crl_check_all -extended_crl with the lists that the certificates point to',
      flags: ['-crl_check_all', '-extended_crl'],
      // The root, which -crl_check_all checks too, points to no list: it is on the full one.
      files: (all: Lists, serialNumber: SerialNumber) => [
        all.cas,
        all.rootFull,
        all.shards.get(serialNumber),
      ],
    },
  ];

  test.each(CHECKS)('$name accepts what is good and refuses what is revoked', async ({ flags, files }) => {
    const all = await lists(revoked);
    expect(verify(GOOD, files(all, GOOD), flags)).toBe('OK');
    expect(verify(REVOKED, files(all, REVOKED), flags)).toBe('certificate revoked');
  });

  test.each(CHECKS.slice(1))(
    '$name refuses everything below a CA that is revoked',
    async ({ flags, files }) => {
      const all = await lists([], [entry('b1', { reason: 'cACompromise' })]);
      expect(verify(GOOD, files(all, GOOD), flags)).toBe('certificate revoked');
    },
  );

  test('-crl_check -extended_crl with the list of CAs knows whether an issuer is revoked', async () => {
    const good = await lists(revoked);
    const bad = await lists(revoked, [entry('b1', { reason: 'cACompromise' })]);
    expect(verify('issuer', [good.cas], ['-crl_check', '-extended_crl'])).toBe('OK');
    expect(verify('issuer', [bad.cas], ['-crl_check', '-extended_crl'])).toBe('certificate revoked');
  });

  test('refuses the list of another shard, of CAs, and one that is missing', async () => {
    const all = await lists(revoked);
    const other = await makeList(made.issuer, [], {
      scope: { url: `${REVOCATION_URL}${shardPath('issuer-1', 17)}`, only: 'leaves' },
    });
    const cas = {
      url: `${REVOCATION_URL}${shardPath('issuer-1', shardOfSerial(GOOD))}`,
      only: 'cas',
    } as const;
    for (const wrong of [other, await makeList(made.issuer, [], { scope: cas })])
      expect(verify(GOOD, [wrong], ['-crl_check', '-extended_crl'])).not.toBe('OK');
    expect(verify(GOOD, [all.full], ['-crl_check_all'])).toBe('unable to get certificate CRL');
  });

  test('with a list that is served elsewhere now, accepts certificates that point to where it was', async () => {
    const path = shardPath('issuer-1', shardOfSerial(GOOD));
    const moved = { url: `http://moved.example.com${path}`, only: 'leaves' } as const;
    const flags = ['-crl_check', '-extended_crl'];
    const alone = await makeList(made.issuer, [], { scope: moved });
    expect(verify(GOOD, [alone], flags)).toBe('different CRL scope');
    const both = await makeList(made.issuer, [], {
      scope: { ...moved, otherUrls: [`${REVOCATION_URL}${path}`] },
    });
    expect(verify(GOOD, [both], flags)).toBe('OK');
  });

  test('refuses a list that has ended', async () => {
    const all = await lists(revoked);
    const end = plus(NOW, 3 * 86_400);
    expect(verify(GOOD, [all.full], ['-crl_check'], plus(end, -1))).toBe('OK');
    expect(verify(GOOD, [all.full], ['-crl_check'], plus(end, 1))).toBe('CRL has expired');
    expect(verify(GOOD, [all.full], ['-crl_check'], plus(NOW, -1))).toBe('CRL is not yet valid');
  });
});
