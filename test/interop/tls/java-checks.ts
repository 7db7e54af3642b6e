import { join } from 'node:path';
import { stringify } from 'yaml';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { KEY_KINDS } from '../../../shared/domain/key-kind.ts';
import type { ProfileName } from '../../../shared/domain/profile.ts';
import type { OutputSettings } from '../../../shared/elastic/deployment/fields/outputs.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Check } from '../report.ts';
import { clientYaml, type Host, writeHost, writeKitHost } from './host.ts';
import type { Issued, Issuing } from './issue.ts';
import { type JavaServers, startJava } from './java.ts';
import { PRODUCTS, type Product } from './java-servers.ts';
import { verdict } from './judge.ts';
import { PLAIN } from './keys.ts';
import type { Library } from './library.ts';
import { HOST } from './names.ts';
import { connectionsIn } from './parts.ts';
import type { Expected } from './verdict.ts';

/** A client of the servers that it writes to. */
interface JavaClient {
  readonly name: string;
  readonly yaml: string;
  readonly at: readonly Product[];
  readonly expected: Expected;
}

/** The types of outputs, each with the server that stands for it. */
const OUTPUTS = {
  elasticsearch: 'Elasticsearch',
  remote_elasticsearch: 'Elasticsearch',
  logstash: 'Logstash',
  kafka: 'Kafka',
} as const satisfies Readonly<Record<string, Product>>;

const ALL_PRODUCTS = Object.keys(PRODUCTS) as readonly Product[];

/** The kit refuses Ed25519: the three read no such key from PEM. */
const SERVER_KEYS = KEY_KINDS.filter((kind) => kind !== 'ed25519');

/**
 * Servers like Logstash's, Elasticsearch's and Kafka's, on Java's own TLS and chain checks, configured from the texts of
 * the kit; clients are Elastic's library with the outputs of their kits. What the products add (Netty) is not here.
 */
export async function javaChecks(
  directory: string,
  own: Issuing,
  foreign: Issued,
  library: Library,
  say: (line: string) => void,
): Promise<readonly Check[]> {
  const path = (name: string) => join(directory, `java-${name.replaceAll(' ', '-')}`);
  const clients = [...(await writers(path, own)), ...(await strangers(path, own, foreign))];
  const java = await startJava(say);
  const judge = (kind: KeyKind) => `${java.version}, ${kind}`;
  try {
    const checks: Check[] = [];
    for (const kind of SERVER_KEYS) {
      const issued = await own.issue('output-server', kind);
      for (const product of ALL_PRODUCTS) {
        const place = path(`server-${kind}-${product}`);
        const { kit } = writeKitHost(place, issued, PLAIN, { outputs: serverOf(product) });
        const port = await java.listen(PRODUCTS[product](kit, place));
        const here = clients.filter(({ at }) => at.includes(product));
        checks.push(...(await oneServer({ java, library, product, port, judge: judge(kind) }, here)));
      }
    }
    const refusal = await refusesEd25519(path('server-ed25519'), own);
    return [...checks, ...SERVER_KEYS.map((kind) => ({ ...refusal, judge: judge(kind) }))];
  } finally {
    await java.stop();
  }
}

function serverOf(product: Product): readonly OutputSettings[] {
  return [{ type: product.toLowerCase() }];
}

async function refusesEd25519(directory: string, own: Issuing): Promise<Omit<Check, 'judge'>> {
  const issued = await own.issue('output-server', 'ed25519');
  const subject = 'an Ed25519 key of a server is refused by the kit';
  try {
    writeKitHost(directory, issued, PLAIN, { outputs: serverOf('Logstash') });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { subject, passed: true, findings: [{ severity: 'notice', text: error.message }] };
  }
  return { subject, passed: false, findings: [{ severity: 'error', text: 'served' }] };
}

/** Every client certificate, with every type of output that its kit has. */
async function writers(path: (name: string) => string, own: Issuing): Promise<readonly JavaClient[]> {
  const clients: JavaClient[] = [];
  for (const profile of ['agent', 'fleet-server', 'output-client'] as const) {
    for (const kind of KEY_KINDS) {
      const issued = await own.issue(profile, kind);
      const outputs = outputsOf(profile);
      const { kit } = writeKitHost(path(`${profile}-${kind}`), issued, PLAIN, { outputs });
      const texts = connectionsIn(kit).filter(({ part }) => part === 'outputs[].yaml');
      for (const [i, { yaml }] of texts.entries()) {
        const type = outputs[i]?.type as keyof typeof OUTPUTS;
        clients.push({
          name: `${profile} ${kind}, output ${type}`,
          yaml,
          at: [OUTPUTS[type]],
          expected: 'accepted',
        });
      }
    }
  }
  return clients;
}

function outputsOf(profile: ProfileName): readonly OutputSettings[] {
  return Object.keys(OUTPUTS)
    .filter((type) => profile !== 'fleet-server' || type === 'elasticsearch')
    .map((type) => ({
      type,
      name: type,
      hosts: [
        OUTPUTS[type as keyof typeof OUTPUTS] === 'Elasticsearch' ? `https://${HOST}:9200` : `${HOST}:5044`,
      ],
      ...(type === 'kafka' ? { kafka: { topic: 'events' } } : {}),
    }));
}

async function strangers(path: (name: string) => string, own: Issuing, foreign: Issued) {
  const clients: JavaClient[] = [];
  const trusted = await own.issue('agent', 'p256');
  const { caBundlePem } = trusted;
  const refused = (name: string, issued: Issued, expected: RegExp) => {
    const host: Host = writeHost(path(name), { ...issued, caBundlePem });
    clients.push({ name, yaml: clientYaml(host), at: ALL_PRODUCTS, expected });
  };
  refused('foreign client', foreign, /unable to find valid certification path/);
  refused('expired client', await own.issue('agent', 'p256', 2400), /NotAfter/);
  const server = await own.issue('output-server', 'p256');
  refused('certificate for servers alone as client', server, /Extended key usage does not permit/);
  const { ca } = writeHost(path('none'), trusted);
  const none = stringify({ ssl: { certificate_authorities: [ca] } });
  clients.push({
    name: 'no client certificate',
    yaml: none,
    at: ALL_PRODUCTS,
    expected: /Empty client certificate chain/,
  });
  return clients;
}

interface Running {
  readonly java: JavaServers;
  readonly library: Library;
  readonly product: Product;
  readonly port: number;
  readonly judge: string;
}

async function oneServer(
  { java, library, product, port, judge }: Running,
  clients: readonly JavaClient[],
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const { name, yaml, expected } of clients) {
    const loaded = await library.do({ op: 'load', client: 'java', yaml, host: HOST });
    if (!loaded.ok) throw new Error(`${name}: ${loaded.error}`);
    const answer = await library.do({ op: 'dial', client: 'java', address: `127.0.0.1:${port}` });
    const outcome = await java.outcome();
    const ok = answer.ok && outcome.startsWith('accepted');
    const subject = `${name} at a server like ${product}'s`;
    checks.push({ subject, judge, ...verdict({ ...answer, ok, serverError: outcome }, expected) });
  }
  return checks;
}
