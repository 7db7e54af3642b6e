import { randomUUID } from 'node:crypto';
import { STRIPPED_HEADERS } from '../../../shared/elastic/proxy/plan.ts';
import type { Check } from '../report.ts';
import { type Ask, ask, type Identity, type Outcome, resume } from './client.ts';
import type { Program } from './programs.ts';
import { CLOUD, type Seen } from './upstream.ts';
import { FRONT, type Started, startVariant, type Variant, type World } from './world.ts';

type Service = 'fleet' | 'elasticsearch';
type Suite = (world: World, program: Program) => Promise<readonly Check[]>;

/** What a request came to, and what the upstream saw of it. */
interface Result {
  readonly outcome: Outcome;
  readonly seen: Seen | undefined;
}

/** A request in a check; `complaint` says what is wrong with its result, undefined where nothing is. */
interface Trial {
  readonly subject: string;
  readonly service?: Service;
  readonly identity: Identity | undefined;
  readonly holdMilliseconds?: number;
  readonly bodyLength?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly complaint: (result: Result) => string | undefined;
}

/** Nothing reached the upstream, and the client was told so: in the handshake, or by nginx's page. */
const refused = ({ outcome, seen }: Result): string | undefined => {
  if (seen !== undefined) return 'the request reached the upstream';
  if ('failure' in outcome) return /alert/.test(outcome.failure) ? undefined : 'not refused by TLS';
  return /SSL certificate/.test(outcome.body) ? undefined : `answered with ${outcome.status}`;
};

const passed = ({ outcome, seen }: Result): string | undefined => {
  if ('failure' in outcome) return outcome.failure;
  if (outcome.status !== 200) return `answered with ${outcome.status}`;
  return seen === undefined ? 'the upstream saw nothing' : undefined;
};

const status =
  (expected: number) =>
  ({ outcome, seen }: Result): string | undefined => {
    if (seen !== undefined) return 'the request reached the upstream';
    return 'status' in outcome && outcome.status === expected ? undefined : JSON.stringify(outcome);
  };

/** As {@link passed}, and the upstream was asked for by its own name. */
const named =
  (service: Service, port: number) =>
  (result: Result): string | undefined => {
    const { sni, headers } = result.seen ?? {};
    const host = `${CLOUD[service]}:${port}`;
    if (passed(result) !== undefined) return passed(result);
    if (sni !== CLOUD[service]) return `SNI is ${sni}`;
    return headers?.host === host ? undefined : `Host is ${headers?.host}`;
  };

const stripped = (result: Result): string | undefined => {
  const left = STRIPPED_HEADERS.filter((name) => result.seen?.headers[name] !== undefined);
  if (passed(result) !== undefined) return passed(result);
  if (result.seen?.headers.authorization !== 'ApiKey abc') return 'Authorization did not arrive';
  return left.length === 0 ? undefined : `arrived: ${left.join(', ')}`;
};

const IDENTITY_HEADERS = Object.fromEntries(STRIPPED_HEADERS.map((name) => [name, 'somebody-else']));
const MEBIBYTE = 2 ** 20;

/** The configuration of the kit, unchanged. */
export const mainChecks: Suite = async (world, program) => {
  const { good, expired, foreign, server } = world.clients;
  const { port } = world.upstream;
  const withLength = (length: number) => (result: Result) =>
    passed(result) ?? (result.seen?.bodyLength === length ? undefined : `${result.seen?.bodyLength} bytes`);
  const trials: readonly Trial[] = [
    {
      subject: 'a good certificate, SNI and Host of Fleet Server',
      identity: good,
      complaint: named('fleet', port),
    },
    {
      subject: 'a good certificate, SNI and Host of Elasticsearch',
      service: 'elasticsearch',
      identity: good,
      complaint: named('elasticsearch', port),
    },
    { subject: 'no certificate', identity: undefined, complaint: refused },
    { subject: 'an expired certificate', identity: expired, complaint: refused },
    { subject: 'a certificate of a foreign CA', identity: foreign, complaint: refused },
    { subject: 'a certificate for servers', identity: server, complaint: refused },
    {
      subject: 'headers of an identity',
      identity: good,
      headers: { ...IDENTITY_HEADERS, authorization: 'ApiKey abc' },
      complaint: stripped,
    },
    {
      subject: 'a chunk of 5 MiB for Fleet Server',
      identity: good,
      bodyLength: 5 * MEBIBYTE,
      complaint: withLength(5 * MEBIBYTE),
    },
    {
      subject: 'a body of 99 MiB for Elasticsearch',
      service: 'elasticsearch',
      identity: good,
      bodyLength: 99 * MEBIBYTE,
      complaint: withLength(99 * MEBIBYTE),
    },
    { subject: 'a request held for 65 seconds', identity: good, holdMilliseconds: 65_000, complaint: passed },
  ];
  const apart = await tried(world, program, { name: 'kit' }, trials, resumptionChecks);
  const shared = trials
    .slice(0, 4)
    .map((trial) => ({ ...trial, subject: `${trial.subject}, on a port that both share` }));
  return [...apart, ...(await tried(world, program, { name: 'shared', sharedPort: true }, shared))];
};

/** That the time which the configuration names is the one that counts. */
export const held: Suite = (world, program) => {
  const { good } = world.clients;
  const gone = ({ outcome }: Result): string | undefined =>
    'status' in outcome && outcome.status === program.silentUpstream ? undefined : JSON.stringify(outcome);
  return tried(world, program, { name: 'held', hold: 10 }, [
    {
      subject: 'hold 10 s: a request held for 1 second',
      identity: good,
      holdMilliseconds: 1000,
      complaint: passed,
    },
    {
      subject: 'hold 10 s: a request held for 30 seconds ends',
      identity: good,
      holdMilliseconds: 30_000,
      complaint: gone,
    },
  ]);
};

/** An upstream whose certificate has another name. */
export const wrongUpstream: Suite = (world, program) =>
  tried(world, program, { name: 'wrong', upstreamName: 'abc.fleet.elsewhere.example' }, [
    {
      subject: 'an upstream of another name',
      identity: world.clients.good,
      complaint: status(program.untrustedUpstream),
    },
  ]);

/** Starts the variant, makes all requests at once, and ends it. */
async function tried(
  world: World,
  program: Program,
  variant: Variant,
  trials: readonly Trial[],
  more: (world: World, program: Program, started: Started) => Promise<readonly Check[]> = async () => [],
): Promise<readonly Check[]> {
  const started = await startVariant(world, program, variant);
  try {
    const checks = await Promise.all(trials.map((trial) => attempt(world, program, started, trial)));
    return [...checks, ...(await more(world, program, started))];
  } finally {
    await started.stop();
  }
}

/** The certificate of a session that is resumed is not verified again. */
async function resumptionChecks(world: World, program: Program, started: Started): Promise<readonly Check[]> {
  const question = {
    port: started.ports.fleet,
    host: FRONT.fleet,
    path: '/',
    ca: world.root,
    identity: world.clients.good,
  };
  return Promise.all(
    (['TLSv1.2', 'TLSv1.3'] as const).map(async (version): Promise<Check> => {
      const outcome = await resume(question, version);
      const finding = { severity: outcome === 'full handshake' ? 'notice' : 'error', text: outcome } as const;
      return {
        subject: `proxy, no session is taken up again with ${version}`,
        judge: program.name,
        passed: finding.severity === 'notice',
        findings: [finding],
      };
    }),
  );
}

async function attempt(world: World, program: Program, started: Started, trial: Trial): Promise<Check> {
  const { service = 'fleet', identity, headers = {}, bodyLength = 0, holdMilliseconds = 0 } = trial;
  const path = `/${randomUUID()}`;
  const question: Ask = {
    port: started.ports[service],
    host: FRONT[service],
    path: `${path}?hold=${holdMilliseconds}`,
    ca: world.root,
    identity,
    headers,
    bodyLength,
  };
  const outcome = await ask(question);
  const seen = world.upstream.seen.find((each) => each.path === path);
  const complaint = trial.complaint({ outcome, seen });
  const words = 'failure' in outcome ? outcome.failure : `HTTP ${outcome.status}`;
  return {
    subject: `proxy, ${trial.subject}`,
    judge: program.name,
    passed: complaint === undefined,
    findings:
      complaint === undefined
        ? [{ severity: 'notice', text: words }]
        : [{ severity: 'error', text: `${complaint} (${words})` }],
  };
}
