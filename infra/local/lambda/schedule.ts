import type { Access } from '../iam/access.ts';
import { sessionPrincipal } from '../iam/principals.ts';
import type { Clock } from '../service/clock.ts';
import type { Resolved, Template } from '../template/template.ts';
import type { LocalFunction } from './lambda.ts';

/** A schedule of the template. */
export interface Schedule {
  readonly name: string;
  /** Its period. */
  readonly milliseconds: number;
  readonly functionArn: string;
  /** Must allow the invocation. */
  readonly roleArn: string;
  /** What the function gets. */
  readonly event: unknown;
}

/** Reads a schedule (CloudFormation template reference, AWS::Scheduler::Schedule). @throws Error for anything but a rate. */
export function readSchedule({ ref, properties }: Resolved): Schedule {
  const target = properties['Target'] as { Arn: string; RoleArn: string; Input?: string };
  return {
    name: ref,
    milliseconds: rateMilliseconds(properties['ScheduleExpression']),
    functionArn: target.Arn,
    roleArn: target.RoleArn,
    event: JSON.parse(target.Input ?? '{}'),
  };
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `rate(5 minutes)` (EventBridge Scheduler user guide, "Schedule types"). */
function rateMilliseconds(expression: unknown): number {
  const match = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(expression));
  if (match === null)
    throw new Error(`the local cloud runs schedules of the form rate(5 minutes), not ${expression}`);
  return Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
}

/**
 * Runs `invoke` for each schedule at its rate by the clock, first after one period. Where the clock is moved past several
 * periods, it runs once: the functions do what is due, however late.
 *
 * @returns ends it.
 */
export function startSchedules<Rate extends Pick<Schedule, 'milliseconds'>>(
  schedules: readonly Rate[],
  clock: Pick<Clock, 'after'>,
  invoke: (schedule: Rate) => Promise<void>,
): () => void {
  const cancels = new Map<Rate, () => void>();
  const plan = (schedule: Rate) => {
    const run = () => {
      plan(schedule);
      void invoke(schedule);
    };
    cancels.set(schedule, clock.after(schedule.milliseconds, run));
  };
  schedules.forEach(plan);
  return () => {
    for (const cancel of cancels.values()) cancel();
  };
}

/** The schedules of a template, and how EventBridge Scheduler runs one of them. */
export interface TemplateSchedules {
  readonly all: readonly Schedule[];
  /** @returns when the first attempt has ended. Reports to the log where the role may not invoke the function. */
  run(schedule: Schedule): Promise<void>;
}

/** The schedules of the template. The role of a schedule must be allowed to invoke its function. */
export function templateSchedules(
  template: Template,
  access: Access,
  functions: ReadonlyMap<string, LocalFunction>,
  log: (line: string) => void,
): TemplateSchedules {
  return {
    all: template.all('AWS::Scheduler::Schedule').map(readSchedule),
    async run({ name, roleArn, functionArn, event }) {
      const principal = sessionPrincipal(template.place.accountId, access.role(roleArn), name);
      const permission = { action: 'lambda:InvokeFunction', resource: functionArn, context: {} };
      const refusal = await access.iam.refusal(principal, permission);
      if (refusal !== undefined) log(`schedule ${name}: ${refusal}`);
      else await functions.get(functionArn)?.accept(event);
    },
  };
}
