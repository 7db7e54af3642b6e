import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Check } from '../report.ts';
import { KEY_KINDS } from './cases.ts';
import { clientYaml, type Host, writeHost } from './host.ts';
import type { Issued, Issuing } from './issue.ts';
import { type JavaServers, type ServerStyle, startJava } from './java.ts';
import { verdict } from './judge.ts';
import type { Library } from './library.ts';
import { HOST } from './names.ts';
import type { Expected } from './verdict.ts';

/** A client of a Java server. */
interface JavaClient {
  readonly name: string;
  readonly yaml: string;
  readonly expected: Expected;
}

const STYLES: readonly ServerStyle[] = ['Logstash', 'Elasticsearch'];

/**
 * Servers like Logstash's and Elasticsearch's, on Java's own TLS and chain checks, with a certificate of each key kind;
 * clients are Elastic's library. What Logstash adds (Netty) is not here.
 */
export async function javaChecks(
  directory: string,
  own: Issuing,
  foreign: Issued,
  library: Library,
  say: (line: string) => void,
): Promise<readonly Check[]> {
  const path = (name: string) => join(directory, `java-${name}`);
  const servers = await Promise.all(
    KEY_KINDS.map(async (kind) => writeHost(path(kind), await own.issue('output-server', kind))),
  );
  const clients = await clientsOf(path, own, foreign);
  const java = await startJava(say);
  try {
    const checks: Check[] = [];
    for (const style of STYLES) {
      for (const server of servers) {
        checks.push(...(await oneServer(java, library, style, server, clients)));
      }
    }
    return checks;
  } finally {
    await java.stop();
  }
}

async function clientsOf(path: (name: string) => string, own: Issuing, foreign: Issued) {
  const clients: JavaClient[] = [];
  const add = (name: string, host: Host, expected: Expected) =>
    clients.push({ name, yaml: clientYaml(host), expected });
  for (const profile of ['agent', 'output-client'] as const) {
    for (const kind of KEY_KINDS) {
      const host = writeHost(path(`${profile}-${kind}`), await own.issue(profile, kind));
      add(`${profile} ${kind}`, host, 'accepted');
    }
  }
  const refused = async (name: string, issued: Issued, words: RegExp) => {
    const { caBundlePem } = trusted;
    add(name, writeHost(path(name.replaceAll(' ', '-')), { ...issued, caBundlePem }), words);
  };
  const trusted = await own.issue('agent', 'p256');
  await refused('foreign client', foreign, /unable to find valid certification path/);
  await refused('expired client', await own.issue('agent', 'p256', 2400), /NotAfter/);
  const server = await own.issue('output-server', 'p256');
  await refused('certificate for servers alone as client', server, /Extended key usage does not permit/);
  const { ca } = writeHost(path('none'), trusted);
  const none = stringify({ ssl: { certificate_authorities: [ca] } });
  clients.push({ name: 'no client certificate', yaml: none, expected: /Empty client certificate chain/ });
  return clients;
}

async function oneServer(
  java: JavaServers,
  library: Library,
  style: ServerStyle,
  server: Host,
  clients: readonly JavaClient[],
): Promise<readonly Check[]> {
  const port = await java.listen(style, server);
  const judge = `${java.version}, ${server.issued.keyKind}`;
  const checks: Check[] = [];
  for (const { name, yaml, expected } of clients) {
    await library.do({ op: 'load', client: 'java', yaml, host: HOST });
    const answer = await library.do({ op: 'dial', client: 'java', address: `127.0.0.1:${port}` });
    const outcome = await java.outcome();
    const ok = answer.ok && outcome.startsWith('accepted');
    const subject = `${name} at a server like ${style}'s`;
    checks.push({
      subject,
      judge,
      ...verdict({ ...answer, ok, serverError: outcome }, expected),
    });
  }
  return checks;
}
