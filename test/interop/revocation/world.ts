import type { KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OcspStatus } from '../../../shared/domain/ocsp.ts';
import { PROFILES } from '../../../shared/domain/profile.ts';
import type { RevokedEntry } from '../../../shared/domain/revocation.ts';
import { caListPath, OCSP_PATH, shardPath } from '../../../shared/domain/revocation-points.ts';
import type { RevocationUrl } from '../../../shared/domain/revocation-url.ts';
import type { CertId } from '../../../shared/pki/ocsp/cert-id.ts';
import { errorResponse } from '../../../shared/pki/ocsp/error-response.ts';
import { toPem } from '../../../shared/pki/pem.ts';
import { makeKey } from '../../support/csr.ts';
import { type SigningCa, startAuthority, type TestAuthority } from '../authority.ts';
import { forged, listOf, revokedEntry, serialOf } from './lists.ts';
import {
  forgedResponse,
  makeResponder,
  type Responder,
  type RevocationServer,
  startServer,
} from './responder.ts';

/** Shards of the issuer. */
const SHARDS = 16;

/** What a client is shown; only in the first two can it know what became of the certificate. */
export const SCENES = ['good', 'revoked', 'unknown', 'expired', 'forged'] as const;

export type Scene = (typeof SCENES)[number];

/** A certificate and the revocation data that a client gets with it. Paths are of DER files; each has a `.pem` beside it. */
export interface Case {
  readonly scene: Scene;
  readonly shard: number;
  readonly root: string;
  readonly issuer: string;
  readonly leaf: string;
  /** The list of its shard; in the scene `unknown` that of another. */
  readonly shardList: string;
  /** The full list of its issuer; in the scene `unknown` there is none. */
  readonly fullList: string | undefined;
  readonly rootFullList: string;
  readonly rootCaList: string;
}

/** Cases, and a server with the data of one scene at a time, since the certificates say where they are. */
export interface World {
  readonly cases: readonly Case[];
  /** Of every leaf certificate, PEM. */
  readonly key: string;
  readonly ocspUrl: string;
  /** From now on, serves the data of the scene. In `unknown`, there is no list, and OCSP knows no certificate. */
  readonly show: (scene: Scene) => void;
  readonly stop: () => Promise<void>;
}

/** A certificate good and one revoked in each shard, with lists and a responder as the service makes them. */
export async function makeWorld(directory: string): Promise<World> {
  const server = await startServer();
  const authority = await startAuthority({
    root: 'RSA_4096',
    issuer: 'RSA_3072',
    rootYears: 20,
    revocationUrl: server.url as RevocationUrl,
  });
  const key = makeKey('p256');
  const leaves = await enrollLeaves(authority, key);
  const files = new Files(directory);
  const entries = leaves.map(({ revoked }) => revokedEntry(serialOf(revoked)));
  const cases = await new CaseMaker(authority, server.url, files, entries).all(leaves);
  const stage = await Stage.set(server, authority, cases);
  stage.know(leaves, entries);
  return {
    cases,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ocspUrl: server.url + OCSP_PATH,
    show: (scene) => stage.show(scene),
    stop: server.stop,
  };
}

interface Leaves {
  readonly shard: number;
  readonly good: Uint8Array;
  readonly revoked: Uint8Array;
}

async function enrollLeaves(authority: TestAuthority, key: KeyObject): Promise<readonly Leaves[]> {
  const one = (crlShard: number, state: string) =>
    authority.enroll(PROFILES.agent, {
      name: `${state}-${crlShard}`,
      key,
      dnsNames: [],
      ipAddresses: [],
      crlShard,
    });
  const leaves: Leaves[] = [];
  for (let shard = 0; shard < SHARDS; shard++)
    leaves.push({ shard, good: await one(shard, 'good'), revoked: await one(shard, 'revoked') });
  return leaves;
}

/** Writes DER and PEM. */
class Files {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  write(name: string, der: Uint8Array, label: 'CERTIFICATE' | 'X509 CRL'): string {
    const path = join(this.#directory, `${name}.der`);
    writeFileSync(path, der);
    writeFileSync(pemOf(path), toPem(label, der));
    return path;
  }
}

/** The PEM beside a DER file. */
export function pemOf(path: string): string {
  return path.replace(/\.der$/, '.pem');
}

class CaseMaker {
  readonly #cas: TestAuthority['cas'];
  readonly #url: string;
  readonly #files: Files;
  readonly #entries: readonly RevokedEntry[];

  constructor({ cas }: TestAuthority, url: string, files: Files, entries: readonly RevokedEntry[]) {
    this.#cas = cas;
    this.#url = url;
    this.#files = files;
    this.#entries = entries;
  }

  async all(leaves: readonly Leaves[]): Promise<readonly Case[]> {
    const { root, issuer } = this.#cas;
    const scope = { url: this.#url + caListPath(root.id), only: 'cas' } as const;
    const shared = {
      root: this.#files.write('root', root.certificate, 'CERTIFICATE'),
      issuer: this.#files.write('issuer', issuer.certificate, 'CERTIFICATE'),
      rootFullList: this.#files.write('root-full', await listOf(root, {}), 'X509 CRL'),
      rootCaList: this.#files.write('root-ca', await listOf(root, { scope }), 'X509 CRL'),
    };
    const full = { good: await this.#full(issuer, false), expired: await this.#full(issuer, true) };
    const cases: Case[] = [];
    for (const { shard, good, revoked } of leaves) {
      const lists = { good: await this.#shard(shard, false), expired: await this.#shard(shard, true) };
      const leaf = {
        good: this.#files.write(`good-${shard}`, good, 'CERTIFICATE'),
        revoked: this.#files.write(`revoked-${shard}`, revoked, 'CERTIFICATE'),
      };
      for (const scene of SCENES)
        cases.push({
          ...shared,
          scene,
          shard,
          leaf: scene === 'revoked' ? leaf.revoked : leaf.good,
          shardList: this.#write(
            `shard-${shard}-${scene}`,
            scene === 'unknown' ? await this.#shard((shard + 1) % SHARDS, false) : shown(scene, lists),
          ),
          fullList: scene === 'unknown' ? undefined : this.#write(`full-${scene}`, shown(scene, full)),
        });
    }
    return cases;
  }

  #write(name: string, der: Uint8Array): string {
    return this.#files.write(name, der, 'X509 CRL');
  }

  #full(issuer: SigningCa, expired: boolean): Promise<Uint8Array> {
    return listOf(issuer, { revoked: this.#entries, expired });
  }

  #shard(shard: number, expired: boolean): Promise<Uint8Array> {
    return shardList(this.#cas.issuer, this.#url, shard, this.#entries, expired);
  }
}

function shown(scene: Scene, lists: { readonly good: Uint8Array; readonly expired: Uint8Array }): Uint8Array {
  if (scene === 'expired') return lists.expired;
  return scene === 'forged' ? forged(lists.good) : lists.good;
}

function shardList(
  issuer: SigningCa,
  url: string,
  shard: number,
  entries: readonly RevokedEntry[],
  expired = false,
): Promise<Uint8Array> {
  const scope = { url: url + shardPath(issuer.id, shard), only: 'leaves' } as const;
  const own = entries.filter(
    ({ serialNumber }) => Number.parseInt(serialNumber.slice(-2), 16) % SHARDS === shard,
  );
  return listOf(issuer, { scope, revoked: own, expired });
}

/** What the addresses in the certificates lead to, scene by scene. */
class Stage {
  readonly #server: RevocationServer;
  readonly #issuerId: string;
  readonly #cases: readonly Case[];
  readonly #states = new Map<string, OcspStatus>();
  #scene: Scene = 'good';

  static async set(server: RevocationServer, { cas }: TestAuthority, cases: readonly Case[]) {
    const stage = new Stage(server, cas.issuer.id, cases);
    const [root, issuer] = [await makeResponder(cas.root), await makeResponder(cas.issuer)];
    stage.#states.set(serialOf(cas.issuer.certificate), { state: 'good' });
    server.answer = (certId) => {
      if (root.serves(certId)) return stage.#answer(root, certId, 'good');
      return issuer.serves(certId) ? stage.#answer(issuer, certId, stage.#scene) : UNAUTHORIZED;
    };
    const [{ rootCaList } = { rootCaList: '' }] = cases;
    server.files.set(caListPath(cas.root.id), readFileSync(rootCaList));
    return stage;
  }

  private constructor(server: RevocationServer, issuerId: string, cases: readonly Case[]) {
    this.#server = server;
    this.#issuerId = issuerId;
    this.#cases = cases;
  }

  know(leaves: readonly Leaves[], entries: readonly RevokedEntry[]): void {
    for (const { good } of leaves) this.#states.set(serialOf(good), { state: 'good' });
    for (const { serialNumber, revokedAt, reason } of entries)
      this.#states.set(serialNumber, { state: 'revoked', revokedAt, reason });
  }

  show(scene: Scene): void {
    this.#scene = scene;
    for (const each of this.#cases.filter((one) => one.scene === scene)) {
      const path = shardPath(this.#issuerId, each.shard);
      if (scene === 'unknown') this.#server.files.delete(path);
      else this.#server.files.set(path, readFileSync(each.shardList));
    }
  }

  async #answer(responder: Responder, certId: CertId, scene: Scene): Promise<Uint8Array> {
    const status = this.#states.get(certId.serialNumber);
    if (status === undefined || scene === 'unknown') return UNAUTHORIZED;
    const der = await responder.respond(certId, status, scene === 'expired');
    return scene === 'forged' ? forgedResponse(der) : der;
  }
}

const UNAUTHORIZED = Promise.resolve(errorResponse('unauthorized'));
