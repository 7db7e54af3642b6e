import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FleetRecord } from '../../docs/generate/fleet/record.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { TestCloud } from '../support/cloud.ts';
import type { Fault } from '../support/faults.ts';
import { type Acts, planActs, planRounds } from './acts.ts';
import { type Audit, audit, type Compromises } from './audit.ts';
import { Chronicle } from './chronicle.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import { createVerifier, type Verifier } from './verifier.ts';

/*
 * A fleet that lives through two years in minutes: real requests, certificates and proofs against the local cloud, whose
 * clock jumps from one event to the next. Hosts go away, forget, crash, are wiped and revoked; administrators roll the
 * issuers and the root over; calls of AWS services fail all the time. `audit` then looks at every moment of it.
 */

/**
 * CA keys are of elliptic curves, since a signature of a local RSA key takes ten times as long. The first issuer lives so
 * short that it is replaced by itself within the first year.
 */
const SETTINGS = {
  root: { keySpec: 'ECC_NIST_P384', lifetimeYears: 10 },
  successorRoots: [{ id: 'root-2', keySpec: 'ECC_NIST_P384', lifetimeYears: 10 }],
  issuers: [2, 3, 3, 3, 3].map((lifetimeYears, place) => ({
    id: `issuer-${place + 1}`,
    keySpec: 'ECC_NIST_P256',
    lifetimeYears,
  })),
  // Revocation lists are renewed every ten days, with the rest of what is scheduled.
  revocation: { crlShards: 1, listLifetimeHours: 239, rootListLifetimeDays: 90 },
  throttle: { ratePerSecond: 10_000, burst: 5000 },
};

/** What goes wrong with calls of AWS services by functions, all the time. */
const FAULTS: readonly Fault[] = [
  { service: 'dynamodb', does: 'drop', probability: 0.004 },
  { service: 'dynamodb', does: 'lose', probability: 0.004 },
  { service: 'dynamodb', does: 'throttle', probability: 0.004 },
  { service: 'dynamodb', does: 'conflict', probability: 0.01 },
  { service: 'kms', does: 'throttle', probability: 0.02 },
  { service: 'kms', does: 'lose', probability: 0.01 },
  { does: 'kill-before', probability: 0.001 },
  { does: 'kill-after', probability: 0.001 },
];

export interface SimulationOptions extends Omit<FleetOptions, 'days'> {
  readonly days?: number;
  /** @default - those of {@link actsOf} */
  readonly acts?: Acts;
  /** Called every ten days of the simulation. @default - nobody is shown how far it is */
  readonly progress?: (day: number, days: number) => void;
}

export interface Run {
  readonly fleet: Fleet;
  readonly audit: Audit;
  readonly verifier: Verifier;
  readonly compromises: Compromises;
  readonly record: FleetRecord;
  readonly seconds: { readonly run: number; readonly audit: number };
}

/** Two years. */
const DAYS = 730;

/**
 * The first issuer is replaced by itself; its successor is compromised, and the one after that replaced by hand. Before
 * all that, a second root is spread.
 */
function actsOf(days: number): Acts {
  const at = (share: number) => Math.floor(days * share);
  return { issuerRollovers: [at(0.85)], compromise: at(0.65), rootRollover: at(0.3) };
}

/** Runs a simulation in a local cloud of its own. @throws Error where the simulation itself cannot go on. */
export async function simulate({
  days = DAYS,
  acts = actsOf(days),
  progress,
  ...options
}: SimulationOptions): Promise<Run> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-fleet-'));
  const cloud = await TestCloud.start({ assembly: synthesize(directory, SETTINGS) });
  try {
    const began = performance.now();
    const fleet = new Fleet(cloud, { ...options, days });
    const chronicle = new Chronicle(fleet.period);
    const faults = new Map<string, number>();
    const { seed } = options;
    FAULTS.forEach((fault, place) => void cloud.local.faults.add({ ...fault, seed: seed + place }));
    const scheduled = async () => {
      for (const schedule of cloud.local.schedules.all) await cloud.local.schedules.run(schedule);
    };
    planActs(fleet, chronicle, acts, scheduled);
    planRounds(fleet, chronicle, async () => {
      progress?.((fleet.timetable.now - fleet.period.from) / DAY, days);
      countFaults(cloud, faults);
      await scheduled();
      await cloud.local.expireItems();
    });
    await fleet.run();
    countFaults(cloud, faults);
    const ran = performance.now();
    const verifier = createVerifier();
    const audited = audit(fleet.agents, fleet.servers, verifier, fleet.period.to, chronicle.compromises);
    const { agents, servers } = options;
    const figures = [...figuresOf(fleet, audited, faults)].map(([name, value]) => ({ name, value }));
    const record = { seed, agents, servers, days, figures, ...chronicle.record(fleet.agents, verifier) };
    const seconds = { run: (ran - began) / 1000, audit: (performance.now() - ran) / 1000 };
    const { compromises } = chronicle;
    return { fleet, audit: audited, verifier, compromises, record, seconds };
  } finally {
    await cloud.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const STRUCK = /^(dropped|lost|killed-.*|Throttling.*|TransactionCanceled.*|TransactionConflict.*|SlowDown)$/;

/** Adds up what went wrong since the last time; the local cloud keeps the last 100,000 calls. */
function countFaults(cloud: TestCloud, faults: Map<string, number>): void {
  for (const { outcome } of cloud.local.calls.all())
    if (STRUCK.test(outcome)) faults.set(outcome, (faults.get(outcome) ?? 0) + 1);
  cloud.local.calls.reset();
}

function figuresOf(fleet: Fleet, { gaps, lost, pairs, excused }: Audit, faults: ReadonlyMap<string, number>) {
  const { agents, servers, days } = fleet.options;
  const failed = [...faults.values()].reduce((sum, count) => sum + count, 0);
  return new Map<string, number>([
    ['agents', agents],
    ['Fleet Servers', servers],
    ['days', days],
    ['requests', fleet.service.requests],
    ...[...fleet.happenings].sort(([a], [b]) => a.localeCompare(b)),
    ['AWS calls that failed', failed],
    ['pairs of chain and bundle verified', pairs],
    ['expired while away, and repaired', excused],
    ['gaps', gaps.length],
    ['lost agents', lost.length],
  ]);
}

/** The figures of a run, one a line. */
export function figuresTable({ record, seconds }: Run): string {
  const rows = [
    ...record.figures,
    { name: 'seconds, and of the audit', value: `${seconds.run.toFixed(0)} + ${seconds.audit.toFixed(1)}` },
  ];
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`).join('\n');
}
