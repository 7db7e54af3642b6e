import type { ProfileName } from '../../domain/profile.ts';
import type { Deployment } from './deployment.ts';
import {
  OUTPUT_DEFAULTS,
  OUTPUT_FORMS,
  OUTPUT_TYPE_NAMES,
  OUTPUT_TYPES,
  type OutputSettings,
  type OutputType,
} from './fields/outputs.ts';
import type { TrustPeer } from './fields/trust.ts';
import { proven } from './proven.ts';
import { isProxied } from './proxy.ts';

/** One of {@link OUTPUT_FORMS}. */
export type OutputForm = (typeof OUTPUT_FORMS)[number];

/** An output that breaks no rule, with its defaults filled in. */
export interface Output {
  readonly id: string;
  readonly type: OutputType;
  readonly name: string;
  readonly hosts: readonly string[];
  readonly isDefault: boolean;
  readonly isDefaultMonitoring: boolean;
  readonly form: OutputForm;
  readonly kafka: { readonly topic: string; readonly version: string | undefined } | undefined;
  readonly kibanaUrl: string | undefined;
}

/** The outputs of a deployment that breaks no rule, with their defaults; empty if it has none. */
export function resolveOutputs(asked: Deployment, profile: ProfileName): readonly Output[] {
  return (asked.outputs ?? []).map((output) => ({
    id: outputId(output),
    type: proven(
      OUTPUT_TYPE_NAMES.find((known) => known === output.type),
      'outputs.type',
    ),
    name: output.name ?? '',
    hosts: output.hosts ?? defaultHosts(asked, output),
    isDefault: output.isDefault ?? OUTPUT_DEFAULTS.isDefault,
    isDefaultMonitoring: output.isDefaultMonitoring ?? OUTPUT_DEFAULTS.isDefaultMonitoring,
    form:
      OUTPUT_FORMS.find((known) => known === output.form) ??
      (profile === 'output-client' ? 'inline' : 'path'),
    kafka:
      output.type === 'kafka'
        ? { topic: output.kafka?.topic ?? '', version: output.kafka?.version }
        : undefined,
    kibanaUrl: output.remote?.kibanaUrl,
  }));
}

/** The proxy stands in front of Elasticsearch on Elastic Cloud, so the output has the address of the proxy. */
export function defaultHosts(deployment: Deployment, { type }: OutputSettings): readonly string[] {
  const url = deployment.proxy?.elasticsearchUrl;
  return type === 'elasticsearch' && isProxied(deployment) && url !== undefined ? [url] : [];
}

/** The same id for the same name, so that posting an output again changes it and adds no second one. */
export function outputId({ id, name = '' }: OutputSettings): string {
  return id ?? `fleetseal-${slug(name)}`;
}

/** Lower case letters, digits and single hyphens. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Whether the text is a type that accepts a client certificate. */
export function isOutputType(text: string): text is OutputType {
  return Object.hasOwn(OUTPUT_TYPES, text);
}

/** Whether an output uses this peer's CA. */
export function hasOutputsOf(deployment: Deployment, peer: TrustPeer): boolean {
  return (deployment.outputs ?? []).some(
    ({ type }) => type !== undefined && isOutputType(type) && OUTPUT_TYPES[type] === peer,
  );
}
