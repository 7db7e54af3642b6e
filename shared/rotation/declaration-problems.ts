import { createHash } from 'node:crypto';
import type { Root, RootState } from '../domain/authority.ts';
import type { Declaration, DeclaredRoot } from '../domain/declaration.ts';
import { primaryRegionOf } from '../domain/key-arn.ts';
import type { NameConstraints } from '../domain/name-constraints.ts';
import type { Slot } from '../domain/slot.ts';
import type { Authority } from '../issuance/ports.ts';

/** What earlier deployments left in the ledger. */
export interface RecordedDeployment {
  /** Roots first, each kind in the order of the settings. */
  readonly slots: readonly Slot[];
  readonly authority: Pick<Authority, 'roots' | 'issuers'>;
  /** The Region that writes and signs. @default - nothing says so: the authority is in one Region, or new, or restored */
  readonly activeRegion?: string | undefined;
  /** The Region that the deployment before this one of the same stack made active. @default - it is the first one */
  readonly askedBefore?: string | undefined;
}

type Check = (declared: Declaration, recorded: RecordedDeployment) => readonly string[];

const CHECKS: readonly Check[] = [
  checkAuthority,
  checkTrustDomain,
  checkRoots,
  checkIssuerSpecs,
  checkLeft,
  checkReturned,
  checkOrder,
  checkConstraints,
  checkRegions,
  checkActive,
];

/**
 * The reasons for which settings cannot follow those that the ledger records: each names the setting, what is recorded, what
 * is asked, and the way out. Empty for the first deployment, for the same settings, and for slots that are appended.
 */
export function declarationProblems(declared: Declaration, recorded: RecordedDeployment): readonly string[] {
  return CHECKS.flatMap((check) => check(declared, recorded));
}

function checkAuthority({ authority }: Declaration, { slots }: RecordedDeployment): readonly string[] {
  const other = slots.find((slot) => slot.authority !== authority)?.authority;
  if (other === undefined) return [];
  return [
    `authority: recorded is "${other}", asked is "${authority}". The name is in the certificates of the CAs: set it back to "${other}"`,
  ];
}

function checkTrustDomain(
  { trustDomain }: Declaration,
  { authority: { roots } }: RecordedDeployment,
): readonly string[] {
  const other = roots.find((root) => root.trustDomain !== trustDomain)?.trustDomain;
  if (other === undefined) return [];
  return [
    `trustDomain: recorded is "${other}", asked is "${trustDomain}". It is part of every identity: set trustDomain to "${other}", or create another authority for the new trust domain`,
  ];
}

function checkRoots({ roots }: Declaration, recorded: RecordedDeployment): readonly string[] {
  return roots.flatMap((root, place) => {
    const was = recordedRoot(root.id, recorded);
    if (was === undefined) return [];
    const setting = place === 0 ? 'root' : 'successorRoots';
    if (was.kind !== root.kind)
      return [
        `${setting}.kind: ${root.id} is recorded as "${was.kind}", asked is "${root.kind}". A root stays what it is: set it back`,
      ];
    if (was.kind === 'kms' && root.kind === 'kms' && was.keySpec !== root.keySpec)
      return [keySpecChanged(`${setting}.keySpec`, root.id, was.keySpec, root.keySpec, 'successorRoots')];
    if (was.kind === 'external' && root.kind === 'external' && was.sha256 !== root.certificateSha256)
      return [
        `${setting}.certificate: ${root.id} is recorded with the certificate of SHA-256 ${was.sha256}, asked is ${root.certificateSha256}. A root keeps its certificate: restore it, and append the new one to the setting successorRoots`,
      ];
    return [];
  });
}

type RecordedRoot =
  | { readonly kind: 'kms'; readonly keySpec: string }
  | { readonly kind: 'external'; readonly sha256: string };

function recordedRoot(id: string, { slots, authority }: RecordedDeployment): RecordedRoot | undefined {
  const root = authority.roots.find((one) => one.id === id);
  if (root?.kind === 'external') return { kind: 'external', sha256: sha256Of(root.certificate) };
  const keySpec = slotOf(slots, id)?.keySpec ?? root?.keySpec;
  return keySpec === undefined ? undefined : { kind: 'kms', keySpec };
}

function checkIssuerSpecs({ issuers }: Declaration, { slots, authority }: RecordedDeployment) {
  return issuers.flatMap(({ id, keySpec }) => {
    const was = slotOf(slots, id) ?? authority.issuers.find((issuer) => issuer.id === id);
    if (was === undefined || was.keySpec === keySpec) return [];
    return [keySpecChanged('issuers.keySpec', id, was.keySpec, keySpec, 'issuers')];
  });
}

function keySpecChanged(setting: string, id: string, was: string, asked: string, list: string): string {
  return `${setting}: ${id} is recorded as ${was}, asked is ${asked}. KMS cannot change the spec of a key: set it back to ${was}; for a key of ${asked}, append an entry to the setting ${list}`;
}

/** States of roots that a deployment may leave out: nothing below them is trusted any more, or not yet (an external root). */
const MAY_LEAVE: Readonly<Record<DeclaredRoot['kind'], readonly RootState[]>> = {
  kms: ['RETIRED'],
  external: ['RETIRED', 'TRUSTED'],
};

function checkLeft({ roots, issuers }: Declaration, { slots, authority }: RecordedDeployment) {
  const asked = new Set([...roots, ...issuers].map(({ id }) => id));
  const mayLeave = (root: Root) => MAY_LEAVE[root.kind].includes(root.state);
  const staying = authority.roots.filter((root) => root.kind === 'external' && !mayLeave(root));
  const retired = authority.roots.filter(mayLeave);
  return [...slots, ...staying]
    .filter(({ id }) => !asked.has(id) && !retired.some((root) => root.id === id))
    .map(({ id }) => {
      const setting = id.startsWith('root-') ? 'successorRoots' : 'issuers';
      return `${setting}: ${id} is recorded, and the settings no longer declare it. Put it back: append to the setting ${setting}, and never remove or reorder its entries`;
    });
}

/**
 * CAs that were once declared, and whose slots are gone: KMS would make another key for them. The first ones are left out,
 * because they never leave: theirs are not recorded yet where the first deployment was cut off.
 */
function checkReturned({ roots, issuers }: Declaration, { slots, authority }: RecordedDeployment) {
  const inKms = roots.filter(({ kind }) => kind === 'kms');
  return [
    ...inKms.slice(1).map(({ id }) => ({ id, setting: 'successorRoots', known: authority.roots })),
    ...issuers.slice(1).map(({ id }) => ({ id, setting: 'issuers', known: authority.issuers })),
  ]
    .filter(({ id, known }) => known.some((ca) => ca.id === id) && slotOf(slots, id) === undefined)
    .map(
      ({ id, setting }) =>
        `${setting}: ${id} has left the settings before, and its key is no longer part of the deployment. A slot does not come back: append an entry with a new id instead`,
    );
}

function checkOrder({ roots, issuers }: Declaration, { slots }: RecordedDeployment): readonly string[] {
  return (
    [
      ['successorRoots', 'root', roots],
      ['issuers', 'issuer', issuers],
    ] as const
  ).flatMap(([setting, kind, declared]) => {
    const asked = declared.map(({ id }) => id);
    const kept = slots.filter((slot) => slot.kind === kind && asked.includes(slot.id)).map(({ id }) => id);
    if (kept.every((id, place) => asked[place] === id)) return [];
    return [
      `${setting}: recorded in the order ${kept.join(', ')}; asked is ${asked.join(', ')}. A rollover takes the first free slot: restore the order, and append new entries behind it`,
    ];
  });
}

const NO_CONSTRAINTS: NameConstraints = { permittedDns: [], permittedIp: [] };

function checkConstraints(
  { nameConstraints: asked }: Declaration,
  { slots }: RecordedDeployment,
): readonly string[] {
  const issuer = slots.find((slot) => slot.kind === 'issuer');
  if (issuer === undefined) return [];
  const { nameConstraints: recorded = NO_CONSTRAINTS } = issuer;
  return (['permittedDns', 'permittedIp'] as const)
    .filter((kind) => !sameItems(recorded[kind], asked[kind]))
    .map(
      (kind) =>
        `nameConstraints.${kind}: recorded is ${JSON.stringify(recorded[kind])}, asked is ${JSON.stringify(asked[kind])}. They are part of the issuers' certificates: set them back, or create another authority`,
    );
}

function checkRegions(
  { regions }: Declaration,
  { slots, activeRegion }: RecordedDeployment,
): readonly string[] {
  const [slot] = slots;
  if (slot === undefined) return [];
  const primary = primaryRegionOf(slot.keyArn);
  if (primary === undefined)
    return regions === undefined
      ? []
      : [
          'regions: the recorded keys exist in one Region, and KMS cannot make multi-Region keys of them. Leave regions out; for two Regions, create another authority',
        ];
  if (regions === undefined)
    return [
      `regions: recorded is an authority in two Regions, with ${primary} as the primary one, and the settings have one. Its table would be replaced by an empty one: set regions back`,
    ];
  if (regions.primary !== primary)
    return [
      `regions.primary: recorded is ${primary}, asked is ${regions.primary}. The keys stay where they are: set it back. To move the work to the other Region, set regions.active`,
    ];
  return activeRegion === undefined || [regions.primary, regions.standby].includes(activeRegion)
    ? []
    : [
        `regions.standby: recorded as the active Region is ${activeRegion}, asked is ${regions.standby}. Make ${regions.primary} active first, then replace the standby Region`,
      ];
}

/** Settings from before a failover must not undo it: only a deployment that changes the setting moves the work. */
function checkActive(
  { regions }: Declaration,
  { activeRegion, askedBefore }: RecordedDeployment,
): readonly string[] {
  if (regions === undefined || activeRegion === undefined || activeRegion === regions.active) return [];
  if (askedBefore !== undefined && askedBefore !== regions.active) return [];
  const which = activeRegion === regions.primary ? 'primary' : 'standby';
  return [
    `regions.active: recorded as the active Region is ${activeRegion}, asked is ${regions.active}${askedBefore === undefined ? '' : ', as in the deployment of this stack before'}. Only a deployment that changes active moves the work: set it to "${which}", deploy, and change it then if ${regions.active} is to be active`,
  ];
}

/** In whatever order, and however often. */
function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a.every((item) => b.includes(item)) && b.every((item) => a.includes(item));
}

function slotOf(slots: readonly Slot[], id: string): Slot | undefined {
  return slots.find((slot) => slot.id === id);
}

function sha256Of(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}
