import type { Resolved, Template } from './template.ts';

/** Something that a schedule of the template invokes. */
export interface Schedule {
  readonly name: string;
  readonly milliseconds: number;
  readonly functionArn: string;
  /** Role that must allow the invocation; undefined where the function's own policy must (EventBridge rules). */
  readonly roleArn: string | undefined;
  readonly ruleArn: string | undefined;
  /** What the function gets. */
  readonly event: unknown;
}

/** The schedules of the template. @throws Error for anything but a rate. */
export function schedulesOf(template: Template): readonly Schedule[] {
  return [
    ...template.all('AWS::Scheduler::Schedule').map(fromSchedule),
    ...template.all('AWS::Events::Rule').flatMap(fromRule),
  ];
}

interface Target {
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
}

function fromSchedule({ ref, properties }: Resolved): Schedule {
  const { Arn, RoleArn, Input = '{}' } = properties['Target'] as Target;
  return {
    name: ref,
    milliseconds: rate(properties['ScheduleExpression']),
    functionArn: Arn,
    roleArn: RoleArn,
    ruleArn: undefined,
    event: JSON.parse(Input),
  };
}

function fromRule({ ref, attributes, properties }: Resolved): Schedule[] {
  return ((properties['Targets'] ?? []) as Target[]).map(({ Arn, Input = '{}' }) => ({
    name: ref,
    milliseconds: rate(properties['ScheduleExpression']),
    functionArn: Arn,
    roleArn: undefined,
    ruleArn: attributes['Arn'],
    event: JSON.parse(Input),
  }));
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `rate(5 minutes)` (EventBridge Scheduler user guide, "Schedule types"). */
function rate(expression: unknown): number {
  const match = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(expression));
  if (match === null)
    throw new Error(`the local cloud runs schedules of the form rate(5 minutes), not ${expression}`);
  return Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
}

/** Runs `invoke` for each schedule at its rate, first after one period. Answers the function that ends it. */
export function startSchedules(
  schedules: readonly Schedule[],
  invoke: (schedule: Schedule) => Promise<void>,
): () => void {
  const timers = schedules.map((schedule) => setInterval(() => void invoke(schedule), schedule.milliseconds));
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
