import { parseTrustDomain } from '../../shared/domain/trust-domain.ts';
import { apiProblems } from './api.ts';
import { type RegionalSettings, regionProblems } from './regions.ts';
import { type ThrottleSettings, throttleProblems } from './throttle.ts';

type ComparedRoot =
  | { readonly kind: 'kms'; readonly lifetimeYears: number; readonly disabledBetweenUses: boolean }
  | { readonly kind: 'external'; readonly certificate: string };

/** The settings that rules compare, with their defaults. */
interface Compared extends RegionalSettings {
  readonly authority: string;
  readonly trustDomain: string;
  readonly root: ComparedRoot;
  readonly successorRoots: readonly (ComparedRoot & { readonly id: string })[];
  readonly issuers: readonly { readonly id: string; readonly lifetimeYears: number }[];
  readonly keyAdministration: {
    readonly deployerRoleArns: readonly string[];
    readonly breakGlassRoleArns: readonly string[];
  };
  readonly alarmEmails: readonly string[];
  readonly revocation: {
    readonly domainName?: string | undefined;
    readonly certificateArn?: string | undefined;
  };
  readonly throttle: ThrottleSettings;
  readonly quotas: { readonly kmsSignaturesPerSecond: number };
}

/** A rule that concerns more than one value. */
interface Rule {
  /** The settings that it compares. */
  readonly reads: readonly (keyof Compared)[];
  /** Returns a line for each violation. */
  check(settings: Compared): readonly string[];
}

const RULES: readonly Rule[] = [
  { reads: ['authority', 'trustDomain'], check: defaultTrustDomain },
  { reads: ['issuers'], check: uniqueIssuers },
  { reads: ['successorRoots'], check: uniqueRoots },
  { reads: ['root', 'successorRoots'], check: rootsOfOneKind },
  { reads: ['issuers', 'root'], check: lifetimes },
  { reads: ['keyAdministration'], check: bothKindsOfRoles },
  { reads: ['revocation'], check: nameAndCertificate },
  { reads: ['alarmTopicArn', 'alarmEmails'], check: oneTopic },
  { reads: ['api'], check: ({ api }) => apiProblems(api) },
  {
    reads: [
      'regions',
      'archive',
      'root',
      'successorRoots',
      'revocation',
      'alarmTopicArn',
      'alarmEmails',
      'api',
      'codeSigning',
      'encryption',
      'fleetConnector',
    ],
    check: (settings) =>
      regionProblems(settings, (inStandby) => [...oneTopic(inStandby), ...apiProblems(inStandby.api)]),
  },
  {
    reads: ['throttle', 'quotas'],
    check: ({ throttle, quotas }) => throttleProblems(throttle, quotas.kmsSignaturesPerSecond),
  },
];

/**
 * The rules across settings that these violate.
 *
 * @param wrong settings that are wrong by themselves: rules that read one of them are left out.
 */
export function contradictions(settings: Compared, wrong: ReadonlySet<PropertyKey>): readonly string[] {
  return RULES.filter(({ reads }) => !reads.some((name) => wrong.has(name))).flatMap(({ check }) =>
    check(settings),
  );
}

function defaultTrustDomain({ authority, trustDomain }: Compared): readonly string[] {
  if (parseTrustDomain(trustDomain) !== undefined) return [];
  return [
    `trustDomain: is the authority's name by default, but "${authority}" cannot be a trust domain: a name of digits only reads as an IP address. Set trustDomain, for example to "${authority}.example.com"`,
  ];
}

function uniqueIssuers({ issuers }: Compared): readonly string[] {
  const ids = new Set(issuers.map(({ id }) => id));
  return ids.size < issuers.length ? ['issuers: each id must be unique'] : [];
}

function uniqueRoots({ successorRoots }: Compared): readonly string[] {
  const ids = new Set(successorRoots.map(({ id }) => id));
  return ids.size < successorRoots.length ? ['successorRoots: each id must be unique'] : [];
}

function rootsOfOneKind({ root, successorRoots }: Compared): readonly string[] {
  const certificates = [root, ...successorRoots].map((one) =>
    one.kind === 'external' ? one.certificate.trim() : undefined,
  );
  return successorRoots.flatMap(({ kind, id }, index) => {
    const certificate = certificates[index + 1];
    if (kind !== root.kind)
      return [
        `successorRoots.${index}.kind: must be "${root.kind}", as that of root: roots of both kinds cannot follow each other`,
      ];
    return certificate !== undefined && certificates.indexOf(certificate) <= index
      ? [
          `successorRoots.${index}.certificate: must be another certificate than that of the roots before ${id}`,
        ]
      : [];
  });
}

function lifetimes({ issuers, root }: Compared): readonly string[] {
  if (root.kind === 'external') return [];
  return issuers.flatMap(({ lifetimeYears }, index) =>
    lifetimeYears < root.lifetimeYears
      ? []
      : [`issuers.${index}.lifetimeYears: must be less than the root's ${root.lifetimeYears}`],
  );
}

function bothKindsOfRoles({ keyAdministration }: Compared): readonly string[] {
  const { deployerRoleArns, breakGlassRoleArns } = keyAdministration;
  return (deployerRoleArns.length === 0) === (breakGlassRoleArns.length === 0)
    ? []
    : ['keyAdministration: must set both deployerRoleArns and breakGlassRoleArns, or neither'];
}

function nameAndCertificate({ revocation }: Compared): readonly string[] {
  const { domainName, certificateArn } = revocation;
  return (domainName === undefined) === (certificateArn === undefined)
    ? []
    : ['revocation: must set both domainName and certificateArn, or neither'];
}

function oneTopic({ alarmTopicArn, alarmEmails }: Compared): readonly string[] {
  return alarmTopicArn === undefined || alarmEmails.length === 0
    ? []
    : ['alarmEmails: must be empty where alarmTopicArn is set: subscribe the addresses to that topic'];
}
