import { randomBytes } from 'node:crypto';
import type { CaKeySpec, DraftedIssuer, Issuer, IssuerState } from '../../../shared/domain/authority.ts';
import { type Instant, plus } from '../../../shared/domain/instant.ts';
import type { IssuerSlot, RootSlot } from '../../../shared/domain/slot.ts';
import type { TrustDomain } from '../../../shared/domain/trust-domain.ts';
import { createAuthority } from '../../../shared/issuance/create-authority.ts';
import { draftedIssuer } from '../../../shared/issuance/issuers.ts';
import { declareSlots } from '../../../shared/rotation/declare-slots.ts';
import { fakeCaSigner } from '../../fakes/ca-signer.ts';
import { fakeStore } from '../../fakes/store.ts';
import { NOW, sampleIssuerSlot, sampleRootSlot } from '../../support/records.ts';

export const ADMIN = 'arn:aws:iam::111122223333:role/ca-admin';

const ROOT: RootSlot = sampleRootSlot({ keySpec: 'ECC_NIST_P384' });

/** Elliptic, since RSA keys take long to make. */
export const slot = (number: number, keySpec: CaKeySpec = 'ECC_NIST_P256'): IssuerSlot =>
  sampleIssuerSlot({ id: `issuer-${number}`, place: number - 1, keySpec });

/** An authority in memory with declared slots, whose first issuer is active, and whose clock the test controls. */
export class IssuerWorld {
  readonly store = fakeStore();
  readonly slots = this.store;
  readonly authority = this.store;
  readonly external = this.store;
  readonly signer;
  now: Instant = NOW;
  readonly clock = () => this.now;
  readonly random = (length: number) => Uint8Array.from(randomBytes(length));

  private constructor(declared: readonly IssuerSlot[]) {
    const keys = [ROOT, ...declared].map(({ keyArn, keySpec }) => [keyArn, keySpec] as const);
    this.signer = fakeCaSigner(Object.fromEntries(keys), this.clock);
  }

  /** With these slots for issuers. @default - three */
  static async create(declared: readonly IssuerSlot[] = [slot(1), slot(2), slot(3)]): Promise<IssuerWorld> {
    const world = new IssuerWorld(declared);
    const [first] = declared;
    if (first === undefined) throw new Error('no slot');
    const { authority, revocationUrl, crlShards, nameConstraints } = first;
    await createAuthority(world, {
      authority,
      trustDomain: 'test' as TrustDomain,
      root: ROOT,
      issuers: [first],
      revocationUrl,
      crlShards,
      nameConstraints,
    });
    await declareSlots(world, [ROOT, ...declared]);
    return world;
  }

  pass(seconds: number): void {
    this.now = plus(this.now, seconds);
  }

  async issuer(id: string): Promise<Issuer | undefined> {
    return (await this.store.readAuthority()).issuers.find((issuer) => issuer.id === id);
  }

  /** `issuer-1 ACTIVE`, and so on, in order of id. */
  async states(): Promise<readonly string[]> {
    return (await this.store.readAuthority()).issuers.map(({ id, state }) => `${id} ${state}`);
  }

  /** Brings an issuer that is recorded to a state, however. */
  put(id: string, state: IssuerState, changes: Partial<DraftedIssuer> = {}): void {
    const issuer = this.store.tables.issuers.get(id);
    if (issuer === undefined) throw new Error(`no ${id}`);
    this.store.tables.issuers.set(id, { ...draftedIssuer(issuer), state, ...changes });
  }
}
