import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, parse, parseDocument } from 'yaml';
import type { EckKit } from './kits.ts';

const SINCE_212 = [
  'fullnameOverride',
  'config.metrics.port',
  'config.metrics.secureMode.enabled',
  'config.metrics.secureMode.tls.certificateSecret',
  'podMonitor.enabled',
];

/** Under both names in every kit: charts before 2.16 ignore the new ones, and later ones still read the old. */
const OLD_NAMES = [
  'config.metrics.secureMode.tls.caSecret',
  'config.metrics.secureMode.tls.caMountDirectory',
  'config.metrics.secureMode.tls.insecureSkipVerify',
];
const NEW_NAMES = [
  'serviceMonitor.enabled',
  'serviceMonitor.caSecret',
  'serviceMonitor.caMountDirectory',
  'serviceMonitor.insecureSkipVerify',
];

/**
 * The values for metrics that the operator's chart publishes (elastic/cloud-on-k8s, deploy/eck-operator/values.yaml), by
 * the versions of the kits.
 */
const UNTIL_215 = [...SINCE_212, ...OLD_NAMES];
const FROM_216 = [...SINCE_212, ...NEW_NAMES];
const PUBLISHED: Readonly<Record<EckKit['version'], readonly string[]>> = {
  '2.12.0': UNTIL_215,
  '2.15.0': UNTIL_215,
  '2.16.1': FROM_216,
  '3.0.0': FROM_216,
  '3.5.0': FROM_216,
};

/** The chart's own files, where someone put them beside the checkout; their licence keeps them out of it. */
const FILES = join(import.meta.dirname, '../../../../shared/data');

/** The keys of the kit's values that the chart of its version does not publish. */
export function unpublishedValues({ version, kubernetes }: EckKit): readonly string[] {
  const used = paths(kubernetes.helmValues ?? '');
  const file = join(FILES, `eck-operator-values-${version}.yaml`);
  const published = existsSync(file) ? paths(readFileSync(file, 'utf8')) : PUBLISHED[version];
  const own = [published, PUBLISHED[version]].flatMap((known) => {
    const both = OLD_NAMES.every((name) => known.includes(name)) ? NEW_NAMES : OLD_NAMES;
    return without(used, [...known, ...both]);
  });
  return [...new Set(own)];
}

function without(list: readonly string[], others: readonly string[]): readonly string[] {
  return list.filter((item) => !others.includes(item));
}

/** `a.b.c` of every value that is no map with entries. */
function paths(yaml: string): readonly string[] {
  return isMap(parseDocument(yaml).contents) ? leaves(parse(yaml), '') : [];
}

function leaves(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  const entries = Object.entries(value);
  if (entries.length === 0) return [path];
  return entries.flatMap(([key, below]) => leaves(below, path === '' ? key : `${path}.${key}`));
}
