import { enrollArguments, isAbsolute, VARIABLES } from '../enrolling.ts';

/**
 * What Elastic Agent does with its arguments and variables, restated from its sources as far as a kit meets it:
 * cmd/enroll.go (addEnrollFlags, validateEnrollFlags, mapFromEnvList), cmd/install.go (its own flags,
 * buildEnrollmentFlags), cmd/container.go (buildEnrollArgs), and spf13/pflag for the form of flags.
 * It shares no code with the renderer.
 */
interface Flag {
  readonly kind: 'text' | 'switch' | 'list';
  /** First version, as a number that sorts: 8.13 is 813. */
  readonly since: number;
  readonly only?: 'install' | 'enroll';
  readonly absolute?: true;
}

const FLAGS: Readonly<Record<string, Flag>> = {
  url: { kind: 'text', since: 802 },
  'enrollment-token': { kind: 'text', since: 802 },
  'certificate-authorities': { kind: 'text', since: 802, absolute: true },
  'elastic-agent-cert': { kind: 'text', since: 813, absolute: true },
  'elastic-agent-cert-key': { kind: 'text', since: 813, absolute: true },
  'elastic-agent-cert-key-passphrase': { kind: 'text', since: 816, absolute: true },
  tag: { kind: 'list', since: 802 },
  header: { kind: 'list', since: 802 },
  'proxy-url': { kind: 'text', since: 802 },
  'proxy-header': { kind: 'list', since: 802 },
  'proxy-disabled': { kind: 'switch', since: 802 },
  force: { kind: 'switch', since: 802 },
  'non-interactive': { kind: 'switch', since: 802, only: 'install' },
  unprivileged: { kind: 'switch', since: 815, only: 'install' },
  user: { kind: 'text', since: 817, only: 'install' },
  group: { kind: 'text', since: 817, only: 'install' },
};

export interface AgentHost {
  readonly windows: boolean;
  /** 816 for 8.16; Infinity where anything goes. */
  readonly version: number;
}

/** What the agent understood, for comparison with what was meant. */
export type Understood = ReadonlyMap<string, readonly string[]>;

/** @throws Error with what the agent, or its enrollment, would fail on. */
export function readArguments(argv: readonly string[], host: AgentHost): Understood {
  const [command, ...rest] = argv;
  if (command !== 'install' && command !== 'enroll') throw new Error(`unknown command ${command}`);
  const flags = new Map<string, string[]>();
  for (const argument of rest) {
    const [, name = '', , value] = /^--([a-z][a-z0-9-]*)(=(.*))?$/s.exec(argument) ?? [];
    const flag = FLAGS[name];
    if (flag === undefined) throw new Error(`unknown flag: ${argument}`);
    if (flag.since > host.version) throw new Error(`--${name} does not exist in ${host.version}`);
    if (flag.only !== undefined && flag.only !== command) throw new Error(`--${name} is not of ${command}`);
    if ((flag.kind === 'switch') !== (value === undefined)) throw new Error(`bad form: ${argument}`);
    if (value === '') throw new Error(`--${name} is empty`);
    const before = flags.get(name) ?? [];
    if (flag.kind !== 'list' && before.length > 0) throw new Error(`--${name} twice`);
    flags.set(name, [...before, ...(flag.kind === 'list' ? csv(csv(value ?? '').join(',')) : [value ?? ''])]);
  }
  validate(command, flags, host);
  return flags;
}

function validate(command: string, flags: Understood, { windows }: AgentHost): void {
  const one = (name: string) => flags.get(name)?.[0];
  for (const [name, { absolute }] of Object.entries(FLAGS)) {
    const path = one(name);
    if (absolute && path !== undefined && !isAbsolute(path, windows))
      throw new Error(`--${name} must be provided as an absolute path`);
  }
  const authorities = one('certificate-authorities') ?? '';
  if (authorities.includes(',')) throw new Error('more than one CA file');
  const [certificate, key] = [one('elastic-agent-cert'), one('elastic-agent-cert-key')];
  if ((certificate === undefined) !== (key === undefined)) throw new Error('certificate and key go together');
  if (one('elastic-agent-cert-key-passphrase') !== undefined && key === undefined)
    throw new Error('--elastic-agent-cert and --elastic-agent-cert-key must be provided');
  if (!one('url')?.startsWith('https://')) throw new Error('connection to fleet-server is insecure');
  if (one('enrollment-token') === undefined) throw new Error('would install a standalone agent');
  if (command === 'install' && !flags.has('non-interactive')) throw new Error('would prompt');
  if (command === 'enroll' && !flags.has('force')) throw new Error('would prompt');
  if (windows && flags.has('user')) throw new Error('--user needs --password on Windows');
  if (!flags.has('unprivileged') && (flags.has('user') || flags.has('group')))
    throw new Error('an account for a privileged agent');
  for (const name of ['header', 'proxy-header'])
    for (const pair of flags.get(name) ?? [])
      if (!pair.includes('=')) throw new Error(`--${name} ${pair} is dropped in silence`);
}

/** One record of encoding/csv, as pflag's StringSlice reads it; install hands the fields on and enroll reads again. */
function csv(line: string): readonly string[] {
  if (/["\r\n]/.test(line)) throw new Error(`not plain CSV: ${line}`);
  return line.split(',');
}

/** The arguments that the container command makes of its variables. */
export function containerArguments(environment: Readonly<Record<string, string>>): readonly string[] {
  const { FLEET_ENROLL: enroll, ...others } = environment;
  if (enroll !== '1') throw new Error('would run standalone');
  return enrollArguments(others, VARIABLES);
}
