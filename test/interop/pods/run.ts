import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { KubernetesParts } from '../../../shared/elastic/kit/kubernetes-parts.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import { TestCloud } from '../../support/cloud.ts';
import { run } from '../../support/command.ts';
import { at, listAt } from '../../support/json.ts';
import { check } from '../eck/check.ts';
import { misfit, type Resource, resources } from '../eck/schemas.ts';
import { patched } from '../eck/strategic-merge.ts';
import type { Check } from '../report.ts';
import { DAEMON_SET } from './daemon-set.ts';

/** What Kubernetes makes of the kit for Elastic's DaemonSet, and a local cloud of what its pods run. */
export async function podChecks(): Promise<readonly Check[]> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-pods-'));
  const cloud = await TestCloud.start();
  try {
    return [...formChecks(directory), ...(await enrollmentChecks(cloud, directory))];
  } finally {
    await cloud.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function kitOf(directory: string, stackVersion: string, uid: number): KubernetesParts {
  const keyKind = 'p256';
  const deployment = checkDeployment(
    {
      model: 'on-premises',
      os: 'container',
      stackVersion,
      fleetUrl: 'https://fleet.example.com:8220',
      directory,
      container: { runtime: 'kubernetes', image: 'registry.example.com/tools:1', uid },
    },
    { profile: 'agent', keyKind },
  );
  const certificate = { name: 'node', keyKind, certificatePem: '', chainPem: [], caBundlePem: '' } as const;
  const { kubernetes } = renderKit({ deployment, certificate });
  if (kubernetes === undefined) throw new Error('the kit has no part for Kubernetes');
  return kubernetes;
}

/** Versions before and after agents read renewed files by themselves, as root and as Elastic's user. */
function formChecks(directory: string): readonly Check[] {
  return ['8.13.0', '9.4.3', '9.5.2'].flatMap((version) =>
    [0, 1000].map((uid) => {
      const { manifests = '', patches = '' } = kitOf(directory, version, uid);
      const daemonSet = patched(DAEMON_SET, parse(patches)) as Resource;
      const faults = [...resources(manifests), daemonSet].flatMap((resource) => misfit(resource) ?? []);
      const subject = `Elastic's DaemonSet, patched for ${version} as user ${uid}`;
      return check(subject, 'kubernetes', [...faults, ...lost(daemonSet)]);
    }),
  );
}

/** What the patch must leave as it was, and the two values that it must not. */
function lost({ spec }: Resource): readonly string[] {
  const agent = at(spec, 'template.spec.containers.0');
  const variables = listAt(agent, 'env');
  const variable = (wanted: string) => variables.find((each) => at(each, 'name') === wanted);
  return [
    ...(listAt(agent, 'volumeMounts.*.name').includes('elastic-agent-state')
      ? []
      : ["the agent's state is not mounted"]),
    ...(listAt(spec, 'template.spec.volumes.*.name').includes('varlog') ? [] : ['a volume is gone']),
    ...(variable('NODE_NAME') !== undefined ? [] : ['a variable is gone']),
    ...(at(variable('FLEET_INSECURE'), 'value') === 'false' ? [] : ['the agent verifies no server']),
    ...(at(variable('FLEET_ENROLLMENT_TOKEN'), 'value') !== undefined
      ? ["the manifest's token stands beside the Secret's"]
      : []),
  ];
}

/** The scripts of the ConfigMap against the service itself, by TLS. */
async function enrollmentChecks(cloud: TestCloud, root: string): Promise<readonly Check[]> {
  const directory = join(root, 'node');
  const mounted = (name: string) => join(root, name);
  for (const name of ['node', 'settings', 'access', 'scratch']) mkdirSync(mounted(name));
  const { data } = parse(kitOf(directory, '9.5.2', 0).manifests ?? '');
  for (const [name, text] of Object.entries<string>(data))
    writeFileSync(mounted(`settings/${name}`), text.replaceAll('/fleetseal/', `${root}/`));
  writeFileSync(mounted('access/url'), cloud.local.url);
  const give = async (changes: object) =>
    writeFileSync(
      mounted('access/token'),
      await cloud.token({ names: { commonName: '*.example.com' }, onExistingName: 'replace', ...changes }),
    );
  const keep = (node: string) =>
    run('sh', [mounted('settings/keep.sh')], {
      env: { NODE_NAME: node, TMPDIR: mounted('scratch'), CURL_CA_BUNDLE: cloud.local.caFile },
    });
  const key = () => readFileSync(join(directory, 'agent.key'), 'utf8');

  await give({ maxUses: 1 });
  const refused = await keep('node-1.other.test');
  const first = await keep('node-1.example.com');
  const firstKey = key();
  const again = await keep('node-1.example.com');
  const kept = key() === firstKey;
  const due = () => {
    writeFileSync(join(directory, 'renew-from'), '20200101000000');
    writeFileSync(join(directory, 'ask-after'), '9999999999');
  };
  due();
  const renewed = await keep('node-1.example.com');
  const newKey = key();
  const serial = new X509Certificate(readFileSync(join(directory, 'agent.crt'))).serialNumber;
  await cloud.admin('POST', `/v1/certificates/${serial.toLowerCase()}/revoke`, { reason: 'superseded' });
  due();
  const spent = await keep('node-1.example.com');
  await give({});
  const afterwards = await keep('node-1.example.com');

  const faults = (good: boolean, { stderr, stdout }: typeof first) => (good ? [] : [stderr || stdout]);
  return [
    check('a node that the token does not allow', 'pod', faults(refused.code === 1, refused)),
    check('a node enrolls', 'pod', faults(first.code === 0 && first.stdout !== '', first)),
    check('a fresh certificate is kept', 'pod', faults(again.code === 0 && kept, again)),
    check(
      'a node renews with a new key, without a token',
      'pod',
      faults(renewed.code === 0 && newKey !== firstKey, renewed),
    ),
    check(
      'a spent token leaves the certificate',
      'pod',
      faults(spent.code === 0 && spent.stderr !== '', spent),
    ),
    check(
      'another token replaces what was revoked',
      'pod',
      faults(afterwards.code === 0 && key() !== newKey, afterwards),
    ),
  ];
}
