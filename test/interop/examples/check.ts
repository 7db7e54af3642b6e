import { run } from '../../support/command.ts';
import type { Check } from '../report.ts';

/** How a program has to end. */
interface Expected {
  /** @default 0 */
  readonly code?: number;
  /** What it has to print. @default - anything */
  readonly says?: RegExp;
  /** Variables besides ours. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that has to end in a certain way. */
export async function check(
  subject: string,
  judge: string,
  [program = '', ...args]: readonly string[],
  { code: expected = 0, says = /(?:)/, env = {} }: Expected = {},
): Promise<Check> {
  const { code, stdout, stderr } = await run(program, args, { env });
  const passed = code === expected && says.test(stdout + stderr);
  const text = `${code}: ${stdout}${stderr}`.slice(-2000);
  return { subject, judge, passed, findings: passed ? [] : [{ severity: 'error', text }] };
}
