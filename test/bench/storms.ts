import { readSettings } from '../../infra/settings/settings.ts';
import { DAY, MINUTE } from '../../shared/domain/duration.ts';
import { columns, type Figure } from './figures.ts';
import { enrollmentStorm, type Fleet, type Service } from './storms/enrollment.ts';
import { curlPatience, scriptPatience } from './storms/patience.ts';
import { CRON, type RenewalStorm, renewalStorm, TIMERS } from './storms/renewal.ts';
import { readWaitPlan } from './storms/wait-plan.ts';

/*
 * Storms of 100,000 hosts, in virtual time, against the limits that a deployment has by default. What is simulated is not
 * the service's work but what decides whether a storm ends well: the code that computes renewal windows, the waits of the
 * scripts, the gateway's throttle and the quota of KMS. The figures are counts, the same in every run, and have limits.
 */

const HOSTS = 100_000;

const { throttle, quotas } = readSettings({ authority: 'fleet' });
const DEFAULTS: Service = { throttle, ...quotas, concurrency: 1000 };
/** As the first version throttled. */
const FIRST: Service = { ...DEFAULTS, throttle: { ratePerSecond: 100, burst: 200 } };

const SCRIPTS = scriptPatience(readWaitPlan());
const CURL = curlPatience(5);

interface EnrollmentCase extends Pick<Fleet, 'patience' | 'waves' | 'startDelay'> {
  readonly name: string;
  readonly service: Service;
  /** Whether hosts may give up: a contrast. @default false */
  readonly contrast?: true;
}

const ENROLLMENTS: readonly EnrollmentCase[] = [
  { name: 'scripts, evenly', service: DEFAULTS, patience: SCRIPTS, startDelay: 0 },
  { name: 'scripts, a wave each minute', service: DEFAULTS, patience: SCRIPTS, startDelay: 0, waves: 10 },
  { name: 'scripts, all at once', service: DEFAULTS, patience: SCRIPTS, startDelay: 0, waves: 1 },
  {
    name: 'scripts, all at once, start delay 300 s',
    service: DEFAULTS,
    patience: SCRIPTS,
    startDelay: 300,
    waves: 1,
  },
  {
    name: 'curl --retry 5, a wave each minute',
    service: DEFAULTS,
    patience: CURL,
    startDelay: 0,
    waves: 10,
    contrast: true,
  },
  {
    name: 'curl --retry 5, all at once',
    service: DEFAULTS,
    patience: CURL,
    startDelay: 0,
    waves: 1,
    contrast: true,
  },
  {
    name: 'curl --retry 5, evenly, throttle 100/s',
    service: FIRST,
    patience: CURL,
    startDelay: 0,
    contrast: true,
  },
];

interface RenewalCase extends Omit<RenewalStorm, 'hosts'> {
  readonly name: string;
  /** Whether the quota may be exceeded: a contrast. @default false */
  readonly contrast?: true;
}

const MONTH = 30 * DAY;

const RENEWALS: readonly RenewalCase[] = [
  { name: '30 days, timers', lifeSeconds: MONTH, habits: TIMERS },
  { name: '30 days, the same cron line on all hosts', lifeSeconds: MONTH, habits: CRON },
  { name: '1 day, timers', lifeSeconds: DAY, habits: TIMERS },
  { name: '1 day, the same cron line on all hosts', lifeSeconds: DAY, habits: CRON, contrast: true },
  {
    name: 'replaced within a day, timers',
    lifeSeconds: MONTH,
    habits: TIMERS,
    event: { after: 5 * DAY, within: DAY },
  },
  {
    name: 'replaced within a day, the same cron line',
    lifeSeconds: MONTH,
    habits: CRON,
    event: { after: 5 * DAY, within: DAY },
  },
  {
    name: 'issuer compromised, timers',
    lifeSeconds: MONTH,
    habits: TIMERS,
    event: { after: 5 * DAY, within: 'compromise' },
  },
];

/** Runs the storms, prints a table of each kind, and returns what has limits. */
export function stormFigures(): readonly Figure[] {
  return [...enrollments(), ...renewals()];
}

function enrollments(): readonly Figure[] {
  const results = ENROLLMENTS.map((one) => ({
    ...one,
    result: enrollmentStorm(one.service, { ...one, hosts: HOSTS, within: 10 * MINUTE }),
  }));
  const head = [
    '100,000 hosts enroll in 10 minutes',
    'gave up',
    'last after s',
    'requests',
    '429',
    'peak signatures/s',
  ];
  const rows = results.map(({ name, result }) => [
    name,
    ...[
      result.gaveUp,
      Math.round(result.lasted),
      result.requests,
      result.throttled,
      result.peakSignatures,
    ].map(String),
  ]);
  console.log(`${columns([head, ...rows])}\n`);
  return results.map(({ name, contrast, result }) => ({
    name: `enrollment storm, ${name}: gave up`,
    value: result.gaveUp,
    unit: 'hosts',
    ...(contrast ? {} : { limit: 0 }),
  }));
}

function renewals(): readonly Figure[] {
  const results = RENEWALS.map((one) => ({ ...one, result: renewalStorm({ ...one, hosts: HOSTS }) }));
  const quota = quotas.kmsSignaturesPerSecond;
  const head = [
    '100,000 certificates of one hour',
    'late',
    'busiest second',
    'busiest minute',
    'quota',
    'over hours',
  ];
  const rows = results.map(({ name, result }) => [
    name,
    ...[
      result.late,
      result.busiestSecond,
      result.busiestMinute,
      `${60 * quota}/min`,
      Math.round(result.hours),
    ].map(String),
  ]);
  console.log(`${columns([head, ...rows])}\n`);
  return results.flatMap(({ name, contrast, result }): readonly Figure[] => [
    {
      name: `renewal storm, ${name}: busiest minute`,
      value: result.busiestMinute,
      unit: 'signatures',
      ...(contrast ? {} : { limit: 60 * quota }),
    },
    { name: `renewal storm, ${name}: late`, value: result.late, unit: 'hosts', limit: 0 },
  ]);
}
