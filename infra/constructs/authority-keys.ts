import { Effect, type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import { ROOT_ID } from '../settings/declaration.ts';
import type { Settings } from '../settings/settings.ts';
import { SigningKey, type SigningKeyProps } from './signing-key.ts';

/** Of another family than the issuers' default, so that OCSP and issuance have KMS quotas of their own. */
const RESPONDER = { id: 'responder-1', keySpec: 'ECC_NIST_P256' } as const;

/** The roles of the functions that sign. */
export type SigningRoles = Readonly<
  Record<
    | 'enroll'
    | 'renew-certificate'
    | 'certify-issuer'
    | 'certify-root'
    | 'create-authority'
    | 'maintain-authority'
    | 'publish-crls'
    | 'answer-ocsp',
    IRole
  >
>;

/** A CA that the settings declare, as custom resources get it: in both of two Regions with the ARN of the primary key. */
export interface DeclaredCa {
  readonly id: string;
  readonly keyArn: string;
  readonly keySpec: CaKeySpec;
  readonly lifetimeSeconds: number;
}

/** A root with its key in KMS. CloudFormation sends booleans as strings. */
export interface DeclaredRoot extends DeclaredCa {
  readonly disabledBetweenUses?: true;
}

/** A root without a key in KMS, as custom resources get it. */
export interface DeclaredExternalRoot {
  readonly id: string;
  /** PEM. */
  readonly certificate: string;
}

/** The CAs in the order of the settings, and the ARN of the responder's key. */
export interface DeclaredAuthority {
  /** The first one. */
  readonly root: DeclaredCa | DeclaredExternalRoot;
  /** All with a key in KMS. */
  readonly roots: readonly DeclaredRoot[];
  /** All others. */
  readonly externalRoots: readonly DeclaredExternalRoot[];
  readonly issuers: readonly DeclaredCa[];
  readonly responderKeyArn: string;
}

/** Of the Julian calendar. */
const YEAR_SECONDS = 31_557_600;

/** Where the keys are in two Regions. */
export type KeyRegions =
  | { readonly standby: string }
  /** The ARN of the primary key of a CA or a responder, by its id. */
  | { readonly primaryKeyArn: (id: string) => string };

/**
 * The keys of the authority, each with the functions that may sign with it, and with those that read its public key.
 *
 * @param regions @default - one Region
 */
export function authorityKeys(
  scope: Construct,
  settings: Settings,
  roles: SigningRoles,
  regions?: KeyRegions,
): DeclaredAuthority {
  const { authority, keyAdministration: administration, root, successorRoots, issuers } = settings;
  const creator = roles['create-authority'];
  const maintainer = roles['maintain-authority'];
  const certifier = roles['certify-issuer'];
  const rootCertifier = roles['certify-root'];
  const here: string[] = [];
  const key = (
    purpose: 'CA' | 'OCSP',
    { id, keySpec }: { readonly id: string; readonly keySpec: CaKeySpec },
    use: Pick<SigningKeyProps, 'signers' | 'readers' | 'watchers' | 'switchers'>,
  ) => {
    const common = { purpose, id, keySpec, authority, administration, ...use };
    if (regions === undefined || 'standby' in regions) {
      const { keyArn } = new SigningKey(scope, id, { ...common, regions });
      here.push(keyArn);
      return keyArn;
    }
    const primaryKeyArn = regions.primaryKeyArn(id);
    here.push(new SigningKey(scope, id, { ...common, regions: { primaryKeyArn } }).keyArn);
    return primaryKeyArn;
  };
  const ca = (slot: Settings['issuers'][number], use: Parameters<typeof key>[2]): DeclaredCa => {
    const { id, keySpec, lifetimeYears } = slot;
    return { id, keyArn: key('CA', slot, use), keySpec, lifetimeSeconds: lifetimeYears * YEAR_SECONDS };
  };
  const isExternal = root.kind === 'external';
  // A cross-certificate is signed only where there is a root to certify.
  const users = [maintainer, certifier, ...(successorRoots.length > 0 ? [rootCertifier] : [])];
  // The first root is certified before its key is first disabled.
  const rootUse = { signers: [creator, ...users], readers: [creator] };
  const successorUse = { signers: users, readers: [rootCertifier] };
  const declare = (
    one: Settings['root'],
    id: string,
    use: Pick<SigningKeyProps, 'signers' | 'readers'>,
  ): DeclaredRoot | DeclaredExternalRoot => {
    if (one.kind === 'external') return { id, certificate: one.certificate };
    const kept = one.disabledBetweenUses;
    const declared = ca({ ...one, id }, { ...use, watchers: [maintainer], switchers: kept ? users : [] });
    return kept ? { ...declared, disabledBetweenUses: true } : declared;
  };
  const first = declare(root, ROOT_ID, rootUse);
  const all = [first, ...successorRoots.map((one) => declare(one, one.id, successorUse))];
  const declared: DeclaredAuthority = {
    root: withoutState(first),
    roots: all.filter((one) => 'keyArn' in one),
    externalRoots: all.filter((one) => 'certificate' in one),
    issuers: issuers.map((issuer, index) =>
      ca(issuer, {
        // Certificates; revocation lists; the certificates of responders; the CSR for an external root.
        signers: [
          roles.enroll,
          roles['renew-certificate'],
          roles['publish-crls'],
          maintainer,
          ...(isExternal ? [certifier] : []),
        ],
        // The first is certified with the root; a rollover certifies the others. An external root certifies none here.
        readers: isExternal ? [certifier] : index === 0 ? [creator] : [certifier, maintainer],
      }),
    ),
    responderKeyArn: key('OCSP', RESPONDER, { signers: [roles['answer-ocsp']], readers: [maintainer] }),
  };
  onlyDeclaredKeys(scope, [certifier, rootCertifier, maintainer], here, declared);
  return declared;
}

/** The creation of the authority has nothing to do with it. */
function withoutState(root: DeclaredRoot | DeclaredExternalRoot): DeclaredCa | DeclaredExternalRoot {
  if ('certificate' in root) return root;
  const { disabledBetweenUses: _, ...declared } = root;
  return declared;
}

/**
 * Keeps roles that certify CAs from the public key of any key that the template does not declare, whatever is in the table:
 * a key that somebody else made in the account can let them read it. They enable and disable no key but those of roots that
 * are disabled between uses.
 */
function onlyDeclaredKeys(
  scope: Construct,
  roles: IRole[],
  keyArns: string[],
  { roots }: Pick<DeclaredAuthority, 'roots'>,
): void {
  const switched = roots.filter((root) => root.disabledBetweenUses).map(({ keyArn }) => keyArn);
  new Policy(scope, 'OnlyDeclaredKeys', {
    roles,
    statements: [
      new PolicyStatement({
        sid: 'OnlyDeclaredKeys',
        effect: Effect.DENY,
        actions: ['kms:GetPublicKey', 'kms:Sign'],
        notResources: keyArns,
      }),
      // Without such roots no key policy allows it.
      ...(switched.length === 0
        ? []
        : [
            new PolicyStatement({
              sid: 'OnlyRootsDisabledBetweenUses',
              effect: Effect.DENY,
              actions: ['kms:EnableKey', 'kms:DisableKey'],
              notResources: switched,
            }),
          ]),
    ],
  });
}
