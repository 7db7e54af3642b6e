import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { ResolvedDeployment } from '../../../shared/elastic/deployment.ts';
import { renderKit } from '../../../shared/elastic/kit.ts';
import type { ProxyPlan } from '../../../shared/elastic/proxy/plan.ts';
import { planOf } from '../../../shared/elastic/proxy/section.ts';
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
}

export interface World {
  readonly directory: string;
  /** PEM. */
  readonly root: string;
  readonly proxy: Identity;
  readonly clients: Clients;
  readonly upstream: Upstream;
}

/** Certificates come from a local cloud, which is gone when the proxies start. */
export async function makeWorld(directory: string): Promise<World> {
  const own = await startIssuing();
  try {
    const good = await own.issue('agent', 'rsa');
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
      },
      upstream: await startUpstream(join(directory, 'upstream')),
    };
  } finally {
    await own.stop();
  }
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
}

export interface Started extends Running {
  readonly ports: { readonly fleet: number; readonly elasticsearch: number };
}

/** Writes the files of the kit and starts the program with the kit's configuration. */
export async function startVariant(world: World, program: Program, variant: Variant): Promise<Started> {
  const directory = join(world.directory, `${program.name}-${variant.name}`);
  mkdirSync(directory);
  const [fleet = 0, other = 0] = await freePorts(2);
  const ports = { fleet, elasticsearch: variant.sharedPort ? fleet : other };
  const deployment = deploymentFor(world, variant, directory, ports);
  placeKit(world, deployment);
  return { ...(await start(program, planFor(deployment, variant), directory)), ports };
}

/** The files as delivered, and the key: all that the programs have. @throws Error where somebody has to fill another. */
function placeKit({ proxy, root }: World, deployment: ResolvedDeployment): void {
  const { files } = renderKit({
    deployment,
    certificate: {
      name: 'proxy',
      keyKind: 'p256',
      certificatePem: proxy.certificate,
      chainPem: [proxy.issuers],
      caBundlePem: root,
    },
  });
  const [other] = placeFiles(files, proxy.key);
  if (other !== undefined) throw new Error(`nobody can fill ${other.path}`);
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
function planFor(deployment: ResolvedDeployment, variant: Variant): ProxyPlan {
  const plan = planOf(deployment);
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
