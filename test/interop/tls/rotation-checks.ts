import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { stringify } from 'yaml';
import { TestCloud } from '../../support/cloud.ts';
import type { Check } from '../report.ts';
import { LIBRARY_VERSIONS, type Library, type LibraryVersion, type Step } from './library.ts';
import { HOST } from './names.ts';
import { type RotatingHost, setUp } from './rotating.ts';

/** Pairs of hosts of a library, as many as continuous integration has time for; the variable ROTATION_HOSTS takes another number. */
const HOSTS = Number(process.env['ROTATION_HOSTS'] ?? 5);

/** Of each of the two; a certificate may be renewed 5 times an hour. */
const ROTATIONS = 5;

/** What each version does with new files: by itself, or at a restart. */
const STACKS: Readonly<Record<LibraryVersion, string>> = { current: '9.5.2', before043: '9.2.0' };

/**
 * Agents and Fleet Servers of Elastic's library go on with handshakes, one after the other, while `rotate.sh` replaces the
 * certificates of both sides, 50 times with each version of the library: none may be refused, and at the end both sides
 * present the last ones.
 */
export async function rotationChecks(
  directory: string,
  libraries: Readonly<Record<LibraryVersion, Library>>,
  say: (line: string) => void,
): Promise<readonly Check[]> {
  const cloud = await TestCloud.start();
  try {
    const checks: Check[] = [];
    for (const version of LIBRARY_VERSIONS) {
      const fleet = new Fleet(cloud, libraries[version], version);
      for (let host = 1; host <= HOSTS; host++)
        await fleet.live(join(directory, `rotating-${version}-${host}`), host);
      await fleet.stop();
      say(`${libraries[version].name}: ${fleet.handshakes} handshakes during ${fleet.rotations} rotations`);
      checks.push(...fleet.checks());
    }
    return checks;
  } finally {
    await cloud.stop();
  }
}

/** Pairs of an agent and a Fleet Server of one version of the library. */
class Fleet {
  readonly #cloud: TestCloud;
  readonly #library: Library;
  readonly #version: LibraryVersion;
  readonly #restarter: Promise<Server>;
  readonly #steps = new Map<string, Step>();
  readonly #faults = new Map<string, string[]>(SUBJECTS.map((subject) => [subject, []]));
  handshakes = 0;
  rotations = 0;
  #restarts = 0;

  constructor(cloud: TestCloud, library: Library, version: LibraryVersion) {
    this.#cloud = cloud;
    this.#library = library;
    this.#version = version;
    this.#restarter = this.#listen();
  }

  /** What a command of a host calls: the restart of its program, which takes the files that are in place then. */
  async #listen(): Promise<Server> {
    const server = createServer((request, response) => {
      const step = this.#steps.get(request.url ?? '');
      this.#restarts++;
      const done = step === undefined ? Promise.resolve({ ok: false }) : this.#library.do(step);
      done.then(
        ({ ok }) => response.writeHead(ok ? 204 : 500).end(),
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** Handshakes from before the first rotation until after the last. */
  async live(directory: string, host: number): Promise<void> {
    const { port } = (await this.#restarter).address() as AddressInfo;
    const make = (profile: 'agent' | 'fleet-server') =>
      setUp(this.#cloud, join(directory, profile), {
        profile,
        name: `${profile}-${this.#version.toLowerCase()}-${host}`,
        stackVersion: STACKS[this.#version],
        restart: `curl --silent --show-error --fail http://127.0.0.1:${port}/${profile}-${host}`,
      });
    const [server, agent] = [await make('fleet-server'), await make('agent')];
    const listen = { op: 'listen', server: `rotating ${host}`, yaml: this.#yaml(server, true) } as const;
    const load = { op: 'load', client: `rotating ${host}`, yaml: this.#yaml(agent), host: HOST } as const;
    this.#steps.set(`/fleet-server-${host}`, listen).set(`/agent-${host}`, load);
    const { address = '' } = await this.#library.do(listen);
    await this.#library.do(load);
    const rotating = this.#rotate([agent, server]);
    await this.#connectUntil(rotating, listen.server);
    await this.#compare(listen.server, address, server, agent);
    await this.#library.do({ op: 'close', server: listen.server });
  }

  #yaml({ certificate, key, ca }: RotatingHost, isServer = false): string {
    return stringify({
      ssl: {
        certificate_authorities: [ca],
        certificate,
        key,
        ...(isServer ? { client_authentication: 'required' } : {}),
        // At every handshake, so that many fall between two reads of the files.
        ...(this.#version === 'current'
          ? { certificate_reload: { enabled: true, reload_interval: '10ms' } }
          : {}),
      },
    });
  }

  async #rotate(hosts: readonly RotatingHost[]): Promise<void> {
    for (let rotation = 0; rotation < ROTATIONS; rotation++)
      for (const host of hosts) {
        const before = host.serial();
        const { code, stdout, stderr } = await host.rotate();
        this.rotations++;
        if (code !== 0 || host.serial() === before) this.#fault(ROTATED, `code ${code}: ${stdout}${stderr}`);
      }
  }

  async #connectUntil(end: Promise<void>, name: string): Promise<void> {
    let ended = false;
    const ending = end.finally(() => {
      ended = true;
    });
    while (!ended) await this.#connect(name);
    await ending;
    await this.#connect(name);
  }

  async #connect(name: string): Promise<void> {
    const { ok, error, serverError } = await this.#library.do({ op: 'dial', client: name, server: name });
    this.handshakes++;
    if (!ok) this.#fault(ACCEPTED, [error, serverError].filter(Boolean).join(' | '));
  }

  /** What each side presents at the end, as another program sees it. */
  async #compare(client: string, address: string, server: RotatingHost, agent: RotatingHost): Promise<void> {
    const listener = await presentedBy(Number(address.split(':')[1]), agent);
    if (listener !== server.serial())
      this.#fault(PRESENTED, `Fleet Server presents ${listener}, not ${server.serial()}`);
    const seen = Promise.withResolvers<string>();
    const peer = createTlsServer(
      {
        cert: readFileSync(server.certificate),
        key: readFileSync(server.key),
        ca: readFileSync(server.ca),
        requestCert: true,
      },
      (socket) => {
        seen.resolve(socket.getPeerCertificate().serialNumber.toLowerCase());
        socket.pipe(socket);
      },
    );
    await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
    const { port } = peer.address() as AddressInfo;
    const dialed = await this.#library.do({ op: 'dial', client, address: `127.0.0.1:${port}` });
    const presented = dialed.ok ? await seen.promise : dialed.error;
    if (presented !== agent.serial())
      this.#fault(PRESENTED, `the agent presents ${presented}, not ${agent.serial()}`);
    peer.close();
  }

  #fault(subject: string, text: string): void {
    this.#faults.get(subject)?.push(text);
  }

  async stop(): Promise<void> {
    (await this.#restarter).close();
    const expected = this.#version === 'current' ? 0 : this.rotations;
    if (this.#restarts !== expected)
      this.#fault(RESTARTED, `${this.#restarts} restarts, expected ${expected}`);
  }

  checks(): readonly Check[] {
    return [...this.#faults].map(([subject, texts]) => ({
      subject,
      judge: this.#library.name,
      passed: texts.length === 0,
      findings: [...new Set(texts)].map((text) => ({ severity: 'error', text }) as const),
    }));
  }
}

const ROTATED = `rotation by rotate.sh, ${HOSTS * ROTATIONS * 2} times: each one in place`;
const ACCEPTED = 'rotation by rotate.sh: every handshake in the meantime';
const PRESENTED = 'rotation by rotate.sh: both sides present the last certificates';
const RESTARTED = 'rotation by rotate.sh: restarts only where new files need one';
const SUBJECTS = [ROTATED, ACCEPTED, PRESENTED, RESTARTED];

/** The serial number of the certificate that a listener presents to the host. */
function presentedBy(port: number, { certificate, key, ca }: RotatingHost): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const identity = { cert: readFileSync(certificate), key: readFileSync(key), ca: readFileSync(ca) };
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', servername: HOST, ...identity }, () => {
    resolve(socket.getPeerCertificate().serialNumber.toLowerCase());
    socket.end('check-in\n');
  });
  socket.on('error', reject);
  return promise;
}
