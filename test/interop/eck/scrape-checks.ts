import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCloud } from '../../support/cloud.ts';
import { HERE } from '../../support/hosts/programs.ts';
import { SecretJob } from '../../support/hosts/secret-job.ts';
import type { Check } from '../report.ts';
import { check } from './check.ts';
import { Cluster, type TlsSecret } from './cluster.ts';
import { BEARER, portOf, startEndpoint } from './endpoint.ts';
import { type EckKit, NAMES } from './kits.ts';
import { type ScrapeJob, scrape } from './prometheus.ts';
import { scrapeJob } from './scrape-job.ts';

interface Surroundings {
  readonly cloud: TestCloud;
  readonly directory: string;
  /** The program. */
  readonly prometheus: string;
}

/** The kit's first command makes the Secret, its CronJob renews it, and Prometheus scrapes with both. */
export async function scrapeChecks(around: Surroundings, kits: readonly EckKit[]): Promise<readonly Check[]> {
  const { cloud, directory } = around;
  const newest = kits.at(-1);
  if (newest === undefined) throw new Error('no kits');
  const cluster = new Cluster(join(directory, 'cluster'));
  const access = { FLEETSEAL_URL: cloud.local.url, CURL_CA_BUNDLE: cloud.local.caFile };

  const first = await token(cloud, {});
  await cluster.run(newest.kubernetes.commands[0] ?? '', { ...access, FLEETSEAL_TOKEN: first });
  const made = cluster.secret();
  const before = await scrapedWith(around, 'new', made, kits);

  // Revoked, it is not renewed, and the job enrolls. Renewals are tested where the clock can be moved (test/exhaustive/pods).
  const serial = new X509Certificate(made.certificate).serialNumber.toLowerCase();
  await cloud.admin('POST', `/v1/certificates/${serial}/revoke`, { reason: 'superseded' });
  const renewal = await token(cloud, { onExistingName: 'replace' });
  const job = new SecretJob(cloud, newest.kubernetes.manifests ?? '', renewal);
  job.data = { 'tls.crt': made.certificate, 'tls.key': made.key };
  const run = async () => {
    const { code, stderr } = await job.run({ userland: HERE });
    if (code !== 0) throw new Error(`the job ended with ${code}: ${stderr}`);
    return { ...job.pair, roots: job.data['ca.crt'] ?? '' };
  };
  const renewed = await run();
  const after = await scrapedWith(around, 'renewed', renewed, [newest]);

  // Fresh now: it ends before it enrolls, for which the token has no use left.
  const kept = (await run()).certificate === renewed.certificate;
  job.pod.remove();
  return [
    ...before,
    ...after,
    check('the CronJob makes a new key', 'secret', renewed.key === made.key ? ['it is the same'] : []),
    check('the CronJob leaves a fresh certificate', 'secret', kept ? [] : ['it replaced it']),
  ];
}

function token(cloud: TestCloud, changes: object): Promise<string> {
  return cloud.token({
    profile: 'eck-metrics',
    names: { commonName: 'eck-metrics', dns: NAMES },
    ...changes,
  });
}

/** A scrape with the settings of each kit, and two that must fail for their own reason. */
async function scrapedWith(
  { cloud, directory, prometheus }: Surroundings,
  what: string,
  secret: TlsSecret,
  kits: readonly EckKit[],
): Promise<readonly Check[]> {
  const files = join(directory, `files-${what}`);
  mkdirSync(files);
  writeFileSync(join(files, 'token'), BEARER);
  // The authority of the local cloud's own TLS, which issues nothing else.
  writeFileSync(join(files, 'wrong-ca.crt'), readFileSync(cloud.local.caFile));
  const server = await startEndpoint(secret);
  const target = `127.0.0.1:${portOf(server)}`;
  const good = kits.map((kit) => scrapeJob(kit, `${kit.name}, ${what} certificate`, files, target));
  const bad = good.slice(-1).flatMap((job) => [
    spoiled(job, `${what} certificate, wrong CA: refused`, { ca_file: join(files, 'wrong-ca.crt') }),
    spoiled(job, `${what} certificate, wrong name: refused`, {
      server_name: 'elastic-operator-metrics.other.svc',
    }),
  ]);
  try {
    const results = await scrape(prometheus, join(directory, `prometheus-${what}`), [...good, ...bad]);
    const errorOf = ({ job_name }: ScrapeJob) => results[job_name]?.lastError ?? 'it was not tried';
    return [
      ...good.map((job) => check(job.job_name, 'prometheus', errorOf(job) === '' ? [] : [errorOf(job)])),
      ...bad.map((job) => {
        const words = job.job_name.includes('CA') ? /unknown authority/ : /certificate is valid for .*, not /;
        const faults = words.test(errorOf(job)) ? [] : [errorOf(job) || 'it was scraped'];
        return check(job.job_name, 'prometheus', faults);
      }),
    ];
  } finally {
    server.close();
  }
}

function spoiled(job: ScrapeJob, name: string, change: Partial<ScrapeJob['tls_config']>): ScrapeJob {
  return { ...job, job_name: name, tls_config: { ...job.tls_config, ...change } };
}
