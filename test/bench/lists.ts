import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { toDate } from '../../shared/domain/instant.ts';
import { NOW } from '../support/ca.ts';
import { mustRun } from '../support/command.ts';
import { entryPages } from '../support/revocation-lists.ts';
import { type Figure, median } from './figures.ts';
import { peakMemory } from './peak-memory.ts';

const SIZES = [1000, 10_000, 100_000, 1_000_000];

/** Rounds of the smaller sizes; the largest is built once, since it takes long. */
const ROUNDS = 5;
const ONCE_FROM = 1_000_000;

/** What a list of a million entries may take: what the function that publishes has memory for. */
const LIMIT_MEGABYTES = 400;

/** What it took to build one list. */
interface Build {
  /** Milliseconds of CPU. */
  readonly cpu: number;
  readonly milliseconds: number;
  readonly megabytes: number;
}

/**
 * Building a revocation list, lint, signature and verification included, beside `openssl ca -gencrl` from its database of
 * the same entries; both sign with a P-256 key. Ours is measured without the start of its process, since Lambda keeps it.
 */
export async function listFigures(directory: string): Promise<readonly Figure[]> {
  const openssl = await opensslCa(join(directory, 'openssl-ca'));
  const figures: Figure[] = [];
  for (const size of SIZES) {
    await openssl.fill(size);
    const [ours, theirs]: [Build[], Build[]] = [[], []];
    for (let round = 0; round < (size >= ONCE_FROM ? 1 : ROUNDS); round++) {
      ours.push(await build(size));
      theirs.push(await openssl.generate());
    }
    figures.push(...figuresOf(size, ours, theirs));
  }
  return figures;
}

function figuresOf(size: number, ours: readonly Build[], theirs: readonly Build[]): readonly Figure[] {
  const of = (builds: readonly Build[], name: keyof Build) => median(builds.map((one) => one[name]));
  const list = `list of ${size.toLocaleString('en')} entries`;
  const largest = size === Math.max(...SIZES);
  return [
    {
      name: `CPU of a ${list} / of openssl ca -gencrl`,
      value: of(ours, 'cpu') / of(theirs, 'cpu'),
      unit: 'ratio',
    },
    { name: `CPU of a ${list}`, value: of(ours, 'cpu'), unit: 'ms' },
    { name: `time of a ${list}`, value: of(ours, 'milliseconds'), unit: 'ms' },
    { name: `CPU of openssl ca -gencrl of a ${list}`, value: of(theirs, 'cpu'), unit: 'ms' },
    {
      name: `memory of a ${list}`,
      value: of(ours, 'megabytes'),
      unit: 'MB',
      ...(largest ? { limit: LIMIT_MEGABYTES } : {}),
    },
    { name: `memory of openssl ca -gencrl of a ${list}`, value: of(theirs, 'megabytes'), unit: 'MB' },
  ];
}

async function build(entries: number): Promise<Build> {
  const script = join(import.meta.dirname, 'build-list.ts');
  return JSON.parse(await mustRun(process.execPath, [script, String(entries)])) as Build;
}

const CONFIGURATION = `
[ca]
default_ca = bench
[bench]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 3
crl_extensions = extensions
[extensions]
authorityKeyIdentifier = keyid
`;

/** A CA of the openssl command line in a directory of its own. */
async function opensslCa(directory: string) {
  mkdirSync(directory, { recursive: true });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(directory, 'key.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
  writeFileSync(join(directory, 'ca.cnf'), CONFIGURATION);
  const request = [
    'req',
    '-x509',
    '-new',
    '-key',
    'key.pem',
    '-subj',
    '/CN=bench',
    '-days',
    '10',
    '-out',
    'ca.pem',
  ];
  await mustRun('openssl', request, { cwd: directory });
  return {
    /** Writes its database of revoked certificates. */
    async fill(entries: number): Promise<void> {
      writeFileSync(join(directory, 'crlnumber'), '01\n');
      await pipeline(Readable.from(databaseLines(entries)), createWriteStream(join(directory, 'index.txt')));
    },
    generate: () => measured(directory, GENERATE),
  };
}

const GENERATE =
  'openssl ca -gencrl -config ca.cnf -keyfile key.pem -cert ca.pem -out list.crl 2>openssl.log';

/** Runs a command, prints its process id, and in the end the CPU that its children took (bash, `times`). */
const MEASURE = '$1 & echo $!; wait $! || exit 1; times';

/** What a command takes: CPU as its shell counts it, the most memory as the kernel does. */
async function measured(cwd: string, command: string): Promise<Build> {
  const began = performance.now();
  const shell = spawn('bash', ['-c', MEASURE.replace('$1', command)], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(shell, 'close');
  let output = '';
  let megabytes = 0;
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  while (shell.exitCode === null && shell.signalCode === null) {
    megabytes = Math.max(megabytes, peakMemory(output.split('\n')[0] ?? ''));
    await setTimeout(2);
  }
  await ended;
  const milliseconds = performance.now() - began;
  const children = output.trim().split('\n').at(-1) ?? '';
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new Error(`${command} failed: ${output}`);
  const cpu = times.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
  return { cpu, milliseconds, megabytes };
}

/** The lines of openssl's database (ca(1), "index.txt"): state, expiry, revocation, serial number, file, subject. */
function* databaseLines(entries: number): Generator<string> {
  const time = (at: Date) => at.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14).concat('Z');
  for (const page of entryPages(entries, NOW))
    yield page
      .map(({ serialNumber, revokedAt, notAfter }) =>
        [
          'R',
          time(toDate(notAfter)),
          `${time(toDate(revokedAt))},keyCompromise`,
          serialNumber.toUpperCase(),
          'unknown',
          '/CN=host',
        ].join('\t'),
      )
      .join('\n')
      .concat('\n');
}
