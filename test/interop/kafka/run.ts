import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { Kit } from '../../../shared/elastic/kit/kit.ts';
import { lastingDirectory } from '../../support/lasting-directory.ts';
import { freePorts } from '../ports.ts';
import type { Check } from '../report.ts';
import { type Host, writeHost, writeKitHost } from '../tls/host.ts';
import { type Issued, type Issuing, startIssuing } from '../tls/issue.ts';
import { keystoreCommand } from '../tls/java-servers.ts';
import { PLAIN } from '../tls/keys.ts';
import { HOST } from '../tls/names.ts';
import { OldCa } from '../tls/old-ca.ts';
import { type Client, installKafka, startBroker, startClient } from './broker.ts';

const TOPIC = 'events';
const BROKER = 'broker-1';

/**
 * Apache Kafka (KRaft) started with the properties of the kit, and producers with the certificates of agents and of
 * others; then the ways in which the kit says that a renewed keystore comes into use. Loopback only.
 *
 * @throws Error that says what is missing.
 */
export async function kafkaChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const { classpath, version } = await installKafka(say);
  const directory = lastingDirectory('kafka');
  const own = await startIssuing();
  const client = startClient(classpath, directory, HOST);
  try {
    const place = join(directory, 'broker');
    const [port = 0, internal = 0, controller = 0] = await freePorts(3);
    const issued = await own.issue('output-server', 'p256', 0, [HOST], BROKER);
    const outputs = [{ type: 'kafka', name: 'k', hosts: [`${HOST}:${port}`], kafka: { topic: TOPIC } }];
    const { kit } = writeKitHost(place, issued, PLAIN, { outputs });
    execFileSync('sh', ['-c', keystoreCommand(kit)]);
    const properties = brokerProperties(kit, place, { internal, controller });
    const broker = await startBroker(classpath, properties, port);
    try {
      const stage = { judge: `Kafka ${version}`, directory, own, client, port, internal, kit, place, issued };
      return [...(await producers(stage)), ...(await renewals(stage))];
    } finally {
      await broker.stop();
    }
  } finally {
    await client.stop();
    await own.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Stage {
  readonly judge: string;
  readonly directory: string;
  readonly own: Issuing;
  readonly client: Client;
  readonly port: number;
  readonly internal: number;
  readonly kit: Kit;
  /** Of the broker's files. */
  readonly place: string;
  readonly issued: Issued;
}

/** What a broker has without the kit, with the listener of the kit added to it as its comments say. */
function brokerProperties(
  { outputServers }: Kit,
  place: string,
  ports: { readonly internal: number; readonly controller: number },
): string {
  const text = outputServers?.kafkaProperties ?? '';
  const before: Readonly<Record<string, string>> = {
    listeners: `INTERNAL://127.0.0.1:${ports.internal},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `INTERNAL://127.0.0.1:${ports.internal}`,
    'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
  };
  const added = Object.entries(before).map(([name, value]) => {
    const more = new RegExp(`^# Add to ${name.replaceAll('.', '\\.')}: (.*)$`, 'm').exec(text)?.[1];
    if (more === undefined) throw new Error(`the kit adds nothing to ${name}`);
    return `${name}=${value},${more.replace(/<.*>/, HOST)}\n`;
  });
  const file = join(place, 'server.properties');
  writeFileSync(
    file,
    `process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:${ports.controller}
inter.broker.listener.name=INTERNAL
log.dirs=${join(place, 'data')}
offsets.topic.replication.factor=1
num.partitions=1
${added.join('')}${text}`,
  );
  return file;
}

async function producers(stage: Stage): Promise<readonly Check[]> {
  const { own, directory } = stage;
  const agent = await own.issue('agent', 'rsa');
  const foreign = new OldCa(join(directory, 'foreign-ca')).issue('agent');
  const trials: readonly (readonly [string, Issued | undefined, 'ok' | RegExp])[] = [
    ['an agent, RSA', agent, 'ok'],
    ['an agent, P-256', await own.issue('agent', 'p256'), 'ok'],
    ['an output client', await own.issue('output-client', 'p256'), 'ok'],
    ['no certificate', undefined, REFUSED],
    ['a certificate of a foreign CA', foreign, REFUSED],
    ['an expired certificate', await own.issue('agent', 'p256', 2400), REFUSED],
    ['a certificate for servers', await own.issue('output-server', 'p256'), REFUSED],
  ];
  const checks: Check[] = [];
  for (const [index, [subject, identity, expected]] of trials.entries()) {
    const place = join(directory, `client-${index}`);
    const answer = await stage.client.ask('send', producerFile(stage, place, identity, agent), TOPIC);
    checks.push(check(stage, `producer: ${subject}`, answer, expected));
  }
  return checks;
}

/** By TLS, and not for another reason. */
const REFUSED = /^refused .*SslAuthenticationException/;

/** Nothing is tried for long: a producer tries again on its own. */
function producerFile({ port }: Stage, place: string, identity: Issued | undefined, trusted: Issued): string {
  const { caBundlePem } = trusted;
  const host = writeHost(place, { ...(identity ?? trusted), caBundlePem });
  const file = join(place, 'producer.properties');
  writeFileSync(
    file,
    `bootstrap.servers=${HOST}:${port}
security.protocol=SSL
ssl.truststore.type=PEM
ssl.truststore.location=${host.ca}
max.block.ms=20000
delivery.timeout.ms=20000
request.timeout.ms=10000
${identity === undefined ? '' : keystore(host)}`,
  );
  return file;
}

function keystore({ key, certificate, directory }: Host): string {
  const file = join(directory, 'keystore.pem');
  writeFileSync(file, readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'));
  return `ssl.keystore.type=PEM\nssl.keystore.location=${file}\n`;
}

/** A renewed keystore, without a restart; the words with which Kafka refuses one. */
const RENEWALS: readonly (readonly [
  subject: string,
  change: { readonly name?: string; readonly path?: string },
  expected: 'ok' | RegExp,
])[] = [
  ['renewed, set to the same path', {}, 'ok'],
  ['renewed once more, set to the same path', {}, 'ok'],
  ['renewed, set to another path', { path: '.2' }, 'ok'],
  ['of another host name, set to the same path', { name: 'broker-2' }, /DistinguishedName does not match/],
];

async function renewals(stage: Stage): Promise<readonly Check[]> {
  const admin = join(stage.place, 'admin.properties');
  writeFileSync(admin, `bootstrap.servers=127.0.0.1:${stage.internal}\n`);
  const lines = stage.kit.outputServers?.kafkaProperties ?? '';
  const [, setting, location] = /^(\S+\.ssl\.keystore\.location)=(.*)$/m.exec(lines) ?? [];
  if (setting === undefined || location === undefined) throw new Error('the kit names no keystore');
  const checks: Check[] = [];
  for (const [subject, { name = BROKER, path = '' }, expected] of RENEWALS) {
    const renewed = await stage.own.issue('output-server', 'p256', 0, [HOST], name);
    writeHost(stage.place, renewed);
    execFileSync('sh', ['-c', keystoreCommand(stage.kit).replace(location, location + path)]);
    const answer = await stage.client.ask('alter', admin, setting, location + path);
    const isServed = expected !== 'ok' || (await serves(stage.port, renewed));
    checks.push(check(stage, `keystore ${subject}`, isServed ? answer : `${answer}, not served`, expected));
  }
  return checks;
}

/** Kafka takes a changed setting in a moment: for 10 seconds at most. */
async function serves(port: number, { certificatePem }: Issued): Promise<boolean> {
  const { serialNumber } = new X509Certificate(certificatePem);
  for (let tries = 0; tries < 100; tries++) {
    if ((await served(port)) === serialNumber) return true;
    await after(100);
  }
  return false;
}

/** The serial number of the certificate that the listener shows. */
function served(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: HOST, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

function check({ judge }: Stage, subject: string, answer: string, expected: 'ok' | RegExp): Check {
  const passed = expected === 'ok' ? answer === 'ok' : expected.test(answer);
  return {
    subject: `kafka, ${subject}`,
    judge,
    passed,
    findings: [{ severity: passed ? 'notice' : 'error', text: answer }],
  };
}
