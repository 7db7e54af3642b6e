import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCloud } from '../../support/cloud.ts';
import { textAt } from '../../support/json.ts';
import type { Check } from '../report.ts';
import { agentChecks } from './agent-checks.ts';
import { check } from './check.ts';
import { allKits, type EckKit, openshiftKits } from './kits.ts';
import { findPrometheus } from './prometheus.ts';
import { unpublishedValues } from './published-values.ts';
import { misfit, patchedOperator, resources } from './schemas.ts';
import { scrapeChecks } from './scrape-checks.ts';

/**
 * What Kubernetes, the operator's chart and Prometheus make of the kit for ECK's metrics endpoint, with a certificate
 * that the kit's own commands get from a local cloud; and what Kubernetes makes of the kits for Agents that ECK runs.
 */
export async function eckChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const prometheus = await findPrometheus(say);
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-eck-'));
  const cloud = await TestCloud.start();
  try {
    const trust = await cloud.call({ method: 'GET', path: '/v1/trust' });
    const bundle = textAt(trust.json, 'bundle');
    const kits = allKits(directory, bundle);
    const scraped = await scrapeChecks({ cloud, directory, prometheus }, kits);
    const agents = await agentChecks(cloud, directory);
    const all = [...kits, ...openshiftKits(directory, bundle)];
    return [schemaCanary(), ...all.flatMap(formChecks), ...scraped, ...agents];
  } finally {
    await cloud.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Without it, silence of the schemas would prove nothing. */
function schemaCanary(): Check {
  const spec = { ports: [{ port: 'https' }] };
  const taken = misfit({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec }) === undefined;
  return check('a manifest that fits no schema is found out', 'kubernetes', taken ? ['it was taken'] : []);
}

function formChecks(kit: EckKit): readonly Check[] {
  const operator = patchedOperator(kit.kubernetes.commands);
  const found = [...resources(kit.kubernetes.manifests ?? ''), ...(operator === undefined ? [] : [operator])];
  const faults = found.flatMap((resource) => misfit(resource) ?? []);
  const values = unpublishedValues(kit).map((path) => `the chart does not publish ${path}`);
  return [
    check(kit.name, 'kubernetes', faults),
    ...(kit.install === 'helm' ? [check(kit.name, 'chart values', values)] : []),
  ];
}
