import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { TestCloud } from '../../support/cloud.ts';
import { HERE } from '../../support/hosts/programs.ts';
import { SecretJob } from '../../support/hosts/secret-job.ts';
import type { Check } from '../report.ts';
import { type AgentKit, agentKits, FLEET_SERVER } from './agent-kits.ts';
import { agentMisfits } from './agent-schema.ts';
import { check } from './check.ts';
import { Cluster, type TlsSecret } from './cluster.ts';
import { misfit, type Resource, resources } from './schemas.ts';

/** What Kubernetes and ECK's schema make of the kits for Agents, and what their job makes of a real enrollment. */
export async function agentChecks(cloud: TestCloud, directory: string): Promise<readonly Check[]> {
  const kits = agentKits();
  const jobs: Check[] = [];
  // The newest of each, with and without an image.
  const run = kits.filter(({ name }) =>
    /^(agent|fleet-server), ECK 3\.5\.0, (deployment|no image)$/.test(name),
  );
  for (const kit of run)
    jobs.push(await jobCheck(cloud, join(directory, kit.name.replaceAll(/\W+/g, '-')), kit));
  return [canary(), ...kits.map(formCheck), ...jobs];
}

/** Without it, silence of the schemas would prove nothing. */
function canary(): Check {
  const bad = (spec: object): Resource => ({
    apiVersion: 'agent.k8s.elastic.co/v1alpha1',
    kind: 'Agent',
    metadata: { name: 'x' },
    spec,
  });
  const pods = { podTemplate: { spec: { containers: [{ name: 'agent', env: { A: 'b' } }] } } };
  const taken = [{ fleetServerRef: { clientCertificate: 'x' } }, { daemonSet: pods }].filter(
    (spec) => agentMisfits(bad(spec)).length === 0,
  );
  return check(
    'an Agent that fits no schema is found out',
    'kubernetes',
    taken.map((spec) => JSON.stringify(spec)),
  );
}

function formCheck({ name, kubernetes }: AgentKit): Check {
  const { manifests, patches, commands } = kubernetes;
  const heredocs = commands.flatMap((command) => /<<'SECRET'\n(.*)SECRET$/s.exec(command)?.[1] ?? []);
  const found = [
    ...(manifests === undefined ? [] : resources(manifests)),
    ...heredocs.map((text) => parse(text)),
  ];
  const faults = [
    ...found.flatMap((resource) => misfit(resource) ?? []),
    ...(patches === undefined ? [] : resources(patches).flatMap(agentMisfits)),
  ];
  return check(name, 'kubernetes', faults);
}

/** The Secret has a key of its own, its certificate with the issuer, and the roots that verify both. */
async function jobCheck(cloud: TestCloud, directory: string, kit: AgentKit): Promise<Check> {
  const dns = kit.profile === 'fleet-server' ? { dns: [FLEET_SERVER] } : {};
  const token = await cloud.token({
    profile: kit.profile,
    names: { commonName: kit.profile, ...dns },
    onExistingName: 'replace',
  });
  const { certificate, key, roots } = await secretOf(cloud, directory, kit, token);
  const [leaf, issuer] = certificate
    .split(/(?<=END CERTIFICATE-----\n)/)
    .map((pem) => new X509Certificate(pem));
  const root = new X509Certificate(roots);
  const faults = [
    !leaf?.checkPrivateKey(createPrivateKey(key)) && 'the key is of another certificate',
    !(issuer !== undefined && leaf?.verify(issuer.publicKey)) && 'the issuer is not with the certificate',
    !issuer?.verify(root.publicKey) && 'the roots do not verify the issuer',
    kit.profile === 'fleet-server' && leaf?.checkHost(FLEET_SERVER) !== FLEET_SERVER && 'its name is missing',
  ];
  return check(
    `${kit.name}: the Secret`,
    'openssl',
    faults.filter((fault) => fault !== false),
  );
}

/** What the CronJob puts into the Secret, or without one the first command. */
async function secretOf(
  cloud: TestCloud,
  directory: string,
  { kubernetes: { manifests, commands } }: AgentKit,
  token: string,
): Promise<TlsSecret> {
  if (manifests === undefined) {
    const cluster = new Cluster(directory);
    await cluster.run(commands[0] ?? '', {
      FLEETSEAL_URL: cloud.local.url,
      CURL_CA_BUNDLE: cloud.local.caFile,
      FLEETSEAL_TOKEN: token,
    });
    return cluster.secret();
  }
  const job = new SecretJob(cloud, manifests, token);
  const { code, stderr } = await job.run({ userland: HERE });
  if (code !== 0) throw new Error(`the job ended with ${code}: ${stderr}`);
  const secret = { ...job.pair, roots: job.data['ca.crt'] ?? '' };
  job.pod.remove();
  return secret;
}
