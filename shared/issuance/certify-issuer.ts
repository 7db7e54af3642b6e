import type { DraftedIssuer, Issuer } from '../domain/authority.ts';
import type { Clock } from '../domain/instant.ts';
import type { NameConstraints } from '../domain/name-constraints.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import { prepareIssuer } from '../pki/prepare-issuer.ts';
import { type CaSlot, type CertifiedRoot, checkKey, newDraft, signRecorded } from './certify-ca.ts';
import { type CertifiedIssuer, certifiedIssuer, draftedIssuer } from './issuers.ts';
import type { AuthorityStore, CaSigner } from './ports.ts';

export interface CertifyIssuerDependencies {
  readonly store: Pick<AuthorityStore, 'reserveIssuer' | 'commitIssuer'>;
  readonly signer: CaSigner;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** An issuer's slot, with what its certificate will have. Applied when it is recorded; later changes have no effect. */
export interface IssuerPlan extends CaSlot {
  /** Name of the authority. */
  readonly authority: string;
  /** Where revocation data are served. */
  readonly revocationUrl: RevocationUrl;
  /** Revocation lists of the issuer, 1 to 128. */
  readonly crlShards: number;
  /** @default - no limits */
  readonly nameConstraints?: NameConstraints | undefined;
}

/**
 * Records an issuer as PENDING, has the root sign its certificate, and records that as READY. May run twice, at the same
 * time, or be cut off anywhere; what is finished is left as it is.
 *
 * @param known the issuer, where it is recorded already: its root is then the one that it was recorded with.
 * @param by who wants it, for its record.
 * @throws AppError `internal` where its recorded certificate has another key than KMS now, or where its settings were
 *   changed before they were signed. @throws SigningError
 */
export async function certifyIssuer(
  { store, signer, clock, random }: CertifyIssuerDependencies,
  plan: IssuerPlan,
  root: CertifiedRoot,
  { known, by }: { readonly known: Issuer | undefined; readonly by: string },
): Promise<CertifiedIssuer> {
  const { id, authority, nameConstraints, revocationUrl, crlShards } = plan;
  const publicKey = await signer.publicKey(plan.keyArn);
  const prepare = (draft: Pick<DraftedIssuer, 'serialNumber' | 'validity' | 'revocationUrl'>) =>
    prepareIssuer({ authority, issuerId: id, publicKey, root, nameConstraints, ...draft });
  const draft = { ...newDraft({ clock, random }, plan), revocationUrl };
  const reserve = () =>
    store.reserveIssuer({
      ...draft,
      state: 'PENDING',
      rootId: root.id,
      crlShards,
      tbsSha256: prepare(draft).tbsSha256,
    });
  const issuer = draftedIssuer(known ?? (await reserve()));
  const certificate = issuer.certificate ?? (await signRecorded(signer, issuer, prepare(issuer), root, by));
  checkKey(id, certificate, publicKey);
  if (issuer.certificate) return certifiedIssuer([issuer], id);
  return certifiedIssuer([await store.commitIssuer(id, certificate, { to: 'READY', at: clock(), by })], id);
}
