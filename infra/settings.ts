import { readFileSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import ipaddr from 'ipaddr.js';
import * as z from 'zod/mini';
import { CA_KEY_SPECS } from '../shared/domain/authority.ts';
import { parseDnsName } from '../shared/domain/dns-name.ts';
import { parseCidr } from '../shared/domain/ip-address.ts';
import { parseTrustDomain, TRUST_DOMAIN_RULE } from '../shared/domain/trust-domain.ts';
import { additionalRoots } from './additional-roots.ts';

const ROLE_ARN = z
  .string()
  .check(z.regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'must be the ARN of an IAM role'));

const KEY_SPEC = z.enum(CA_KEY_SPECS, `must be one of ${CA_KEY_SPECS.join(', ')}`);

const whole = (min: number, max: number, reason = '') => {
  const rule = `must be a whole number from ${min} to ${max}${reason}`;
  return z.int(rule).check(z.gte(min, rule), z.lte(max, rule));
};

/** AWS Lambda developer guide, "Configuring reserved concurrency". */
const UNRESERVED =
  ": AWS Lambda keeps 100 of an account's 1,000 concurrent executions for functions that reserve none";

/** Says what a setting is, for the table in docs/settings.md. */
function about<Schema extends z.ZodMiniType>(description: string, schema: Schema): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}

const lifetime = (min: number, max: number, years: number) =>
  about(
    'Years. They count when the CA is certified: changed later, they change nothing for it.',
    z._default(whole(min, max), years),
  );

const ISSUER = z.strictObject({
  id: about(
    '`issuer-` and a number, as in `issuer-3`.',
    z.string().check(z.regex(/^issuer-[1-9]\d{0,2}$/, 'must be "issuer-" and a number, as in "issuer-3"')),
  ),
  keySpec: about('Elastic Defend before 9.1 needs RSA.', z._default(KEY_SPEC, 'RSA_3072')),
  lifetimeYears: lifetime(1, 20, 5),
});

/** What an issuer would refuse to be certified with, when the deployment is under way already. */
const NETWORK = z.string().check((payload) => {
  const isNetwork = payload.value.includes('/') && parseCidr(payload.value) !== undefined;
  if (!isNetwork)
    payload.issues.push({ code: 'custom', message: networkRule(payload.value), input: payload.value });
});

/** The rule that a text breaks which is not a network. */
function networkRule(text: string): string {
  const form = 'must be a network in CIDR form, as in "203.0.113.0/24"';
  if (!z.union([z.cidrv4(), z.cidrv6()]).safeParse(text).success) return form;
  const [address, prefix] = ipaddr.parseCIDR(text);
  const family = address instanceof ipaddr.IPv4 ? ipaddr.IPv4 : ipaddr.IPv6;
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
    return `must not be a network of IPv4-mapped addresses, in which no certificate's address lies: write the IPv4 network, as in "${address.toIPv4Address()}/${Math.max(0, prefix - 96)}"`;
  const network = family.networkAddressFromCIDR(text);
  return `must have no bits set behind the first ${prefix}: "${network}/${prefix}" is the network that holds it`;
}

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

const RETENTION = Object.values(RetentionDays).filter((days): days is number => typeof days === 'number');

/**
 * Everything that a deployment may set: the ONE table, from which `npm run docs` writes docs/settings.md. All of it may
 * be left out.
 *
 * Give it as the CDK context value `fleetseal`: an object in cdk.json, or `-c fleetseal=<path of a JSON file>`.
 */
export const SETTINGS = z.strictObject({
  authority: about(
    'Name of the authority: part of the names of its CAs and stacks. 1 to 32 lower-case letters, digits and hyphens, with no hyphen at either end. Never change it.',
    z._default(
      z
        .string()
        .check(
          z.regex(
            /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/,
            'must be 1 to 32 lower-case letters, digits and hyphens, with no hyphen at either end',
          ),
        ),
      'fleet',
    ),
  ),
  trustDomain: about(
    "Trust domain of every identity, `spiffe://<trustDomain>/<profile>/<name>`; default: the authority's name. Lower-case letters, digits, `-`, `_` and `.`, at most 255, best a DNS name of yours. Choose before the first deployment: it never changes.",
    z.optional(TRUST_DOMAIN),
  ),
  root: about(
    'The root CA.',
    z._default(
      z.strictObject({
        keySpec: about(
          'It counts when the root is certified: changed later, it changes nothing.',
          z._default(KEY_SPEC, 'RSA_4096'),
        ),
        lifetimeYears: lifetime(2, 30, 20),
      }),
      { keySpec: 'RSA_4096', lifetimeYears: 20 },
    ),
  ),
  issuers: about(
    'The slots of issuing CAs, 1 to 100: the first is activated, the others wait for a rollover. Append, never remove or reorder. Each must live shorter than the root.',
    z._default(
      z
        .array(ISSUER)
        .check(z.minLength(1, 'must hold at least one issuer'), z.maxLength(100, 'must be 100 at most')),
      [
        { id: 'issuer-1', keySpec: 'RSA_3072', lifetimeYears: 5 },
        { id: 'issuer-2', keySpec: 'RSA_3072', lifetimeYears: 5 },
      ],
    ),
  ),
  nameConstraints: about(
    'Names that issuers may certify (RFC 5280 section 4.2.1.10, critical); none: any name. Choose before the first deployment: an issuer keeps what it was certified with, and a deployment that says otherwise is refused.',
    z._default(
      z.strictObject({
        permittedDns: about(
          'DNS suffixes, in lower case: `example.com` permits itself and everything below it. Every certificate then needs a DNS name or a name (its CN) at or below one, as in `web-01.example.com`, since Java takes a CN for a DNS name; and without `permittedIp` no IP address is permitted.',
          z._default(z.array(DNS_SUFFIX), []),
        ),
        permittedIp: about(
          'Networks in CIDR form, as in `203.0.113.0/24`: host bits zero, none of IPv4-mapped addresses. Networks alone leave DNS names unlimited: name both kinds to limit both.',
          z._default(z.array(NETWORK), []),
        ),
      }),
      { permittedDns: [], permittedIp: [] },
    ),
  ),
  additionalRoots: about(
    'PEM certificates of old CAs that the trust bundle carries during a migration, one in each string: roots that are valid now. 3500 characters in all, less where there are many issuers: both are environment variables of functions.',
    z._default(
      additionalRoots(() => new Date()),
      [],
    ),
  ),
  keyAdministration: about(
    "Who administers the CA keys; none of them can sign. Name both kinds or none; none: whom the account's IAM policies allow.",
    z._default(
      z.strictObject({
        deployerRoleArns: about(
          "Roles that deploy: the one that CloudFormation acts as must be here (with CDK's bootstrap `cdk-hnb659fds-cfn-exec-role-<account>-<region>`), else KMS refuses to create keys that their maker could not administer.",
          z._default(z.array(ROLE_ARN), []),
        ),
        breakGlassRoleArns: about(
          'Roles for emergencies: may also disable keys and call off a deletion.',
          z._default(z.array(ROLE_ARN), []),
        ),
      }),
      { deployerRoleArns: [], breakGlassRoleArns: [] },
    ),
  ),
  logRetentionDays: about(
    `Days that logs are kept; a value that CloudWatch Logs knows: ${RETENTION.join(', ')}.`,
    z._default(
      z
        .number()
        .check(z.refine((days) => RETENTION.includes(days), `must be one of ${RETENTION.join(', ')}`)),
      RetentionDays.THIRTEEN_MONTHS,
    ),
  ),
  sweepIntervalMinutes: about('Minutes between two runs of the sweeper.', z._default(whole(1, 60), 5)),
  enrollConcurrency: about(
    "Concurrent enrollments at most: a hard cap on signatures. It is reserved: AWS keeps 100 of an account's concurrent executions (1,000 unless raised, and far fewer in a new account) for functions that reserve none, and a deployment that asks for more fails.",
    z.optional(whole(1, 900, UNRESERVED)),
  ),
  alarmTopicArn: about(
    'SNS topic that alarms notify, by its ARN; none: alarms ring in CloudWatch alone.',
    z.optional(
      z
        .string()
        .check(
          z.regex(
            /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(?:\.fifo)?$/,
            'must be the ARN of an SNS topic',
          ),
        ),
    ),
  ),
  throttle: about(
    'Requests that API Gateway lets through, over all callers; above it 429. Name both or none.',
    z._default(
      z.strictObject({
        ratePerSecond: about('Requests a second.', whole(1, 10_000)),
        burst: about('Requests at once.', whole(1, 5000)),
      }),
      { ratePerSecond: 100, burst: 200 },
    ),
  ),
  apiGatewayLogsRole: about(
    'API Gateway writes access logs through one role of the whole account and Region. `create` sets it (and leaves it when the stack goes); `existing`: it is set already.',
    z._default(z.enum(['create', 'existing'], 'must be "create" or "existing"'), 'create'),
  ),
});

/** @see SETTINGS */
export type Settings = z.infer<typeof SETTINGS> & { readonly trustDomain: string };

/**
 * Lambda allows 4 KB of environment variables in all (AWS Lambda developer guide, quotas): the additional roots may have
 * so much, and so much together with the ids of the issuers. What is left is for the other variables and all names.
 */
const ENVIRONMENT = { additionalRoots: 3500, withIssuers: 3700 } as const;

/**
 * Reads the settings from the CDK context value `fleetseal`: undefined (all defaults), an object, or the path of a JSON
 * file.
 *
 * @throws SettingsError that lists every setting that is wrong, and how it should be.
 */
export function readSettings(context: unknown): Settings {
  const given = typeof context === 'string' ? readJson(context) : (context ?? {});
  const parsed = SETTINGS.safeParse(given);
  const settings = parsed.data && {
    ...parsed.data,
    trustDomain: parsed.data.trustDomain ?? parsed.data.authority,
  };
  const problems = settings ? contradictions(settings) : (parsed.error?.issues ?? []).map(describe);
  if (settings === undefined || problems.length > 0)
    throw new SettingsError(
      `the settings of this deployment are wrong:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    );
  return settings;
}

/** The settings are wrong. Its message says all that the reader needs: no stack trace, please. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const missing =
      code === 'ENOENT' ? 'there is no such file. One that holds {} takes all defaults' : message;
    throw new SettingsError(`the settings of this deployment cannot be read from ${file}: ${missing}`, {
      cause,
    });
  }
}

/** What no field alone can tell. */
function contradictions(settings: Settings): readonly string[] {
  const ids = settings.issuers.map(({ id }) => id);
  const problems: string[] = [];
  if (parseTrustDomain(settings.trustDomain) === undefined)
    problems.push(
      `trustDomain: is the authority's name by default, and "${settings.authority}" cannot be one, since a name of digits only reads as an IP address. Set trustDomain, as in "${settings.authority}.example.com"`,
    );
  if (new Set(ids).size < ids.length) problems.push('issuers: every id must be there once');
  for (const [index, issuer] of settings.issuers.entries())
    if (issuer.lifetimeYears >= settings.root.lifetimeYears)
      problems.push(
        `issuers.${index}.lifetimeYears: must be less than the root's ${settings.root.lifetimeYears}`,
      );
  const { deployerRoleArns, breakGlassRoleArns } = settings.keyAdministration;
  if ((deployerRoleArns.length === 0) !== (breakGlassRoleArns.length === 0))
    problems.push('keyAdministration: must name deployers and break-glass roles, or neither');
  const roots = settings.additionalRoots.join('').length;
  const most = Math.min(ENVIRONMENT.additionalRoots, ENVIRONMENT.withIssuers - ids.join(',').length);
  if (roots > most)
    problems.push(
      `additionalRoots: must be ${most} characters at most in all (about 2 RSA or 4 EC certificates) and are ${roots}: functions read them from their environment, for which AWS Lambda has 4 KB. Keep the roots that hosts still need, without text before them`,
    );
  return problems;
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return `${[...issue.path, issue.keys.join(', ')].join('.')}: no such setting`;
  return path === '' ? 'settings: must be an object' : `${path}: ${issue.message}`;
}
