import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { at, objectAt, textAt } from '../../support/json.ts';
import { type EckKit, SCRAPED } from './kits.ts';
import type { ScrapeJob } from './prometheus.ts';
import { type Resource, resources } from './schemas.ts';

/**
 * The settings of the ServiceMonitor as a scrape configuration. Its CA file, which Prometheus has from the kit's Secret,
 * is written to where it can be read on this machine.
 *
 * @param files - a directory that holds `token`
 */
export function scrapeJob(kit: EckKit, name: string, files: string, target: string): ScrapeJob {
  const found = resources(kit.kubernetes.manifests ?? '');
  const { caFile, serverName, insecureSkipVerify } =
    kit.install === 'helm' ? chartTls(kit) : monitorTls(found);
  const secret = found.find(({ kind }) => kind === 'Secret');
  const mounted = `/etc/prometheus/secrets/${secret?.metadata.name}/`;
  if (!caFile.startsWith(mounted)) throw new Error(`${caFile} is not in ${mounted}`);
  const local = join(files, `${kit.name.replaceAll(' ', '-')}-ca.crt`);
  writeFileSync(local, String(objectAt(secret, 'stringData')[caFile.slice(mounted.length)]));
  return {
    job_name: name,
    scheme: 'https',
    tls_config: { ca_file: local, server_name: serverName, insecure_skip_verify: insecureSkipVerify },
    authorization: { credentials_file: join(files, 'token') },
    static_configs: [{ targets: [target] }],
  };
}

interface MonitorTls {
  readonly caFile: string;
  readonly serverName: string;
  readonly insecureSkipVerify: boolean;
}

function monitorTls(found: readonly Resource[]): MonitorTls {
  const monitor = found.find(({ kind }) => kind === 'ServiceMonitor');
  return {
    caFile: textAt(monitor, 'spec.endpoints.0.tlsConfig.caFile'),
    serverName: textAt(monitor, 'spec.endpoints.0.tlsConfig.serverName'),
    insecureSkipVerify: at(monitor, 'spec.endpoints.0.tlsConfig.insecureSkipVerify') !== false,
  };
}

/** What the chart's template service-monitor.yaml makes of the values, with its defaults for name and namespace. */
function chartTls({ kubernetes }: EckKit): MonitorTls {
  const { config, serviceMonitor } = parse(kubernetes.helmValues ?? '');
  // Old names win, as in the template; charts before 2.16 read no others.
  const { caMountDirectory, caSecret, insecureSkipVerify } = {
    ...serviceMonitor,
    ...config.metrics.secureMode.tls,
  };
  const caFile = `${caMountDirectory.replace(/\/$/, '')}/${caSecret}/ca.crt`;
  return { caFile, serverName: SCRAPED, insecureSkipVerify };
}
