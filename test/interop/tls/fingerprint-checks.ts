import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Check } from '../report.ts';
import { serverYaml, writeHost, writeKitHost } from './host.ts';
import type { Issued, Issuing } from './issue.ts';
import { handshake, verdict } from './judge.ts';
import { PLAIN } from './keys.ts';
import { kitOf } from './kits.ts';
import type { Library } from './library.ts';
import { HOST } from './names.ts';
import { connectionsIn } from './parts.ts';
import type { Expected } from './verdict.ts';

/** A fingerprint as a caller gives it, and the server that it meets. */
interface Trial {
  readonly name: string;
  readonly fingerprint: string;
  readonly server: 'sends its CA' | 'sends itself alone';
  readonly expected: Expected;
}

const UNKNOWN = /unknown authority/;

/**
 * `fleetServer.elasticsearchCaFingerprint` at an Elasticsearch whose CA is nowhere else: neither in a file of the kit nor
 * among those of the system.
 */
export async function fingerprintChecks(
  directory: string,
  own: Issuing,
  company: Issued,
  libraries: readonly Library[],
): Promise<readonly Check[]> {
  const server = await own.issue('fleet-server', 'p256');
  const { caBundlePem } = server;
  const root = new X509Certificate(company.caBundlePem);
  const elasticsearch = (name: string, chain: readonly string[]) =>
    serverYaml(writeHost(join(directory, name), { ...company, caBundlePem }, { chain }));
  const servers = {
    'sends its CA': elasticsearch('with-ca', [company.certificatePem, company.caBundlePem]),
    'sends itself alone': elasticsearch('without-ca', [company.certificatePem]),
  };
  const checks: Check[] = [];
  for (const trial of trials(root, new X509Certificate(caBundlePem))) {
    const connections = elasticsearchConnections(join(directory, 'by-fingerprint'), server, trial);
    for (const { part, yaml } of connections)
      for (const library of libraries) {
        const answer = await handshake(library, { server: servers[trial.server], client: yaml, host: HOST });
        const subject = `${trial.name}, Elasticsearch ${trial.server}: ${part}`;
        checks.push({ subject, judge: library.name, ...verdict(answer, trial.expected) });
      }
  }
  const raw = stringify({ ssl: { ca_trusted_fingerprint: root.fingerprint256 } });
  const colons = { server: openTo(servers['sends its CA']), client: raw, host: HOST };
  for (const library of libraries) {
    const words = verdict(await handshake(library, colons), /invalid byte: U\+003A ':'/);
    checks.push({ subject: 'colons that the kit did not remove', judge: library.name, ...words });
    checks.push({ subject: 'a fingerprint of SHA-1 is refused', judge: library.name, ...refused(server) });
  }
  return checks;
}

function trials(root: X509Certificate, other: X509Certificate): readonly Trial[] {
  const openssl = root.fingerprint256;
  const hex = openssl.replaceAll(':', '').toLowerCase();
  const sends = 'sends its CA';
  return [
    { name: 'fingerprint as openssl prints it', fingerprint: openssl, server: sends, expected: 'accepted' },
    { name: 'fingerprint in hex', fingerprint: hex, server: sends, expected: 'accepted' },
    {
      name: 'fingerprint of another CA',
      fingerprint: other.fingerprint256,
      server: sends,
      expected: UNKNOWN,
    },
    { name: 'fingerprint in hex', fingerprint: hex, server: 'sends itself alone', expected: UNKNOWN },
  ];
}

/** Of hosts and of containers. */
function elasticsearchConnections(directory: string, issued: Issued, { fingerprint }: Trial) {
  const systems = ['linux', 'container'] as const;
  return systems.flatMap((os) => {
    const { kit } = writeKitHost(directory, issued, PLAIN, { os, ...deploymentWith(fingerprint) });
    return connectionsIn(kit).filter(
      // The settings of Fleet have no field for it.
      ({ to, yaml }) => to === 'elasticsearch' && yaml.includes('ca_trusted_fingerprint'),
    );
  });
}

function deploymentWith(elasticsearchCaFingerprint: string): Deployment {
  const elasticsearchUrl = `https://${HOST}:9200`;
  return {
    fleetServer: { policyId: 'fleet-servers', elasticsearchUrl, elasticsearchCaFingerprint },
    trust: { elasticsearch: 'system' },
  };
}

function openTo(server: string): string {
  return server.replace('client_authentication: required', 'client_authentication: none');
}

function refused(issued: Issued): Pick<Check, 'passed' | 'findings'> {
  try {
    const sha1 = new X509Certificate(issued.caBundlePem).fingerprint;
    kitOf(deploymentWith(sha1), issued);
    return verdict({ ok: true }, /64 hex digits/);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return verdict({ ok: false, error: error.message }, /64 hex digits/);
  }
}
