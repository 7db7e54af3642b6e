import { run } from '../../support/command.ts';
import {
  certtool,
  type Judge,
  LISTS,
  ocsptool,
  opensslDownload,
  opensslOcsp,
  opensslVerify,
  program,
} from './judges.ts';
import { nodeTls } from './node-tls.ts';
import { buildPrograms } from './programs.ts';

/** Every client by what it reads; `docs/revocation.md` says which list is for whom, and this shows it. */
export async function makeJudges(say: (line: string) => void): Promise<readonly Judge[]> {
  const { go, java, webpki, mbedtls } = await buildPrograms(say);
  return [
    ...openssl(await versionOf('openssl', ['version'])),
    ...gnutls(await versionOf('certtool', ['--version'])),
    { name: `Node ${process.versions.node} crl, full lists`, judge: nodeTls },
    { name: `${java.name}, lists of the certificates`, judge: program(java, 'points') },
    { name: `${java.name}, OCSP`, judge: program(java, 'ocsp') },
    { name: `${go.name}, full list`, judge: program(go, 'lists', LISTS.fullAndRoot) },
    { name: `${go.name}, shard`, judge: program(go, 'lists', LISTS.shardAndCas) },
    { name: `${go.name} x/crypto, OCSP`, judge: program(go, 'ocsp') },
    { name: `${webpki.name}, full lists`, judge: program(webpki, 'lists', LISTS.fullAndRoot) },
    { name: `${webpki.name}, shard and CA list`, judge: program(webpki, 'lists', LISTS.shardAndCas) },
    {
      name: `${mbedtls.name}, full lists`,
      judge: program(mbedtls, 'lists', LISTS.fullAndRoot),
      errs: { unknown: { state: 'good', reason: 'mbedTLS takes a certificate for which it has no list' } },
    },
    {
      name: `${mbedtls.name}, shard`,
      judge: program(mbedtls, 'lists', LISTS.shardAndRoot),
      errs: { good: NO_SCOPE, revoked: NO_SCOPE },
    },
  ];
}

const NO_SCOPE = {
  state: 'unknown',
  reason: 'mbedTLS cannot read a list with a critical issuing distribution point: use the full list',
} as const;

function openssl(version: string): readonly Judge[] {
  const name = (words: string) => `OpenSSL ${version} ${words}`;
  const rootToo = {
    state: 'unknown',
    reason: 'the root has no distribution point, so that the CA list does not cover it: use the full list',
  } as const;
  return [
    { name: name('-crl_check, full list'), judge: opensslVerify(['-crl_check'], LISTS.full) },
    { name: name('-crl_check_all, full lists'), judge: opensslVerify(['-crl_check_all'], LISTS.fullAndRoot) },
    { name: name('-crl_check, shard'), judge: opensslVerify(['-crl_check'], LISTS.shard) },
    {
      name: name('-crl_check -extended_crl, shard'),
      judge: opensslVerify(['-crl_check', '-extended_crl'], LISTS.shard),
    },
    {
      name: name("-crl_check_all -extended_crl, shard and root's full list"),
      judge: opensslVerify(['-crl_check_all', '-extended_crl'], LISTS.shardAndRoot),
    },
    {
      name: name('-crl_check_all -extended_crl, shard and CA list'),
      judge: opensslVerify(['-crl_check_all', '-extended_crl'], LISTS.shardAndCas),
      errs: { good: rootToo },
    },
    { name: name('-crl_download'), judge: opensslDownload },
    { name: name('ocsp'), judge: opensslOcsp },
  ];
}

function gnutls(version: string): readonly Judge[] {
  return [
    {
      name: `GnuTLS ${version} certtool, full lists`,
      judge: certtool,
      errs: { unknown: { state: 'good', reason: 'GnuTLS takes a certificate for which it has no list' } },
    },
    {
      name: `GnuTLS ${version} ocsptool`,
      judge: ocsptool,
      errs: { expired: { state: 'good', reason: 'ocsptool does not look at the age of an answer' } },
    },
  ];
}

async function versionOf(name: string, args: readonly string[]): Promise<string> {
  return /\d+\.\d+\.\d+/.exec((await run(name, args)).stdout)?.[0] ?? 'unknown';
}
