import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExternalRoot, Issuer, Root } from '../../../shared/domain/authority.ts';
import { fromDate, type Instant, plus } from '../../../shared/domain/instant.ts';
import type { IssuerSlot } from '../../../shared/domain/slot.ts';
import type { TrustDomain } from '../../../shared/domain/trust-domain.ts';
import { toPem } from '../../../shared/pki/pem.ts';
import { changeIssuer } from '../../../shared/rotation/change-issuer.ts';
import { createNextIssuer } from '../../../shared/rotation/create-next-issuer.ts';
import { declareSlots } from '../../../shared/rotation/declare-slots.ts';
import { type InstallIssuerRequest, installIssuer } from '../../../shared/rotation/install-issuer.ts';
import { fakeCaSigner } from '../../fakes/ca-signer.ts';
import { fakeStore } from '../../fakes/store.ts';
import { type CertifyOptions, CompanyCa } from '../../support/company-ca.ts';
import { ADMIN, slot } from './issuer-world.ts';

/** CAs of openssl's making, each in a directory of its own. */
export const DIRECTORY = mkdtempSync(join(tmpdir(), 'fleetseal-company-'));

/** The CA of the company: a root, and one below it. */
export const ROOT = new CompanyCa(join(DIRECTORY, 'root'), 'Acme Root');
export const POLICY_CA = new CompanyCa(join(DIRECTORY, 'policy'), 'Acme Policy CA', {
  above: ROOT,
  days: 3650,
});

/** As a deployment records the root. */
export function externalRoot(ca: CompanyCa, changes: Partial<ExternalRoot> = {}): ExternalRoot {
  const createdAt = fromDate(new Date());
  return {
    kind: 'external',
    id: 'root-1',
    trustDomain: 'test' as TrustDomain,
    state: 'ISSUED',
    validity: { notBefore: createdAt, notAfter: plus(createdAt, 7300 * 86_400) },
    createdAt,
    certificate: ca.der,
    ...changes,
  };
}

/** An authority below an external root, in memory. */
export class ExternalWorld {
  readonly store = fakeStore();
  readonly slots = this.store;
  readonly authority = this.store;
  readonly external = this.store;
  /** An hour later, so that no certificate that openssl makes meanwhile is of the future. */
  now: Instant = plus(fromDate(new Date()), 3600);
  readonly clock = () => this.now;
  readonly signer;
  readonly random = (length: number) => new Uint8Array(length);

  private constructor(declared: readonly IssuerSlot[]) {
    this.signer = fakeCaSigner(
      Object.fromEntries(declared.map((one) => [one.keyArn, one.keySpec])),
      this.clock,
    );
  }

  static async create(
    declared: readonly IssuerSlot[] = [slot(1), slot(2), slot(3)],
    root: Root = externalRoot(ROOT),
  ): Promise<ExternalWorld> {
    const world = new ExternalWorld(declared);
    await world.store.reserveRoot(root);
    await declareSlots(world, declared);
    return world;
  }

  request(id?: string) {
    return createNextIssuer(this, { id, by: ADMIN });
  }

  async issuer(id: string): Promise<Issuer> {
    const issuer = (await this.store.readAuthority()).issuers.find((one) => one.id === id);
    if (issuer === undefined) throw new Error(`no ${id}`);
    return issuer;
  }

  /** PEM. */
  async csr(id = 'issuer-1'): Promise<string> {
    await this.request(id);
    const csr = (await this.issuer(id)).request?.csr;
    if (csr === undefined) throw new Error(`no CSR of ${id}`);
    return toPem('CERTIFICATE REQUEST', csr);
  }

  install(given: Pick<InstallIssuerRequest, 'certificate'> & Partial<InstallIssuerRequest>) {
    return installIssuer(this, { id: 'issuer-1', chain: [], by: ADMIN, ...given });
  }

  /** What the CA makes of the issuer's CSR is installed. */
  async certified(id = 'issuer-1', options: CertifyOptions = {}) {
    return this.install({ id, certificate: ROOT.certify(await this.csr(id), options) });
  }

  change(id: string, action: 'activate' | 'compromise', more: { readonly revokeAt?: Instant } = {}) {
    return changeIssuer(this, { id, action, by: ADMIN, ...more });
  }
}
