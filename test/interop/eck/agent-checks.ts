import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { TestCloud } from '../../support/cloud.ts';
import { textAt } from '../../support/json.ts';
import type { Check } from '../report.ts';
import { type AgentKit, agentKits, FLEET_SERVER } from './agent-kits.ts';
import { agentMisfits } from './agent-schema.ts';
import { check } from './check.ts';
import { Cluster } from './cluster.ts';
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
  const cluster = new Cluster(directory);
  const access = {
    FLEETSEAL_URL: cloud.local.url,
    CURL_CA_BUNDLE: cloud.local.caFile,
    FLEETSEAL_TOKEN: token,
  };
  const { manifests, commands } = kit.kubernetes;
  const script = manifests === undefined ? (commands[0] ?? '') : jobScript(manifests, directory, access);
  await cluster.run(script, access);
  const { certificate, key, roots } = cluster.secret();
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

/** The script of the CronJob, with its mounts in a directory of this machine. */
function jobScript(
  manifests: string,
  directory: string,
  {
    FLEETSEAL_URL: url,
    FLEETSEAL_TOKEN: token,
  }: Readonly<Record<'FLEETSEAL_URL' | 'FLEETSEAL_TOKEN', string>>,
): string {
  const job = resources(manifests).find(({ kind }) => kind === 'CronJob');
  const script = textAt(job, 'spec.jobTemplate.spec.template.spec.containers.0.command.2');
  const [work, mounted] = [join(directory, 'renewal'), join(directory, 'mounted')];
  for (const path of [work, mounted]) mkdirSync(path);
  writeFileSync(join(mounted, 'token'), token);
  writeFileSync(join(mounted, 'url'), url);
  return script.replace('cd /renewal', `cd ${work}`).replaceAll('/token/', `${mounted}/`);
}
