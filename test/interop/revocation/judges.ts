import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { run } from '../../support/command.ts';
import { pemOf } from './files.ts';
import type { Program } from './programs.ts';
import type { Case, Scene, World } from './world.ts';

/** `unknown` is whatever keeps a client from a decision: it must not take the certificate then. */
export type State = 'good' | 'revoked' | 'unknown';

export interface Verdict {
  /** `none`: it gave no verdict. */
  readonly state: State | 'none';
  readonly words: string;
}

/** A client, by the data that it reads. */
export interface Judge {
  /** Its name, version and what it reads. */
  readonly name: string;
  /** Judges the cases of the scene that is shown, in their order. */
  readonly judge: (cases: readonly Case[], world: World) => Promise<readonly Verdict[]>;
  /** Where it errs, by the scene, and why; each must be so. @default - nowhere */
  readonly errs?: Partial<Readonly<Record<Scene, { readonly state: State; readonly reason: string }>>>;
}

/** One case after the other. */
function each(one: (trial: Case, world: World) => Promise<Verdict>): Judge['judge'] {
  return async (cases, world) => {
    const verdicts: Verdict[] = [];
    for (const trial of cases) verdicts.push(await one(trial, world));
    return verdicts;
  };
}

/** The last line, as one that a report can show. */
function lastWords(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

/** Lists of a case that a client gets. */
export const LISTS = {
  full: ({ fullList }: Case) => [fullList],
  fullAndRoot: ({ fullList, rootFullList }: Case) => [fullList, rootFullList],
  shard: ({ shardList }: Case) => [shardList],
  shardAndRoot: ({ shardList, rootFullList }: Case) => [shardList, rootFullList],
  shardAndCas: ({ shardList, rootCaList }: Case) => [shardList, rootCaList],
} as const;

type Lists = (typeof LISTS)[keyof typeof LISTS];

function given(lists: Lists, trial: Case): readonly string[] {
  return lists(trial).filter((path) => path !== undefined);
}

/** `openssl verify` with lists from files; X509_V_ERR_CERT_REVOKED is 23. */
export function opensslVerify(flags: readonly string[], lists: Lists): Judge['judge'] {
  return each(async (trial) => {
    const files = given(lists, trial).flatMap((path) => ['-CRLfile', pemOf(path)]);
    return opensslWord([...flags, ...files], trial);
  });
}

/** `openssl verify` that downloads the list that the certificate names. */
export const opensslDownload = each((trial) => opensslWord(['-crl_check', '-crl_download'], trial));

async function opensslWord(flags: readonly string[], { root, issuer, leaf }: Case): Promise<Verdict> {
  const files = ['-CAfile', pemOf(root), '-untrusted', pemOf(issuer), pemOf(leaf)];
  const { code, stdout, stderr } = await run('openssl', ['verify', ...flags, ...files]);
  const words = /^error \d+ at .*$/m.exec(stdout + stderr)?.[0] ?? lastWords(stdout + stderr);
  if (code === 0) return { state: 'good', words };
  return { state: /^error 23 at 0 /.test(words) ? 'revoked' : 'unknown', words };
}

/** `openssl ocsp`, whose exit code is 0 whatever it is told. */
export const opensslOcsp = each(async ({ root, issuer, leaf }, { ocspUrl }) => {
  const about = ['-issuer', pemOf(issuer), '-cert', pemOf(leaf), '-url', ocspUrl];
  const { stdout, stderr } = await run('openssl', ['ocsp', ...about, '-CAfile', pemOf(root), '-no_nonce']);
  const text = stdout + stderr;
  if (!/^Response verify OK$/m.test(text)) return { state: 'unknown', words: lastWords(text) };
  if (/Status times invalid/.test(text)) return { state: 'unknown', words: 'Status times invalid' };
  const [, state] = /^.*\.pem: (good|revoked)$/m.exec(text) ?? [];
  return state === 'good' || state === 'revoked'
    ? { state, words: '' }
    : { state: 'unknown', words: lastWords(text) };
});

/** `certtool` with the list: first whether the list is right, then whether the chain is. */
export const certtool = each(async ({ root, issuer, leaf, fullList, rootFullList }) => {
  for (const [list, ca] of [
    [fullList, issuer],
    [rootFullList, root],
  ] as const) {
    if (list === undefined) continue;
    const flags = ['--verify-crl', `--load-ca-certificate=${pemOf(ca)}`, `--infile=${pemOf(list)}`];
    const { code, stdout } = await run('certtool', flags);
    if (code !== 0)
      return { state: 'unknown', words: /^Verification output: (.*)$/m.exec(stdout)?.[1] ?? '' };
  }
  const [chain, lists] = [`${pemOf(leaf)}.chain`, `${pemOf(leaf)}.lists`];
  writeFileSync(chain, pems([leaf, issuer]));
  writeFileSync(lists, pems([fullList ?? rootFullList, rootFullList]));
  const files = [`--load-ca-certificate=${pemOf(root)}`, `--load-crl=${lists}`, `--infile=${chain}`];
  const { code, stdout, stderr } = await run('certtool', ['--verify', ...files]);
  const words = /^Chain verification output: (.*)$/m.exec(stdout)?.[1] ?? lastWords(stdout + stderr);
  if (code === 0) return { state: 'good', words };
  return { state: /revoked/.test(words) ? 'revoked' : 'unknown', words };
});

function pems(paths: readonly string[]): string {
  return paths.map((path) => readFileSync(pemOf(path), 'utf8')).join('');
}

/** `ocsptool`, at the address in the certificate. */
export const ocsptool = each(async ({ issuer, leaf }) => {
  const files = [
    `--load-issuer=${pemOf(issuer)}`,
    `--load-cert=${pemOf(leaf)}`,
    `--load-trust=${pemOf(issuer)}`,
  ];
  const { code, stdout, stderr } = await run('ocsptool', ['--ask', ...files]);
  const words = lastWords(stdout + stderr);
  const [, state] = /^\s*Certificate Status: (good|revoked)$/m.exec(stdout) ?? [];
  const sound = code === 0 && (state === 'good' || state === 'revoked');
  return sound ? { state, words } : { state: 'unknown', words };
});

/** A program of `protocol.md`. A new process for each scene: some keep what they downloaded. */
export function program(
  { program: path, args }: Pick<Program, 'program' | 'args'>,
  by: 'lists' | 'points' | 'ocsp',
  lists: Lists = () => [],
): Judge['judge'] {
  return async (cases) => {
    const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const failed = Promise.withResolvers<never>();
    child.on('error', (error) => failed.reject(error));
    // A program that breaks off reads no further; the verdicts that it did not give are missed below.
    child.stdin.on('error', () => {});
    const line = (trial: Case, id: number) =>
      `${[id, by, given(lists, trial).join(',') || '-', trial.root, trial.issuer, trial.leaf].join('\t')}\n`;
    child.stdin.end(cases.map(line).join(''));
    return Promise.race([verdicts(child.stdout, cases.length), failed.promise]);
  };
}

async function verdicts(output: NodeJS.ReadableStream, count: number): Promise<readonly Verdict[]> {
  const none: Verdict = { state: 'none', words: 'no verdict' };
  const told = Array.from({ length: count }, () => none);
  for await (const line of createInterface(output)) {
    const [id, state, words = ''] = line.split('\t');
    if (state === 'good' || state === 'revoked' || state === 'unknown') told[Number(id)] = { state, words };
  }
  return told;
}
