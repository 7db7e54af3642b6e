import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { composeApp } from '../../../infra/synthesize.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import { ASSEMBLY } from '../../support/assembly.ts';
import { TestCloud } from '../../support/cloud.ts';
import { NodePod } from '../../support/hosts/node-pod.ts';
import { HERE as userland } from '../../support/hosts/programs.ts';
import { SecretJob } from '../../support/hosts/secret-job.ts';
import { listAt } from '../../support/json.ts';

const DAY = 86_400;
const directory = mkdtempSync(join(tmpdir(), 'fleetseal-adoption-'));
let cloud: TestCloud;
let node: NodePod;
let job: SecretJob;

beforeAll(async () => {
  const bundles = {
    directory: (name: string) => join(ASSEMBLY, 'bundles', 'functions', name),
    metafile: () => '',
  };
  const settings = { successorRoots: [{ id: 'root-2', keySpec: 'ECC_NIST_P384', lifetimeYears: 30 }] };
  const outdir = join(directory, 'assembly');
  const app = composeApp({ outdir, settings, bundles, checkSchemas: false });
  cloud = await TestCloud.start({ assembly: app.synth().directory });
  node = new NodePod(cloud);
  node.token = await cloud.token({ names: { commonName: 'node-*' } });
  job = new SecretJob(cloud, manifests(), await cloud.token({ names: { commonName: 'elastic-agent' } }));
});
afterAll(async () => {
  for (const { pod } of [node, job]) pod.remove();
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

function manifests(): string {
  const deployment = checkDeployment(
    {
      model: 'on-premises',
      os: 'container',
      stackVersion: '9.5.2',
      container: { runtime: 'eck', image: 'registry.example.com/tools:1' },
      eck: { eckVersion: '3.5.0' },
    },
    { profile: 'agent', keyKind: 'p256' },
  );
  const certificate = { name: 'elastic-agent', certificatePem: '', chainPem: [], caBundlePem: '' };
  return (
    renderKit({ deployment, certificate: { keyKind: 'p256', ...certificate } }).kubernetes?.manifests ?? ''
  );
}

/** Both get or renew their certificates. */
async function run(): Promise<void> {
  expect(await node.keep({ userland })).toMatchObject({ code: 0 });
  expect(await job.run({ userland })).toMatchObject({ code: 0 });
}

async function adoption() {
  await cloud.local.invoke('measure-adoption', {});
  const { json } = await cloud.admin('GET', '/v1/roots');
  return listAt(json, 'roots').at(-1);
}

test('pods that renew by their keys have a new root with the renewal after it joined, and report it with the next', async () => {
  await run();
  expect(await cloud.admin('POST', '/v1/roots/root-2/certify')).toMatchObject({ status: 201 });
  cloud.pass(23 * DAY);
  await run();
  expect(await adoption()).toMatchObject({ adoption: { live: 2, adopted: 0 } });
  cloud.pass(23 * DAY);
  await run();
  expect(await adoption()).toMatchObject({ adoption: { live: 2, adopted: 2 } });
});
