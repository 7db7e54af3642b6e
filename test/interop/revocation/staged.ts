import { readFileSync } from 'node:fs';
import { PROFILES } from '../../../shared/domain/profile.ts';
import { caListPath, OCSP_PATH, shardPath } from '../../../shared/domain/revocation-points.ts';
import type { RevocationUrl } from '../../../shared/domain/revocation-url.ts';
import { makeKey } from '../../support/csr.ts';
import { startAuthority, type TestAuthority } from '../authority.ts';
import { Files } from './files.ts';
import { forged, listOf } from './lists.ts';
import { forgedResponse, makeResponder, type RevocationServer, startServer } from './responder.ts';
import { type Case, type Scene, SHARDS, type World } from './world.ts';

/** What the service would never serve. */
const STAGED = ['expired', 'forged'] as const satisfies readonly Scene[];

/**
 * A good certificate in each shard, with lists and OCSP responses that have expired, or whose signature is wrong in its last
 * bit. They are made by the code of the service, with keys in this process.
 */
export async function makeStagedWorld(directory: string): Promise<World> {
  const server = await startServer();
  const authority = await startAuthority({
    root: 'RSA_4096',
    issuer: 'RSA_3072',
    rootYears: 20,
    revocationUrl: server.url as RevocationUrl,
  });
  const key = makeKey('p256');
  const files = new Files(directory);
  const cases: Case[] = [];
  const shared = await sharedFiles(authority, server.url, files);
  for (let shard = 0; shard < SHARDS; shard++) {
    const host = { name: `host-${shard}`, key, dnsNames: [], ipAddresses: [], crlShard: shard };
    const leaf = files.write(`leaf-${shard}`, await authority.enroll(PROFILES.agent, host), 'CERTIFICATE');
    for (const scene of STAGED)
      cases.push({ ...(await caseOf(authority, server.url, files, scene, shard)), ...shared, leaf });
  }
  return {
    cases,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ocspUrl: server.url + OCSP_PATH,
    show: await stage(server, authority, cases),
    stop: server.stop,
  };
}

async function sharedFiles({ cas: { root, issuer } }: TestAuthority, url: string, files: Files) {
  const scope = { url: url + caListPath(root.id), only: 'cas' } as const;
  return {
    root: files.write('root', root.certificate, 'CERTIFICATE'),
    issuer: files.write('issuer', issuer.certificate, 'CERTIFICATE'),
    rootFullList: files.write('root-full', await listOf(root, {}), 'X509 CRL'),
    rootCaList: files.write('root-ca', await listOf(root, { scope }), 'X509 CRL'),
  };
}

async function caseOf(
  { cas: { issuer } }: TestAuthority,
  url: string,
  files: Files,
  scene: (typeof STAGED)[number],
  shard: number,
) {
  const scope = { url: url + shardPath(issuer.id, shard), only: 'leaves' } as const;
  const expired = scene === 'expired';
  const write = (name: string, der: Uint8Array) =>
    files.write(`${name}-${scene}`, expired ? der : forged(der), 'X509 CRL');
  return {
    scene,
    shard,
    shardList: write(`shard-${shard}`, await listOf(issuer, { scope, expired })),
    fullList: write('full', await listOf(issuer, { expired })),
  };
}

/** What the addresses in the certificates lead to. The issuer's own data are always good. */
async function stage(
  { files, ...server }: RevocationServer,
  { cas: { root, issuer } }: TestAuthority,
  cases: readonly Case[],
): Promise<World['show']> {
  const responders = { root: await makeResponder(root), issuer: await makeResponder(issuer) };
  const [{ rootCaList } = { rootCaList: '' }] = cases;
  files.set(caListPath(root.id), readFileSync(rootCaList));
  return (scene) => {
    for (const each of cases.filter((one) => one.scene === scene))
      files.set(shardPath(issuer.id, each.shard), readFileSync(each.shardList));
    server.answerBy(async (certId) => {
      if (responders.root.serves(certId)) return responders.root.respond(certId, { state: 'good' });
      const der = await responders.issuer.respond(certId, { state: 'good' }, scene === 'expired');
      return scene === 'forged' ? forgedResponse(der) : der;
    });
  };
}
