import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptText } from '../../../docs/generate/hosts/scripts.ts';
import type { ProfileName } from '../../../shared/domain/profile.ts';
import { issuedIn } from '../../support/api-client.ts';
import type { TestCloud } from '../../support/cloud.ts';
import { type Outcome, run } from '../../support/command.ts';
import { makeCsr } from '../../support/csr.ts';
import { HOST } from './names.ts';

/** A host that bootstrap.sh has set up, with the script that renews its certificate. */
export interface RotatingHost {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
  /** Of the certificate in place. */
  readonly serial: () => string;
  /** Runs the script, whatever the window. */
  readonly rotate: () => Promise<Outcome>;
}

interface Setup {
  readonly profile: Extract<ProfileName, 'agent' | 'fleet-server'>;
  readonly name: string;
  readonly stackVersion: string;
  /** The command that makes new files take effect where the service says that it is needed. */
  readonly restart: string;
}

/** Enrolls it in the local cloud. */
export async function setUp(
  cloud: TestCloud,
  directory: string,
  { profile, name, stackVersion, restart }: Setup,
): Promise<RotatingHost> {
  const dnsNames = profile === 'fleet-server' ? [HOST] : [];
  const { pem: csr, privateKey } = makeCsr({ kind: 'p256' });
  const token = await cloud.token({ profile, names: { commonName: name, dns: dnsNames } });
  const answer = await cloud.enroll(token, { csr, name, dnsNames });
  if (answer.status !== 201) throw new Error(`no certificate: ${answer.status} ${answer.text}`);
  const { certificate, chain, caBundle } = issuedIn(answer);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const path = (file: string) => join(directory, file);
  const write = (file: string, text: string, mode = 0o644) => writeFileSync(path(file), text, { mode });
  write(`${profile}.key`, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  write(`${profile}.crt`, certificate + chain.join(''));
  write('ca.crt', caBundle);
  write('deployment.json', JSON.stringify(deploymentOf(profile, stackVersion)));
  write('rotate.sh', scriptText('rotate.sh'), 0o755);
  const settings = {
    URL: `${cloud.local.url}/v1`,
    CACERT: cloud.local.caFile,
    PROFILE: profile,
    DEPLOYMENT: path('deployment.json'),
    RESTART: restart,
  };
  const lines = Object.entries(settings).map(([setting, value]) => `${setting}='${value}'\n`);
  write('fleetseal.conf', lines.join(''));
  const files = { certificate: path(`${profile}.crt`), key: path(`${profile}.key`), ca: path('ca.crt') };
  return {
    ...files,
    serial: () => new X509Certificate(readFileSync(files.certificate)).serialNumber.toLowerCase(),
    rotate: () => run('sh', [path('rotate.sh'), '--now']),
  };
}

function deploymentOf(profile: Setup['profile'], stackVersion: string) {
  const common = {
    model: 'on-premises',
    stackVersion,
    os: 'linux',
    fleetUrl: `https://${HOST}:8220`,
    fleetEnrollmentToken: 'not-kept',
  };
  if (profile === 'agent') return common;
  return { ...common, fleetServer: { policyId: 'fleet-servers', elasticsearchUrl: `https://${HOST}:9200` } };
}
