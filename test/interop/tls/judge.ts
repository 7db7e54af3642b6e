import type { Check } from '../report.ts';
import type { Case } from './cases.ts';
import type { Library, LibraryVersion, StepAnswer } from './library.ts';
import type { Expected } from './verdict.ts';

/** Tries a handshake. The check passes where it ends as expected; the words of a refusal are a notice. */
export async function judge(library: Library, version: LibraryVersion, trial: Case): Promise<Check> {
  const answer = await handshake(library, trial);
  return { subject: trial.name, judge: library.name, ...verdict(answer, trial.verdicts[version]) };
}

/** How far it comes: the listener, the client, and what they make of each other. */
export async function handshake(
  library: Library,
  { server, client, host }: Pick<Case, 'server' | 'client' | 'host'>,
): Promise<StepAnswer> {
  const listening = await library.do({ op: 'listen', server: 'server', yaml: server });
  if (!listening.ok) return listening;
  const loaded = await library.do({ op: 'load', client: 'client', yaml: client, host });
  return loaded.ok ? library.do({ op: 'dial', client: 'client', server: 'server' }) : loaded;
}

/** Whether an answer is as expected. */
export function verdict(answer: StepAnswer, expected: Expected): Pick<Check, 'passed' | 'findings'> {
  const words = [answer.error, answer.serverError]
    .filter(Boolean)
    .join(' | ')
    // Where the same words are of different hosts, they are one line of the report.
    .replace(/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g, 'PEM')
    .replace(/\s*\n/g, ': ')
    .replace(/(\/\S+\/|C:\\\S+\\)/g, '');
  const passed = expected === 'accepted' ? answer.ok : !answer.ok && expected.test(words);
  if (passed && answer.ok) return { passed, findings: [] };
  const text = passed ? words : `${answer.ok ? 'accepted' : words}, expected: ${expected}`;
  return { passed, findings: [{ severity: passed ? 'notice' : 'error', text }] };
}
