import { createPublicKey, type KeyObject } from 'node:crypto';
import type { CertificateRecord } from '../../../shared/domain/certificate-record.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { readConfirmationProof } from '../../../shared/pki/proof/confirmation-proof.ts';
import { readRenewalProof } from '../../../shared/pki/proof/renewal-proof.ts';
import { confirmRenewal } from '../../../shared/rotation/confirm-renewal.ts';
import { presentProof } from '../../../shared/rotation/present-proof.ts';
import { renew } from '../../../shared/rotation/renew.ts';
import type { RenewalRequest } from '../../../shared/rotation/renewing.ts';
import { makeCsr } from '../../support/csr.ts';
import { makeJws, thumbprintOf } from '../../support/proofs.ts';
import { PLAN, World } from '../issuance/world.ts';

const ENDPOINT = 'https://pki.example.com/v1/renew';
const AUD = 'https://pki.example.com';

/** A certificate and its key, as its host has them. */
export interface Held {
  readonly record: CertificateRecord & { readonly certificate: Uint8Array };
  readonly privateKey: KeyObject;
}

/** A new key with its request. */
export interface NewKey {
  readonly pem: string;
  readonly privateKey: KeyObject;
}

export const newKey = (changes: Parameters<typeof makeCsr>[0] = { kind: 'p256' }): NewKey => makeCsr(changes);

/** A world whose hosts renew by JWS. */
export class RenewalWorld {
  readonly world: World;
  graceSeconds = 3 * DAY;

  private constructor(world: World) {
    this.world = world;
  }

  static async create(plan?: Parameters<typeof World.create>[0]): Promise<RenewalWorld> {
    return new RenewalWorld(await World.create(plan));
  }

  get store() {
    return this.world.store;
  }

  /** A host with a certificate of a token of its own. */
  async enrolled(
    changes: Parameters<World['request']>[1] = {},
    token: Parameters<World['token']>[0] = {},
    kind: KeyKind = 'p256',
  ): Promise<Held> {
    const { pem, privateKey } = makeCsr({ kind });
    const request = this.world.request(await this.world.token(token), { ...changes, csr: pem });
    const { record } = await this.world.enroll(request);
    return { record, privateKey };
  }

  /** The request that the host would send. */
  request(
    { record, privateKey }: Held,
    { pem }: Pick<NewKey, 'pem'>,
    payload: object = {},
    changes: Partial<RenewalRequest> = {},
  ): RenewalRequest {
    const header = { 'x5t#S256': thumbprintOf(record.certificate) };
    const jws = makeJws(
      { privateKey, keyKind: record.keyKind },
      { csr: pem, iat: this.world.now, aud: AUD, serialNumber: record.serialNumber, ...payload },
      header,
    );
    const proof = readRenewalProof({ jws });
    return {
      ...proof,
      presented: presentProof(proof, { clock: this.world.clock, endpoint: ENDPOINT }),
      csrPointer: '#/jws',
      sourceIp: '198.51.100.7',
      requestId: 'renewal-1',
      accept: () => ({ deployment: undefined }),
      ...changes,
    };
  }

  /** Sends requests at once; who reserves first is not signed for before another request has its answer. */
  async sendAtOnce(requests: readonly RenewalRequest[]) {
    const { signer } = this.world;
    const answered = Promise.withResolvers<void>();
    const slow: typeof signer.sign = async (key, digest) => {
      await answered.promise;
      return signer.sign(key, digest);
    };
    const { trustDomain, revocationUrl } = PLAN;
    const { graceSeconds } = this;
    const held = { publicKey: signer.publicKey, sign: slow };
    const deps = { ...this.world, signer: held, trustDomain, revocationUrl, graceSeconds };
    const sent = requests.map((request) => renew(deps, request));
    await Promise.race(sent).catch(() => undefined);
    answered.resolve();
    return Promise.allSettled(sent);
  }

  send(request: RenewalRequest) {
    const { trustDomain, revocationUrl } = PLAN;
    return renew({ ...this.world, trustDomain, revocationUrl, graceSeconds: this.graceSeconds }, request);
  }

  /** The certificate that renews this one, for a new key unless given. */
  async renewed(held: Held, key: NewKey = newKey()): Promise<Held> {
    const { record } = await this.send(this.request(held, key));
    return { record, privateKey: key.privateKey };
  }

  /** Confirms that `by` is in use instead of `predecessor`. */
  confirm(predecessor: Pick<Held, 'record'>, by: Held, payload: object = {}) {
    const { serialNumber } = predecessor.record;
    const statement = { serialNumber, iat: this.world.now, aud: AUD, ...payload };
    const jws = makeJws({ privateKey: by.privateKey, keyKind: by.record.keyKind }, statement);
    const proof = readConfirmationProof({ jws });
    return confirmRenewal(
      { ledger: this.store, clock: this.world.clock },
      { proof, endpoint: `${ENDPOINT}/confirm`, sourceIp: '198.51.100.7' },
    );
  }

  /** The record as it is. */
  recordOf({ record }: Pick<Held, 'record'>): CertificateRecord {
    const found = this.store.tables.records.get(record.serialNumber);
    if (found === undefined) throw new Error(`no record ${record.serialNumber}`);
    return found;
  }

  /** What happened to it: `renewed`, ... */
  events({ record }: Pick<Held, 'record'>) {
    return (this.store.tables.history.get(record.serialNumber) ?? []).map(({ event }) => event);
  }
}

/** Hex SHA-256 is recorded of this. */
export function publicKeyOf({ privateKey }: Pick<Held, 'privateKey'>): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
}
