import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { ResolvedDeployment } from '../../../shared/elastic/deployment/resolved-deployment.ts';
import type { ProxyPlan } from '../../../shared/elastic/proxy/plan.ts';
import { planOf } from '../../../shared/elastic/proxy/section.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import { placeFiles } from '../../support/place-files.ts';
import { freePorts } from '../ports.ts';
import { type Issued, type Issuing, startIssuing } from '../tls/issue.ts';
import { OldCa } from '../tls/old-ca.ts';
import type { Identity } from './client.ts';
import { type Program, type Running, start } from './programs.ts';
import { CLOUD, startUpstream, type Upstream } from './upstream.ts';

/** The names at which clients reach the proxy. */
export const FRONT = { fleet: 'fleet-proxy.example.com', elasticsearch: 'es-proxy.example.com' } as const;

/** Those who come to the proxy. */
export interface Clients {
  readonly good: Identity;
  readonly expired: Identity;
  readonly foreign: Identity;
  /** Of ours, but for servers. */
  readonly server: Identity;
  /** Of ours, and on the lists {@link Bundles.revoked} and later. */
  readonly victim: Identity;
}

/** The bundle of revocation lists as the local cloud published it, at several times. PEM. */
export interface Bundles {
  /** Nothing is revoked. */
  readonly initial: string;
  readonly revoked: string;
  /** Newer than `revoked`, but made by a clock that is days late: the issuer's list has expired. */
  readonly expired: string;
  /** The newest, and good. */
  readonly latest: string;
}

export interface World {
  readonly directory: string;
  /** PEM. */
  readonly root: string;
  readonly proxy: Identity;
  readonly clients: Clients;
  readonly bundles: Bundles;
  readonly upstream: Upstream;
}

/** Certificates come from a local cloud, which is gone when the proxies start. */
export async function makeWorld(directory: string): Promise<World> {
  const own = await startIssuing();
  try {
    const good = await own.issue('agent', 'rsa');
    const victim = await own.issue('agent', 'p256');
    const client = async (...args: Parameters<Issuing['issue']>) => identityOf(await own.issue(...args));
    return {
      directory,
      root: good.caBundlePem,
      proxy: await client('proxy', 'p256', 0, Object.values(FRONT)),
      clients: {
        good: identityOf(good),
        expired: await client('agent', 'p256', 2400),
        foreign: identityOf(new OldCa(join(directory, 'foreign-ca')).issue('agent')),
        server: await client('output-server', 'p256'),
        victim: identityOf(victim),
      },
      bundles: await publish(own, victim),
      upstream: await startUpstream(join(directory, 'upstream')),
    };
  } finally {
    await own.stop();
  }
}

/** Seconds: more than the lists of an issuer live. */
const LATE = 80 * 3600;

async function publish(own: Issuing, victim: Issued): Promise<Bundles> {
  const initial = await own.lists();
  await own.revoke(victim);
  const revoked = await own.lists();
  const others = [await own.issue('agent', 'p256'), await own.issue('agent', 'p256')] as const;
  await own.revoke(others[0], LATE);
  const expired = await own.lists();
  await own.revoke(others[1]);
  return { initial, revoked, expired, latest: await own.lists() };
}

function identityOf({ certificatePem: certificate, chainPem, privateKey }: Issued): Identity {
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate, issuers: chainPem.join(''), key };
}

/** How a proxy differs from the one that the kit describes. */
export interface Variant {
  readonly name: string;
  /** Both services on one port. @default false */
  readonly sharedPort?: boolean;
  /** Seconds. @default - what the kit says */
  readonly hold?: number;
  /** The name that the upstream is taken for. @default - its own */
  readonly upstreamName?: string;
  /** The lists in place when it starts; undefined for none. @default - nothing is revoked */
  readonly lists?: string | undefined;
  /** Where the script gets new ones. @default - nowhere */
  readonly revocationUrl?: string;
}

export interface Started extends Running {
  readonly ports: { readonly fleet: number; readonly elasticsearch: number };
  /** The script of the kit that refreshes the lists, and the file that it keeps. */
  readonly script: string;
  readonly lists: string;
}

/** Writes the files of the kit and starts the program with the kit's configuration. */
export async function startVariant(world: World, program: Program, variant: Variant): Promise<Started> {
  const directory = join(world.directory, `${program.name}-${variant.name}`);
  mkdirSync(directory);
  const [fleet = 0, other = 0] = await freePorts(2);
  const ports = { fleet, elasticsearch: variant.sharedPort ? fleet : other };
  const deployment = deploymentFor(world, variant, directory, ports);
  const { revocationUrl = 'http://pki.invalid' } = variant;
  const places = placeKit(world, deployment, revocationUrl);
  if (!('lists' in variant)) writeFileSync(places.lists, world.bundles.initial);
  else if (variant.lists !== undefined) writeFileSync(places.lists, variant.lists);
  const running = await start(program, planFor(deployment, revocationUrl, variant), directory);
  return { ...running, ports, ...places };
}

/** The files as delivered, and the key. What is left to fill are the lists, for which the kit has a script. */
function placeKit({ proxy, root }: World, deployment: ResolvedDeployment, revocationUrl: string) {
  const { files } = renderKit({
    deployment,
    revocationUrl,
    certificate: {
      name: 'proxy',
      keyKind: 'p256',
      certificatePem: proxy.certificate,
      chainPem: [proxy.issuers],
      caBundlePem: root,
    },
  });
  const [lists, other] = placeFiles(files, proxy.key);
  const script = files.find(({ role }) => role === 'script');
  if (lists?.role !== 'revocation-list' || script === undefined) throw new Error('no lists, or no script');
  if (other !== undefined) throw new Error(`nobody can fill ${other.path}`);
  mkdirSync(dirname(lists.path));
  return { lists: lists.path, script: script.path };
}

function deploymentFor(
  world: World,
  variant: Variant,
  directory: string,
  ports: Started['ports'],
): ResolvedDeployment {
  const { port, ca } = world.upstream;
  const upstream = (service: 'fleet' | 'elasticsearch') =>
    `https://${variant.upstreamName ?? CLOUD[service]}:${port}`;
  return checkDeployment(
    {
      model: 'cloud-proxy',
      os: 'linux',
      directory,
      proxy: {
        fleetUrl: `https://${FRONT.fleet}:${ports.fleet}`,
        elasticsearchUrl: `https://${FRONT.elasticsearch}:${ports.elasticsearch}`,
        upstream: { fleetUrl: upstream('fleet'), elasticsearchUrl: upstream('elasticsearch') },
      },
      trust: { fleetServer: { path: ca }, elasticsearch: { path: ca } },
    },
    { profile: 'proxy', keyKind: 'p256', dnsNames: Object.values(FRONT) },
  );
}

/** What the kit plans, with the stand-in for Elastic Cloud on this machine. */
function planFor(deployment: ResolvedDeployment, revocationUrl: string, variant: Variant): ProxyPlan {
  const plan = planOf(deployment, revocationUrl);
  const atHome = plan.services.map((service) => ({
    ...service,
    upstream: { ...service.upstream, address: '127.0.0.1' },
  }));
  return {
    ...plan,
    services: atHome,
    hold: variant.hold ?? plan.hold,
    account: process.getuid?.() === 0 ? plan.account : undefined,
  };
}
