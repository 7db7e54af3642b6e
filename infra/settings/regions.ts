import * as z from 'zod/mini';
import type { DeclaredRegions } from '../../shared/domain/declaration.ts';
import { API, type ApiSettings } from './api.ts';
import { CODE_SIGNING } from './code-signing.ts';
import { ENCRYPTION } from './encryption.ts';
import { FLEET_CONNECTOR } from './fleet-connector.ts';
import { about } from './setting.ts';
import { TOPIC_ARN } from './topic-arn.ts';

/*
 * Two Regions: the primary one has the keys, the standby one replicas of them and of the table. One of them is active: it
 * alone writes and signs (docs/decisions/0047-two-regions.md).
 */

/** As in `eu-central-1` or `ap-southeast-2`. */
const REGION = z
  .string()
  .check(z.regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be the name of a Region, as in "eu-central-1"'));

const WHICH = z.enum(['primary', 'standby'], 'must be "primary" or "standby"');

/** The settings that name something of one Region, which the other one has to replace. */
const REGIONAL = z.strictObject({
  alarmTopicArn: z.optional(TOPIC_ARN),
  api: API,
  codeSigning: CODE_SIGNING,
  encryption: ENCRYPTION,
  fleetConnector: FLEET_CONNECTOR,
});

const NAMES = ['alarmTopicArn', 'api', 'codeSigning', 'encryption', 'fleetConnector'] as const;

/** The settings of {@link REGIONAL}, read. */
type Regional = Readonly<z.infer<typeof REGIONAL>>;

const replaced = (name: string) =>
  about(`The setting \`${name}\` in the standby Region, whole.`, z.optional(z.unknown()));

/** The setting `regions`. */
export const REGIONS = about(
  'Two Regions, so that the authority outlives the failure of one: multi-Region keys, a global table, and two stacks more in the standby Region. Only the active Region issues; docs/recovery.md says how to change it. Needs `revocation.domainName`, and `api.domainName` unless the API is private; default: one Region, that of the deployment. Choose before the first deployment: KMS cannot turn a key into a multi-Region key.',
  z.optional(
    z.strictObject({
      primary: about('The Region that has the keys.', REGION),
      standby: about('The Region that has replicas of the keys and of the table.', REGION),
      active: about(
        'Which of them issues, renews, revokes and publishes. A deployment that changes it moves the work (docs/recovery.md, "A Region fails").',
        z._default(WHICH, 'primary'),
      ),
      revocationData: about(
        'Which of them serves the revocation data at `revocation.domainName`. Change it after the name was moved by a command: CloudFront refuses a name that another distribution has (docs/recovery.md, "A Region fails").',
        z._default(WHICH, 'primary'),
      ),
      inStandby: about(
        'Settings that the standby Region has in place of those above, because what they name is of one Region.',
        z._default(
          z.strictObject({
            alarmTopicArn: about('The setting `alarmTopicArn` in the standby Region.', z.optional(TOPIC_ARN)),
            api: replaced('api'),
            codeSigning: replaced('codeSigning'),
            encryption: replaced('encryption'),
            fleetConnector: replaced('fleetConnector'),
          }),
          {},
        ),
      ),
    }),
  ),
);

type Regions = z.infer<typeof REGIONS>;

/** Where two stacks are: in one of two Regions, given by name. */
export interface Placement extends DeclaredRegions {
  readonly here: 'primary' | 'standby';
  /** Whether the distribution here has the name of the revocation data. */
  readonly servesRevocationData: boolean;
}

/** The place of the stacks of either Region. @returns undefined with one Region */
export function placementIn(here: Placement['here'], regions: Regions): Placement | undefined {
  if (regions === undefined) return undefined;
  const { primary, standby, active, revocationData } = regions;
  return { primary, standby, active: regions[active], here, servesRevocationData: revocationData === here };
}

/** Whether stacks may write and sign, as far as the settings say; those of an authority in one Region always do. */
export function isActive(placement: Placement | undefined): boolean {
  return placement === undefined || placement[placement.here] === placement.active;
}

/** The settings of the standby Region. The account has one budget, in the primary one. */
export function settingsInStandby<
  Whole extends Regional & { readonly regions?: Regions; readonly monthlyBudgetDollars?: number | undefined },
>(settings: Whole): Whole {
  const { inStandby = {} } = settings.regions ?? {};
  const own = NAMES.flatMap((name) =>
    inStandby[name] === undefined ? [] : [[name, REGIONAL.shape[name].parse(inStandby[name])] as const],
  );
  return { ...settings, monthlyBudgetDollars: undefined, ...Object.fromEntries(own) };
}

interface RootCustody {
  readonly kind: string;
  readonly disabledBetweenUses?: boolean;
}

/** What {@link regionProblems} compares. */
export interface RegionalSettings extends Regional {
  readonly regions?: Regions;
  readonly root: RootCustody;
  readonly successorRoots: readonly RootCustody[];
  readonly revocation: { readonly domainName?: string | undefined };
  readonly archive?: object | undefined;
}

/** A line for each rule of two Regions that these settings violate. @param check finds what is wrong with those of the standby */
export function regionProblems<Whole extends RegionalSettings>(
  settings: Whole,
  check: (inStandby: Whole) => readonly string[],
): readonly string[] {
  const { regions, revocation, api, root, successorRoots } = settings;
  if (regions === undefined) return [];
  const { primary, standby, inStandby } = regions;
  const wrong = NAMES.flatMap((name) => {
    const issues =
      inStandby[name] === undefined
        ? []
        : (REGIONAL.shape[name].safeParse(inStandby[name]).error?.issues ?? []);
    return issues.map(({ path, message }) => `${['regions.inStandby', name, ...path].join('.')}: ${message}`);
  });
  const rules: readonly (readonly [boolean, string])[] = [
    [primary === standby, `regions.standby: must be another Region than primary, ${primary}`],
    [
      revocation.domainName === undefined,
      'regions: needs revocation.domainName, because certificates contain one address of the revocation data, and each Region has a distribution of its own',
    ],
    [
      [root, ...successorRoots].some(({ disabledBetweenUses = false }) => disabledBetweenUses),
      'regions: the key of a root cannot be disabledBetweenUses, because the passive Region would keep its replica enabled; set it to false, or leave out regions',
    ],
    [
      publishesTrustStore(api),
      'regions: api.mutualTls needs a trustStoreUri in each Region, because the passive one publishes no trust store',
    ],
    [
      settings.archive !== undefined,
      'archive: cannot be set with regions, because its bucket is in one Region, and the other one would not find what is in it; leave out archive, or regions',
    ],
    [
      !hasLastingName(api),
      'regions: needs api.domainName, because hosts keep the address that they enrolled at, and each Region has an API of its own',
    ],
  ];
  const broken = rules.flatMap(([is, message]) => (is ? [message] : []));
  if (wrong.length > 0) return [...broken, ...wrong];
  const there = settingsInStandby(settings);
  const [own, other] = [settings, there].map(({ encryption }) => encryption.tableKeyArn === undefined);
  return [
    ...broken,
    ...elsewhere(settings, primary).map(
      ({ path, region }) => `${path}: is of ${region}, and must be of the primary Region, ${primary}`,
    ),
    ...elsewhere(there, standby).map(
      ({ name, path, region }) =>
        `regions.inStandby.${name}: ${path} is of ${region}; set ${name} for the standby Region, ${standby}, too`,
    ),
    ...(isPrivate(api) && inStandby.api === undefined
      ? [
          `regions.inStandby.api: api.vpcEndpointIds are of ${primary}; set api for the standby Region, ${standby}, too`,
        ]
      : []),
    ...(inStandby.api !== undefined && publishesTrustStore(there.api)
      ? ['regions.inStandby.api: mutualTls needs a trustStoreUri there too']
      : []),
    ...(own === other
      ? []
      : [
          'regions.inStandby.encryption: must set tableKeyArn in both Regions, or in neither: one table has one kind of key',
        ]),
    ...check(there).map((problem) => `regions.inStandby.${problem}`),
  ];
}

function publishesTrustStore({ mutualTls }: ApiSettings): boolean {
  return mutualTls !== undefined && mutualTls.trustStoreUri === undefined;
}

function hasLastingName(api: ApiSettings): boolean {
  return api.domainName !== undefined || isPrivate(api);
}

function isPrivate(api: ApiSettings): boolean {
  return api.vpcEndpointIds.length > 0;
}

/** The ARNs in regional settings that are of another Region. */
function elsewhere(settings: Regional, region: string) {
  return NAMES.flatMap((name) => arnsIn(name, settings[name]).map((arn) => ({ name, ...arn }))).filter(
    (arn) => arn.region !== region,
  );
}

function arnsIn(path: string, value: unknown): readonly { readonly path: string; readonly region: string }[] {
  if (typeof value === 'string') {
    const [, region] = /^arn:[^:]+:[^:]+:([a-z0-9-]+):/.exec(value) ?? [];
    return region === undefined ? [] : [{ path, region }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => arnsIn(`${path}.${key}`, inner));
}
