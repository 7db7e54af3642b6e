import { readFileSync } from 'node:fs';
import { settingsProblems } from '../../infra/settings/settings.ts';
import { CommandError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';

type Given = Readonly<Record<string, unknown>>;

/** One thing to ask for. An empty answer takes the default. */
interface Question {
  readonly setting: string;
  /** What it is, and what to think of. */
  readonly about: string;
  readonly prompt: string;
  /** What an empty answer means, as shown. */
  fallback(given: Given): string;
  /** Asked where the first answer is not empty. */
  readonly secondPrompt?: string;
  /** The setting; undefined leaves it out. */
  read(answer: string, second: string): unknown;
}

const words = (answer: string) => answer.split(/[\s,]+/).filter((word) => word !== '');

/** What cannot be changed after the first deployment comes first. */
const QUESTIONS: readonly Question[] = [
  {
    setting: 'authority',
    about: 'The name of the authority is part of the names of its CAs and stacks. Never change it.',
    prompt: 'Name of the authority',
    fallback: ({ authority }) => String(authority),
    read: (answer) => answer,
  },
  {
    setting: 'trustDomain',
    about:
      'Every certificate has an identity, spiffe://<trust domain>/<profile>/<name>. It cannot change later.',
    prompt: 'Trust domain, preferably a DNS name that you own',
    fallback: ({ authority }) => String(authority),
    read: (answer) => answer,
  },
  {
    setting: 'root',
    about:
      'The key of the root CA is in KMS, or the root is a CA of your company, which certifies the issuers. It cannot change later.',
    prompt: 'Root: kms, or the PEM file with the certificate of your root',
    fallback: () => 'kms',
    read: (answer) => (answer === 'kms' ? undefined : { kind: 'external', certificate: pemOf(answer) }),
  },
  {
    setting: 'nameConstraints',
    about:
      'Issuers can be limited to names below DNS suffixes of yours. Agents then need names such as web-01.example.com. It cannot change later.',
    prompt: 'DNS suffixes, such as example.com',
    fallback: () => 'any name',
    read: (answer) => ({ permittedDns: words(answer) }),
  },
  {
    setting: 'keyAdministration',
    about:
      'IAM roles that administer the CA keys: those that deploy (with CDK, cdk-hnb659fds-cfn-exec-role-<account>-<region>), and one for emergencies. Without them, everyone with the IAM permissions administers the keys.',
    prompt: 'ARNs of the roles that deploy',
    secondPrompt: 'ARNs of the roles for emergencies: ',
    fallback: () => 'as IAM policies say',
    read: (deployers, emergency) => ({
      deployerRoleArns: words(deployers),
      breakGlassRoleArns: words(emergency),
    }),
  },
  {
    setting: 'alarmTopicArn',
    about: 'Alarms notify an SNS topic. Without one they are seen only in CloudWatch.',
    prompt: 'ARN of the topic',
    fallback: () => 'none',
    read: (answer) => answer,
  },
];

/**
 * Asks for the settings that matter, until each answer is right.
 *
 * @throws CommandError `usage` if there is no terminal to ask on, `failed` if the input ends.
 */
export async function askSettings(terminal: Terminal, authority: string): Promise<Given> {
  let given: Given = { authority };
  for (const question of QUESTIONS) given = await ask(terminal, question, given);
  return given;
}

async function ask(terminal: Terminal, question: Question, given: Given): Promise<Given> {
  terminal.note(`\n${question.about}`);
  for (;;) {
    const answer = await answerTo(terminal, `${question.prompt} [${question.fallback(given)}]: `);
    const { secondPrompt } = question;
    const second = answer === '' || secondPrompt === undefined ? '' : await answerTo(terminal, secondPrompt);
    const value = answer === '' ? undefined : question.read(answer, second);
    const next = value === undefined ? given : { ...given, [question.setting]: value };
    const problems = settingsProblems(next).filter((line) => isAbout(question.setting, line));
    if (problems.length === 0) return next;
    terminal.note(problems.map((line) => `  ${line}`).join('\n'));
  }
}

/** @throws CommandError `usage` if there is no terminal to ask on. */
async function answerTo(terminal: Terminal, prompt: string): Promise<string> {
  const answer = await terminal.ask(prompt);
  if (answer !== undefined) return answer.trim();
  throw new CommandError(
    'usage',
    'There is no terminal to ask on. Pass --defaults to take the defaults, and --authority to name the authority.',
  );
}

/** A rule across settings may concern one that is asked for later. */
function isAbout(setting: string, problem: string): boolean {
  return problem.split(/[.:]/)[0] === setting;
}

/** The text of a file; the name of a file that cannot be read, which is then refused as a certificate. */
function pemOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return file;
  }
}
