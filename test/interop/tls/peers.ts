import { join } from 'node:path';
import { clientYaml, serverYaml, writeHost } from './host.ts';
import type { Issued, Issuing } from './issue.ts';
import { type KitChoice, TRUSTS } from './kit-choices.ts';
import type { Library, StepAnswer } from './library.ts';
import { HOST } from './names.ts';
import type { Connection } from './parts.ts';

/** The CAs of peers: fleetseal's own issue beside them. */
export interface OtherCas {
  /** Of a company; the caller of the kit gives it as PEM or path. */
  readonly company: Issued;
  /** Among the CAs of the system. */
  readonly system: Issued;
}

/** A connection to try. */
export interface Attempt {
  readonly connection: Connection;
  /** Who verifies the peer. */
  readonly trust: KitChoice['trust'];
  /** Whether the client shows no certificate, to a peer that asks for none. */
  readonly open: boolean;
}

/** @param trust - who verifies peers that are not Fleet Server itself */
export function attemptOf(connection: Connection, trust: KitChoice['trust']): Attempt {
  const { to, yaml } = connection;
  return {
    connection,
    trust: to === 'own' || to === 'listener' ? 'fleetseal' : trust,
    // Fleet Server to an Elasticsearch that asks for none.
    open: to !== 'listener' && !/\bcertificate:/.test(yaml),
  };
}

const PROBES = ['agent', 'stranger'] as const;

/** The servers that clients of kits connect to, and the clients that connect to their listeners. */
export async function listenAll(
  directory: string,
  own: Issuing,
  foreign: Issued,
  { company, system }: OtherCas,
  libraries: readonly Library[],
): Promise<void> {
  const server = await own.issue('fleet-server', 'p256');
  const { caBundlePem } = server;
  const agent = await own.issue('agent', 'p256');
  const path = (name: string) => join(directory, name);
  const servers = { fleetseal: server, system, pem: company, path: company };
  const hosts = TRUSTS.map(
    (trust) => [trust, writeHost(path(trust), { ...servers[trust], caBundlePem })] as const,
  );
  const probes = { agent: agent, stranger: { ...foreign, caBundlePem } };
  const clients = PROBES.map((name) => [name, clientYaml(writeHost(path(name), probes[name]))] as const);
  for (const library of libraries) {
    for (const [trust, host] of hosts) {
      const strict = serverYaml(host);
      const open = strict.replace('client_authentication: required', 'client_authentication: none');
      begun(await library.do({ op: 'listen', server: `strict ${trust}`, yaml: strict }));
      begun(await library.do({ op: 'listen', server: `open ${trust}`, yaml: open }));
    }
    for (const [name, yaml] of clients)
      begun(await library.do({ op: 'load', client: `probe ${name}`, yaml, host: HOST }));
  }
}

function begun({ ok, error }: StepAnswer): void {
  if (!ok) throw new Error(`no peer to connect to: ${error}`);
}

/** Makes the handshake, under a name of its own among those that are made at the same time. */
export async function attempt(
  library: Library,
  { connection, trust, open }: Attempt,
  name: string,
): Promise<StepAnswer> {
  const { to, at } = connection;
  // No verdict on a name that differs from run to run.
  const step = { yaml: connection.yaml, ...(at === undefined ? {} : { at }) };
  if (to === 'listener') return listener(library, step, `listener ${name}`);
  const host = to === 'own' ? 'localhost' : HOST;
  const loaded = await library.do({ op: 'load', client: name, ...step, host });
  return loaded.ok
    ? library.do({ op: 'dial', client: name, server: `${open ? 'open' : 'strict'} ${trust}` })
    : loaded;
}

/** Good where an agent of ours is let in and a stranger is not. */
async function listener(
  library: Library,
  step: { readonly yaml: string },
  server: string,
): Promise<StepAnswer> {
  const listening = await library.do({ op: 'listen', server, ...step });
  if (!listening.ok) return listening;
  const [agent, stranger] = [
    await library.do({ op: 'dial', client: 'probe agent', server }),
    await library.do({ op: 'dial', client: 'probe stranger', server }),
  ];
  await library.do({ op: 'close', server });
  return stranger.ok ? { ok: false, stage: 'handshake', error: 'lets a client of a foreign CA in' } : agent;
}
