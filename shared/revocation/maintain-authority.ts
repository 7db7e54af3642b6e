import {
  type Issuer,
  isRevokedElsewhere,
  isSigningCa,
  type Root,
  type SigningCa,
} from '../domain/authority.ts';
import { caCertificatePath } from '../domain/revocation-points.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import {
  type CertifyRespondersDependencies,
  certifyResponders,
  type ResponderKey,
} from './certify-responders.ts';
import { publishCaCertificate } from './publish-ca-certificates.ts';
import { type ListLife, type PublishDependencies, publishList } from './publish-list.ts';
import { rootLists } from './publishable-list.ts';

export interface MaintainAuthorityDependencies extends CertifyRespondersDependencies, PublishDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority' | 'revokeIssuer'>;
  readonly signer: CertifyRespondersDependencies['signer'];
  readonly revocationUrl: RevocationUrl;
  readonly responderKey: ResponderKey;
  /** Of the root's lists. */
  readonly life: ListLife;
}

/** What was done, and what is there now. */
export interface MaintenanceReport {
  /** Paths that were published, and CAs that certified the responder again. */
  readonly renewed: readonly string[];
  /** What could not be done: what is there stays, and the next run tries again. */
  readonly failed: readonly { readonly what: string; readonly error: unknown }[];
  /** Age of the oldest list of a root; its whole life where one could not be published. */
  readonly oldestListSeconds: number;
  /**
   * What is left of the life of the responder's certificate that ends first; 0 where one could not be made. Undefined where
   * no CA needs one, as below an external root until the first issuer is certified.
   */
  readonly responderSeconds: number | undefined;
}

type CertifiedCa = Pick<Root | Issuer, 'id'> & { readonly certificate: Uint8Array };

/** How one step ended; with an amount of seconds that the report adds up. */
type Step = { readonly what: string; readonly seconds: number } & (
  | { readonly isNew: boolean }
  | { readonly error: unknown }
);

/**
 * Sees to what only the root and the issuers can sign, on schedule and at each deployment: the certificates of the OCSP
 * responder, the root's revocation lists, with the compromised issuers whose deadline has come; and publishes the
 * certificates of the CAs. Each step may run twice, at the same
 * time, and be cut off anywhere; what fails is reported after everything else was tried.
 */
export async function maintainAuthority(deps: MaintainAuthorityDependencies): Promise<MaintenanceReport> {
  const revocations = await revokeCompromised(deps);
  const { roots, issuers } = await deps.authority.readAuthority();
  const responders = await certify(deps);
  const signing = roots.filter(({ state }) => state !== 'RETIRED').filter(isSigningCa);
  const lists = await publishRootLists(deps, signing, issuers);
  const certificates = await publishCertificates(deps, [...roots, ...issuers].filter(isCertified));
  const steps = [...revocations, ...responders, ...lists, ...certificates];
  return {
    renewed: steps.flatMap((step) => ('isNew' in step && step.isNew ? [step.what] : [])),
    failed: steps.filter((step) => 'error' in step),
    oldestListSeconds: Math.max(0, ...lists.map(({ seconds }) => seconds)),
    responderSeconds: responders.map(({ seconds }) => seconds).toSorted((a, b) => a - b)[0],
  };
}

function isCertified(ca: Root | Issuer): ca is (Root | Issuer) & CertifiedCa {
  return ca.certificate !== undefined;
}

/** Has the root revoke the compromised issuers whose deadline has come; its lists have them from the next step on. */
async function revokeCompromised(deps: MaintainAuthorityDependencies): Promise<readonly Step[]> {
  const now = deps.clock();
  const { issuers } = await deps.authority.readAuthority();
  const due = issuers
    .filter(isSigningCa)
    .filter((issuer) => !isRevokedElsewhere(issuer))
    .filter(
      ({ state, revokeAt, revocation }) =>
        state === 'COMPROMISED' && !revocation && (revokeAt === undefined || revokeAt <= now),
    );
  const steps: Step[] = [];
  for (const issuer of due)
    steps.push(
      await attempt(`revocation of ${issuer.id}`, 0, async () => ({
        isNew: await deps.authority.revokeIssuer(issuer, { revokedAt: now, reason: 'cACompromise' }),
        seconds: 0,
      })),
    );
  return steps;
}

/** Seconds: what is left of the certificate's life. */
async function certify(deps: MaintainAuthorityDependencies): Promise<readonly Step[]> {
  const now = deps.clock();
  try {
    return (await certifyResponders(deps, deps.responderKey)).map((one) => {
      const what = `responder of ${one.caId}`;
      if ('error' in one) return { what, error: one.error, seconds: 0 };
      return { what, isNew: one.isNew, seconds: one.responder.validity.notAfter - now };
    });
  } catch (error) {
    return [{ what: 'responders', error, seconds: 0 }];
  }
}

/** Seconds: the list's age. */
async function publishRootLists(
  deps: MaintainAuthorityDependencies,
  roots: readonly SigningCa[],
  issuers: readonly Issuer[],
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const list of roots.flatMap((root) => rootLists(deps, root, issuers)))
    steps.push(
      await attempt(list.path, deps.life.lifetimeSeconds, async () => {
        const { outcome, state } = await publishList(deps, list, deps.life);
        const age = state && deps.clock() - state.thisUpdate;
        return { isNew: outcome === 'published', seconds: age ?? deps.life.lifetimeSeconds };
      }),
    );
  return steps;
}

async function publishCertificates(
  deps: MaintainAuthorityDependencies,
  cas: readonly CertifiedCa[],
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const ca of cas)
    steps.push(
      await attempt(caCertificatePath(ca.id), 0, async () => ({
        isNew: (await publishCaCertificate(deps.objects, ca)) === 'published',
        seconds: 0,
      })),
    );
  return steps;
}

async function attempt(
  what: string,
  secondsIfFailed: number,
  act: () => Promise<{ readonly isNew: boolean; readonly seconds: number }>,
): Promise<Step> {
  try {
    return { what, ...(await act()) };
  } catch (error) {
    return { what, error, seconds: secondsIfFailed };
  }
}
