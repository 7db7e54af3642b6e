import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { DAY } from '../../../shared/domain/duration.ts';
import { type Clock, type Instant, plus } from '../../../shared/domain/instant.ts';
import type { RevokedEntry } from '../../../shared/domain/revocation.ts';
import { crlShardOf } from '../../../shared/domain/revocation-points.ts';
import type { SerialNumber } from '../../../shared/domain/serial-number.ts';
import { certifiedRoot } from '../../../shared/issuance/roots.ts';
import { splitList } from '../../../shared/pki/crl/parse-list.ts';
import { publishList } from '../../../shared/revocation/publish-list.ts';
import {
  type PublishListsDependencies,
  publishAllLists,
  publishChangedLists,
} from '../../../shared/revocation/publish-lists.ts';
import { rootLists } from '../../../shared/revocation/publishable-list.ts';
import { type FakeObjectStore, fakeObjectStore } from '../../fakes/object-store.ts';
import { REVOCATION_URL } from '../../support/ca.ts';
import { serialNumber } from '../../support/records.ts';
import { readList } from '../../support/revocation-lists.ts';
import { PLAN, World } from '../issuance/world.ts';

export const LIFE = { lifetimeSeconds: 3 * DAY, cacheSeconds: 60 } as const;
export const SHARDS = PLAN.crlShards;

/** An authority in memory that publishes its lists. */
export class Publisher {
  readonly world: World;
  readonly objects: FakeObjectStore = fakeObjectStore();

  constructor(world: World) {
    this.world = world;
  }

  /** With the lists of the root, which another function publishes. */
  static async create(): Promise<Publisher> {
    const publisher = new Publisher(await World.create());
    await publisher.publishRootLists();
    return publisher;
  }

  /** @param clock of this builder. @default - the world's */
  deps(clock: Clock = this.world.clock): PublishListsDependencies {
    const { store, signer, pause } = this.world;
    return {
      authority: store,
      revoked: store,
      objects: this.objects,
      signer,
      clock,
      pause,
      revocationUrl: REVOCATION_URL,
      life: LIFE,
    };
  }

  async publishRootLists(): Promise<void> {
    const { roots, issuers } = await this.world.store.readAuthority();
    const ca = certifiedRoot(roots, 'root-1');
    for (const list of rootLists(this.deps(), ca, issuers)) await publishList(this.deps(), list, LIFE);
  }

  all(clock?: Clock) {
    return publishAllLists(this.deps(clock));
  }

  changed(shards: readonly number[], clock?: Clock) {
    return publishChangedLists(
      this.deps(clock),
      shards.map((shard) => ({ issuerId: 'issuer-1', shard })),
    );
  }

  /** Revokes a certificate of the shard in the ledger, now. */
  revoke(shard: number, change: Partial<RevokedEntry> = {}): SerialNumber {
    const serial = serialIn(shard);
    const { revoked } = this.world.store.tables;
    const entry = { serialNumber: serial, revokedAt: this.world.now, reason: 'unspecified' } as const;
    revoked.set(serial, {
      ...entry,
      notAfter: plus(this.world.now, 30 * DAY),
      ...change,
      issuerId: 'issuer-1',
      shard,
    });
    return serial;
  }

  /** What pkijs reads of the list that is published. */
  list(path: string) {
    return readList(this.objects.current(path)?.body ?? new Uint8Array());
  }

  /** The serial numbers on the list that is published. */
  serials(path: string): readonly string[] {
    return this.list(path).entries.map((entry) => entry.serialNumber);
  }

  /** Every version that the list had, oldest first. */
  history(path: string) {
    return (this.objects.versions.get(path) ?? []).map(({ body }) => readList(body));
  }
}

export const shardOf = (shard: number) => `/crl/issuer-1/${shard}.crl`;
export const FULL = '/crl/issuer-1/full.crl';

function serialIn(shard: number): SerialNumber {
  for (;;) {
    const serial = serialNumber();
    if (crlShardOf(serial, SHARDS) === shard) return serial;
  }
}

/** Whether the certificate's key signed the list, by node:crypto. */
export function isSignedBy(der: Uint8Array, certificate: Uint8Array | undefined): boolean {
  const { tbs, signature } = splitList(der);
  const { publicKey } = new X509Certificate(certificate ?? new Uint8Array());
  return verify('sha256', tbs, createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })), signature);
}

/** A clock that is wrong by so many seconds. */
export function skewed(world: World, seconds: number): Clock {
  return (): Instant => plus(world.now, seconds);
}
