import type { Deployment } from './deployment.ts';
import type { OutputSettings } from './fields/outputs.ts';
import { OUTPUT_DEFAULTS, type OUTPUT_FORMS, OUTPUT_TYPES } from './fields/outputs.ts';
import type { TrustPeer } from './fields/trust.ts';
import { isProxied } from './proxy.ts';
import type { ResolvedDeployment } from './resolved-deployment.ts';

/** A name of {@link OUTPUT_TYPES}. */
export type OutputType = keyof typeof OUTPUT_TYPES;

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
export function resolveOutputs({ asked, profile }: ResolvedDeployment): readonly Output[] {
  return (asked.outputs ?? []).map((output) => ({
    id: outputId(output),
    type: output.type as OutputType,
    name: output.name ?? '',
    hosts: output.hosts ?? defaultHosts(asked, output),
    isDefault: output.isDefault ?? OUTPUT_DEFAULTS.isDefault,
    isDefaultMonitoring: output.isDefaultMonitoring ?? OUTPUT_DEFAULTS.isDefaultMonitoring,
    form: (output.form as OutputForm | undefined) ?? (profile === 'output-client' ? 'inline' : 'path'),
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
