import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Case } from './case.ts';

/** A program that judges, see protocol.md. */
export interface Judge {
  /** For example `Go 1.26.8`. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** What a judge says of a case. */
export interface Verdict {
  readonly verdict: 'accept' | 'refuse';
  /** Why it refuses; empty where it accepts. */
  readonly words: string;
}

/**
 * Asks a judge all cases, in one process.
 *
 * @returns a verdict for each case, in their order; undefined where it gave none.
 * @throws Error where the program cannot be started.
 */
export async function ask(judge: Judge, cases: readonly Case[]): Promise<readonly (Verdict | undefined)[]> {
  const program = spawn(judge.program, judge.args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const failed = Promise.withResolvers<never>();
  program.on('error', (error) => failed.reject(error));
  // A judge that breaks off reads no further; the verdicts that it did not give are missed below.
  program.stdin.on('error', () => {});
  program.stdin.end(cases.map(lineOf).join(''));
  return Promise.race([verdicts(program.stdout, cases.length), failed.promise]);
}

function lineOf({ purpose, name, at, root, chain }: Case, id: number): string {
  return `${[id, purpose, name ?? '-', at, root, chain.join(',')].join('\t')}\n`;
}

async function verdicts(
  output: NodeJS.ReadableStream,
  count: number,
): Promise<readonly (Verdict | undefined)[]> {
  const given = Array.from<Verdict | undefined>({ length: count });
  for await (const line of createInterface(output)) {
    const [id, verdict, words = ''] = line.split('\t');
    if (verdict === 'accept' || verdict === 'refuse') given[Number(id)] = { verdict, words };
  }
  return given;
}
