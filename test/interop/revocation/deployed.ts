import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  caListPath,
  crlShardOf,
  fullListPath,
  OCSP_PATH,
  shardPath,
} from '../../../shared/domain/revocation-points.ts';
import { issuedIn } from '../../support/api-client.ts';
import { KEY_MATERIAL } from '../../support/assembly.ts';
import { TestCloud } from '../../support/cloud.ts';
import { makeCsr, makeKey } from '../../support/csr.ts';
import { openssl } from '../../support/openssl.ts';
import { Files, pemOf } from './files.ts';
import { serialOf } from './lists.ts';
import { type Case, SHARDS, type World } from './world.ts';

const ROOT = 'root-1';
const ISSUER = 'issuer-1';

/** Enrollments at a time. */
const AT_ONCE = 4;

/**
 * The world as it is deployed: certificates that the local cloud issued and revoked, with the lists and the OCSP responder
 * that it serves. What is unknown is a certificate that the issuer's key signed past the service: OCSP has no record of it,
 * and there is no list at the address in it.
 */
export async function makeDeployedWorld(directory: string): Promise<World> {
  const cloud = await TestCloud.start();
  const base = cloud.local.httpUrl ?? '';
  const files = new Files(directory);
  const key = makeKey('p256');
  const { leaves, issuer, root } = await enrolled(cloud, key);
  const serialNumbers = leaves.map(({ revoked }) => new X509Certificate(revoked).serialNumber);
  const order = { serialNumbers, reason: 'keyCompromise', confirm: serialNumbers.length };
  const answer = await cloud.admin('POST', '/v1/certificates/revoke', order);
  if (answer.status !== 200) throw new Error(`not revoked: ${answer.status} ${answer.text}`);
  await cloud.local.invoke('publish-crls', {});
  const list = async (name: string, path: string) =>
    files.write(name, await download(base + path), 'X509 CRL');
  const shared = {
    root: files.write('root', root, 'CERTIFICATE'),
    issuer: files.write('issuer', issuer, 'CERTIFICATE'),
    rootFullList: await list('root-full', fullListPath(ROOT)),
    rootCaList: await list('root-ca', caListPath(ROOT)),
  };
  const fullList = await list('full', fullListPath(ISSUER));
  const forge = forger(files, shared.issuer, key, base);
  const cases: Case[] = [];
  for (const { shard, good, revoked } of leaves) {
    const shardList = await list(`shard-${shard}`, shardPath(ISSUER, shard));
    const leaf = (name: string, der: Uint8Array) => files.write(`${name}-${shard}`, der, 'CERTIFICATE');
    const known = { ...shared, shard, shardList, fullList };
    cases.push(
      { ...known, scene: 'good', leaf: leaf('good', good) },
      { ...known, scene: 'revoked', leaf: leaf('revoked', revoked) },
      { ...known, scene: 'unknown', leaf: forge(shard), fullList: undefined },
    );
  }
  return {
    cases,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ocspUrl: base + OCSP_PATH,
    show: () => {},
    stop: () => cloud.stop(),
  };
}

async function download(url: string): Promise<Uint8Array> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Enrolls until every shard has two certificates. */
async function enrolled(cloud: TestCloud, key: KeyObject) {
  const shards: Uint8Array[][] = Array.from({ length: SHARDS }, () => []);
  let count = 0;
  let above: readonly Uint8Array[] = [];
  const one = async () => {
    const name = `host-${count++}`;
    const token = await cloud.token({ names: { commonName: name } });
    const answer = await cloud.enroll(token, { csr: makeCsr({ privateKey: key }).pem, name });
    if (answer.status !== 201) throw new Error(`no certificate: ${answer.status} ${answer.text}`);
    const { certificate, chain, caBundle } = issuedIn(answer);
    const leaf = new X509Certificate(certificate);
    shards[crlShardOf(serialOf(leaf.raw), SHARDS)]?.push(leaf.raw);
    above = [...chain, caBundle].map((pem) => new X509Certificate(pem).raw);
  };
  const worker = async () => {
    while (shards.some((certificates) => certificates.length < 2)) await one();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const leaves = shards.flatMap(([good, revoked], shard) =>
    good === undefined || revoked === undefined ? [] : [{ shard, good, revoked }],
  );
  const [issuer, root] = above;
  if (issuer === undefined || root === undefined) throw new Error('a chain has an issuer and a root');
  return { leaves, issuer, root };
}

/** Signs with the issuer's key, which the local KMS has in a file: as a thief of the key would. */
function forger(files: Files, issuer: string, key: KeyObject, base: string): (shard: number) => string {
  const [csr, extensions] = [files.path('forged.csr'), files.path('forged.cnf')];
  writeFileSync(csr, makeCsr({ privateKey: key, commonName: 'forged' }).pem);
  const signer = ['-CA', pemOf(issuer), '-CAkey', keyFileOf(issuer), '-extfile', extensions];
  return (shard) => {
    const points = [
      `crlDistributionPoints=URI:${base}${shardPath(ISSUER, SHARDS + shard)}`,
      `authorityInfoAccess=OCSP;URI:${base}${OCSP_PATH}`,
      'authorityKeyIdentifier=keyid\nextendedKeyUsage=clientAuth\nbasicConstraints=critical,CA:FALSE\n',
    ];
    writeFileSync(extensions, points.join('\n'));
    const serial = `0x01${shard.toString(16).padStart(34, '0')}`;
    const pem = openssl('x509', '-req', '-in', csr, ...signer, '-set_serial', serial, '-days', '7');
    return files.write(`unknown-${shard}`, new X509Certificate(pem).raw, 'CERTIFICATE');
  };
}

function keyFileOf(certificate: string): string {
  const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' });
  const wanted = spki(new X509Certificate(readFileSync(pemOf(certificate))).publicKey);
  const found = readdirSync(KEY_MATERIAL)
    .filter((name) => /^(?:RSA|ECC)_/.test(name))
    .map((name) => join(KEY_MATERIAL, name))
    .find((file) => spki(createPublicKey(createPrivateKey(readFileSync(file)))) === wanted);
  if (found === undefined) throw new Error('the local KMS has no such key');
  return found;
}
