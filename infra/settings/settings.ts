import * as z from 'zod/mini';
import { parseDnsName } from '../../shared/domain/dns-name.ts';
import { parseTrustDomain, TRUST_DOMAIN_RULE } from '../../shared/domain/trust-domain.ts';
import { didYouMean } from '../../shared/errors/did-you-mean.ts';
import { additionalRoots } from './additional-roots.ts';
import { API } from './api.ts';
import { ARCHIVE } from './archive.ts';
import { CODE_SIGNING } from './code-signing.ts';
import { contradictions } from './contradictions.ts';
import { ENCRYPTION } from './encryption.ts';
import { FLEET_CONNECTOR } from './fleet-connector.ts';
import { NETWORK } from './network.ts';
import { REGIONS } from './regions.ts';
import { RENEWAL } from './renewal.ts';
import { RESTORED_LEDGER } from './restored-ledger.ts';
import { REVOCATION } from './revocation.ts';
import { KEY_SPEC, lifetime, ROOT, SUCCESSOR_ROOT } from './roots.ts';
import { about, namesAt, whole } from './setting.ts';
import { RECOVERY_PERIOD_DAYS, WARM_THROUGHPUT } from './table.ts';
import { TAGS } from './tags.ts';
import { THROTTLE } from './throttle.ts';
import { TOPIC_ARN } from './topic-arn.ts';
import { TRACING } from './tracing.ts';

export { COLD_TABLE } from './table.ts';
export { signingRates } from './throttle.ts';

const ROLE_ARN = z
  .string()
  .check(z.regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'must be the ARN of an IAM role'));

/** AWS Lambda developer guide, "Configuring reserved concurrency". */
const UNRESERVED =
  ": AWS Lambda requires that 100 of an account's 1,000 concurrent executions stay unreserved";

const ISSUER = z.strictObject({
  id: about(
    '`issuer-` and a number, as in `issuer-3`.',
    z.string().check(z.regex(/^issuer-[1-9]\d{0,2}$/, 'must be "issuer-" and a number, as in "issuer-3"')),
  ),
  keySpec: about(
    'Elastic Defend before 9.1 needs RSA. Choose before the issuer is deployed: KMS cannot change the spec of a key.',
    z._default(KEY_SPEC, 'RSA_3072'),
  ),
  lifetimeYears: lifetime(1, 20, 5),
});

const DNS_SUFFIX = z
  .string()
  .check(
    z.refine(
      (text) => parseDnsName(text) === text,
      'must be a lower-case DNS suffix without a leading dot or wildcard, as in "example.com"',
    ),
  );

const TRUST_DOMAIN = z
  .string()
  .check(z.refine((text) => parseTrustDomain(text) !== undefined, `must be ${TRUST_DOMAIN_RULE}`));

/** CloudWatch Logs API reference, PutRetentionPolicy; for 9999, CDK sets none. */
const RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
  9999,
];

/**
 * Everything that a deployment may set: the ONE table, from which `npm run docs` writes docs/settings.md. It stands in a
 * file (settings-file.ts). All but the authority's name is optional.
 */
export const SETTINGS = z.strictObject({
  authority: about(
    'Name of the authority, used in the names of its CAs and stacks. 1 to 32 lower-case letters, digits and hyphens, with no hyphen at either end. Another name is another authority, with keys and stacks of its own: never change it.',
    z
      .string('must be set, to the name of the authority that this deployment creates or updates')
      .check(
        z.regex(
          /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/,
          'must be 1 to 32 lower-case letters, digits and hyphens, with no hyphen at either end',
        ),
      ),
  ),
  trustDomain: about(
    "Trust domain of every identity, `spiffe://<trustDomain>/<profile>/<name>`; default: the authority's name. At most 255 lower-case letters, digits, `-`, `_` and `.`; preferably a DNS name that you own. Choose it before the first deployment: it cannot change.",
    z.optional(TRUST_DOMAIN),
  ),
  otherAuthorities: about(
    'Whether the account and Region may hold another authority when this one is deployed first. `refuse`: that deployment fails before it makes a key, because a mistyped `authority` would make a second PKI. `accept`: for several environments in one account.',
    z._default(z.enum(['refuse', 'accept'], 'must be "refuse" or "accept"'), 'refuse'),
  ),
  root: about('The root CA.', ROOT),
  successorRoots: about(
    'Roots that follow the first, for a rollover, of the same kind: one in KMS has a key of its own and is certified with `POST /v1/roots/{id}/certify`; an external one is in the trust bundle from its deployment on. Append; never remove one that is not retired.',
    z._default(z.array(SUCCESSOR_ROOT).check(z.maxLength(9, 'must hold at most 9 roots')), []),
  ),
  rootAdoptionPercent: about(
    'How many of 100 live certificates must have a successor root in the trust bundle of their host before the root can be activated.',
    z._default(whole(0, 100), 99),
  ),
  issuers: about(
    'The slots of issuing CAs, 1 to 60: the first is activated, the others are for rollovers. Append; never remove or reorder. Each must have a shorter lifetime than the root; below an external root, its CA decides how long.',
    z._default(
      z.array(ISSUER).check(
        z.minLength(1, 'must hold at least one issuer'),
        // A policy that names all CA keys has to fit into what IAM takes for a role (test/infra/policy-sizes.test.ts).
        z.maxLength(60, 'must hold at most 60 issuers'),
      ),
      [
        { id: 'issuer-1', keySpec: 'RSA_3072', lifetimeYears: 5 },
        { id: 'issuer-2', keySpec: 'RSA_3072', lifetimeYears: 5 },
      ],
    ),
  ),
  nameConstraints: about(
    'Names that issuers may certify (RFC 5280 section 4.2.1.10, critical); default: any name. Choose before the first deployment: they are part of the issuer certificates, and a deployment that changes them is refused.',
    z._default(
      z.strictObject({
        permittedDns: about(
          'DNS suffixes, in lower case: `example.com` permits itself and everything below it. Every certificate then needs a DNS name or a CN at or below one of them, such as `web-01.example.com`, because Java treats a CN as a DNS name. Without `permittedIp`, no IP address is permitted.',
          z._default(z.array(DNS_SUFFIX), []),
        ),
        permittedIp: about(
          'Networks in CIDR form, such as `203.0.113.0/24`, with host bits zero and not of IPv4-mapped addresses. They do not limit DNS names: set `permittedDns` too to limit both.',
          z._default(z.array(NETWORK), []),
        ),
      }),
      { permittedDns: [], permittedIp: [] },
    ),
  ),
  additionalRoots: about(
    'PEM certificates of old root CAs that the trust bundle includes during a migration, one in each string; at most 32768 characters in total. They must be valid now. A deployment adds those that are new and removes those that it no longer names. `POST /v1/roots` adds others without a deployment.',
    z._default(
      additionalRoots(() => new Date()),
      [],
    ),
  ),
  keyAdministration: about(
    "The roles that administer the CA keys; none of them can sign. Set both kinds or neither; default: every principal that the account's IAM policies allow to.",
    z._default(
      z.strictObject({
        deployerRoleArns: about(
          "Roles that deploy. They must include the role that CloudFormation assumes (with CDK's bootstrap, `cdk-hnb659fds-cfn-exec-role-<account>-<region>`): KMS refuses to create a key that its creator could not administer.",
          z._default(z.array(ROLE_ARN), []),
        ),
        breakGlassRoleArns: about(
          'Roles for emergencies: they may also disable keys and cancel a deletion.',
          z._default(z.array(ROLE_ARN), []),
        ),
      }),
      { deployerRoleArns: [], breakGlassRoleArns: [] },
    ),
  ),
  codeSigning: CODE_SIGNING,
  encryption: ENCRYPTION,
  tags: TAGS,
  tracing: TRACING,
  revocation: REVOCATION,
  renewal: RENEWAL,
  fleetConnector: FLEET_CONNECTOR,
  archive: ARCHIVE,
  recoveryPeriodDays: RECOVERY_PERIOD_DAYS,
  restoredLedger: RESTORED_LEDGER,
  regions: REGIONS,
  logRetentionDays: about(
    `Days that logs are kept; one of CloudWatch Logs' values: ${RETENTION.join(', ')} (which is for ever).`,
    z._default(
      z
        .number()
        .check(z.refine((days) => RETENTION.includes(days), `must be one of ${RETENTION.join(', ')}`)),
      400,
    ),
  ),
  sweepIntervalMinutes: about('Minutes between two runs of the sweeper.', z._default(whole(1, 60), 5)),
  enrollConcurrency: about(
    "The most concurrent enrollments: a hard limit on the rate of signatures. This concurrency is reserved: 100 of the account's concurrent executions (1,000 unless raised, far fewer in a new account) must stay unreserved, or the deployment fails.",
    z.optional(whole(1, 900, UNRESERVED)),
  ),
  alarmTopicArn: about(
    'ARN of the SNS topic that alarms notify, in the same Region; default: a topic of this deployment, `fleetseal-<authority>-alarms` (output `AlarmTopicArn`), which is deleted when you set this. The policy of yours must allow `cloudwatch.amazonaws.com` and, for `monthlyBudgetDollars`, `budgets.amazonaws.com` to publish.',
    z.optional(TOPIC_ARN),
  ),
  alarmEmails: about(
    'Addresses that alarms are mailed to, through the topic of this deployment: each must confirm the mail that SNS sends. Not with `alarmTopicArn`.',
    z._default(
      z.array(z.email('must be an e-mail address')).check(z.maxLength(20, 'must hold at most 20 addresses')),
      [],
    ),
  ),
  eventArchiveDays: about(
    'Days that an archive of EventBridge keeps the events of this deployment, to be replayed; default: no archive. It is deleted with the stack of the keys.',
    z.optional(whole(1, 3650)),
  ),
  certificateEvents: about(
    'Which events about certificates are published: `revoked`, or `all`, which has an event for each issued and each renewed certificate too and costs about 1.20 dollars per million of them.',
    z._default(z.enum(['revoked', 'all'], 'must be "revoked" or "all"'), 'revoked'),
  ),
  monthlyBudgetDollars: about(
    'What the AWS account may cost a month, in US dollars: the topic of the alarms is notified when more was spent, or will be; default: no budget.',
    z.optional(whole(1, 10_000_000)),
  ),
  api: API,
  throttle: THROTTLE,
  quotas: about(
    'Quotas of the AWS account, as Service Quotas shows them for this Region.',
    z._default(
      z.strictObject({
        kmsSignaturesPerSecond: about(
          "Cryptographic operations per second with keys of the issuers' family (RSA or ECC); all keys of the family in the account share them. A mass replacement may use half.",
          z._default(whole(1, 100_000), 500),
        ),
      }),
      { kmsSignaturesPerSecond: 500 },
    ),
  ),
  warmThroughput: WARM_THROUGHPUT,
  apiGatewayLogsRole: about(
    'API Gateway writes access logs with one role for the whole account and Region. `create`: this deployment sets it, and leaves it when the stack is deleted; `existing`: it is already set.',
    z._default(z.enum(['create', 'existing'], 'must be "create" or "existing"'), 'create'),
  ),
});

/** @see SETTINGS */
export type Settings = z.infer<typeof SETTINGS> & { readonly trustDomain: string };

/**
 * Checks settings and fills in the defaults.
 *
 * @throws SettingsError that lists every wrong setting, with the rule that it breaks.
 */
export function readSettings(given: unknown): Settings {
  const { settings, problems } = checkSettings(given);
  if (settings === undefined || problems.length > 0)
    throw new SettingsError(
      `the settings of this deployment are wrong:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    );
  return settings;
}

/** A line for each rule that these settings break, beginning with the path of the setting. */
export function settingsProblems(given: unknown): readonly string[] {
  return checkSettings(given).problems;
}

function checkSettings(given: unknown) {
  const { data, error } = SETTINGS.safeParse(given);
  const issues = error?.issues ?? [];
  const wrong = new Set(issues.flatMap(topLevel));
  // Rules that read the authority are left out where it is wrong or missing: any name stands in for it.
  const valid = data ?? SETTINGS.safeParse({ authority: 'unknown', ...without(given, wrong) }).data;
  const settings = valid && { ...valid, trustDomain: valid.trustDomain ?? valid.authority };
  return {
    settings,
    problems: [...issues.flatMap(describe), ...(settings ? contradictions(settings, wrong) : [])],
  };
}

/** The settings that an issue is about, or in; none where all of them are not an object. */
function topLevel(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  if (issue.path.length === 0) return issue.code === 'unrecognized_keys' ? issue.keys : [];
  return issue.path.slice(0, 1);
}

/** What is left of the given settings, for the rules that concern more than one. */
function without(given: unknown, wrong: ReadonlySet<PropertyKey>): object {
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name)));
}

/** The settings are wrong. The message is complete: print it without the stack trace. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

function describe(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      (key) =>
        `${[...issue.path, key].join('.')}: unknown setting${didYouMean(key, namesAt(SETTINGS, issue.path))}`,
    );
  return [path === '' ? 'settings: must be an object' : `${path}: ${issue.message}`];
}
