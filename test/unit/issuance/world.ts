import { randomBytes } from 'node:crypto';
import type { BootstrapToken } from '../../../shared/domain/bootstrap-token.ts';
import { formatToken, randomBase62, SECRET_LENGTH } from '../../../shared/domain/bootstrap-token.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { type Instant, plus } from '../../../shared/domain/instant.ts';
import type { TrustDomain } from '../../../shared/domain/trust-domain.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { type AuthorityPlan, createAuthority } from '../../../shared/issuance/create-authority.ts';
import { enroll } from '../../../shared/issuance/enroll.ts';
import type { Enrollment, EnrollRequest } from '../../../shared/issuance/enrollment.ts';
import { sweepReservations } from '../../../shared/issuance/sweep-reservations.ts';
import { fakeCaSigner } from '../../fakes/ca-signer.ts';
import { type FakeStore, fakeStore } from '../../fakes/store.ts';
import { REVOCATION_URL } from '../../support/ca.ts';
import { makeCsr } from '../../support/csr.ts';
import { NOW, sampleToken, sha256Hex } from '../../support/records.ts';

export const ROOT_KEY = 'arn:aws:kms:eu-central-1:000000000000:key/root';
export const ISSUER_KEY = 'arn:aws:kms:eu-central-1:000000000000:key/issuer-1';

export const PLAN = {
  authority: 'test',
  trustDomain: 'test' as TrustDomain,
  root: { id: 'root-1', keyArn: ROOT_KEY, keySpec: 'ECC_NIST_P384', lifetimeSeconds: 7305 * DAY },
  issuers: [{ id: 'issuer-1', keyArn: ISSUER_KEY, keySpec: 'ECC_NIST_P256', lifetimeSeconds: 1826 * DAY }],
  revocationUrl: REVOCATION_URL,
  crlShards: 8,
} as const;

/** An authority in memory whose clock and waits the test controls: time passes only when somebody waits. */
export class World {
  readonly store: FakeStore = fakeStore();
  now: Instant = NOW;
  readonly clock = () => this.now;
  readonly signer = fakeCaSigner({ [ROOT_KEY]: 'ECC_NIST_P384', [ISSUER_KEY]: 'ECC_NIST_P256' }, this.clock);
  readonly random = (length: number) => Uint8Array.from(randomBytes(length));
  #waited = 0;
  readonly pause = async (milliseconds: number) => {
    await new Promise((resolve) => setImmediate(resolve));
    this.#waited += milliseconds;
    if (this.#waited >= 1000) this.pass(Math.floor(this.#waited / 1000));
    this.#waited %= 1000;
  };

  static async create(plan: AuthorityPlan = PLAN): Promise<World> {
    const world = new World();
    await createAuthority(world, plan);
    return world;
  }

  pass(seconds: number): void {
    this.now = plus(this.now, seconds);
  }

  async token(changes: Partial<BootstrapToken> = {}): Promise<string> {
    const secret = randomBase62(this.random, SECRET_LENGTH);
    const token = sampleToken({ secretSha256: sha256Hex(secret), ...changes });
    await this.store.createToken(token);
    return formatToken(token.id, secret);
  }

  request(token: string, changes: Partial<EnrollRequest> = {}): EnrollRequest {
    const csr = changes.csr ?? makeCsr({ kind: 'p256' }).pem;
    const names = { name: 'host-1', dnsNames: [], ipAddresses: [] };
    const accept = () => ({ deployment: undefined });
    const defaults = { ...names, sourceIp: '198.51.100.7', accept };
    return { token, requestId: randomBytes(8).toString('hex'), ...defaults, ...changes, csr };
  }

  enroll(request: EnrollRequest): Promise<Enrollment> {
    const { trustDomain, revocationUrl } = PLAN;
    return enroll({ ...this, trustDomain, revocationUrl }, request);
  }

  /** @param remaining milliseconds left, asked before each step. */
  sweep(remaining: () => number = () => 60_000) {
    return sweepReservations({ ...this, remainingMilliseconds: remaining });
  }

  /** How many uses of the token are counted. */
  async uses(token: string): Promise<number> {
    return (await this.store.token(token.split('_')[1] ?? ''))?.uses ?? -1;
  }

  recordsIn(state: string): number {
    return [...this.store.tables.records.values()].filter((record) => record.state === state).length;
  }
}

/** The error that `action` fails with; fails where it succeeds or throws something else. */
export async function refusal(action: Promise<unknown>): Promise<AppError> {
  const error = await action.then(
    () => new Error('it should have been refused'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw error;
}
