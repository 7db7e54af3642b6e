import type { ProfileName } from '../../domain/profile.ts';
import { OPERATING_SYSTEMS, type OperatingSystem } from './paths.ts';

interface ModelRow {
  readonly profiles: readonly ProfileName[];
  /** @default - the deployment must name it */
  readonly os?: OperatingSystem;
}

/** The deployment models that a kit can be rendered for. */
export const MODELS = {
  'on-premises': {
    profiles: ['agent', 'fleet-server', 'output-client', 'output-server'],
  },
  'cloud-proxy': {
    // output-server: Logstash and Kafka on premises, beside Elastic Cloud.
    profiles: ['agent', 'output-client', 'output-server', 'proxy'],
  },
  'on-premises-hosted-elasticsearch': {
    profiles: ['agent', 'fleet-server', 'output-client', 'output-server', 'proxy'],
  },
  'eck-metrics': {
    profiles: ['eck-metrics'],
    // Of the administrator, who runs kubectl.
    os: 'linux',
  },
} as const satisfies Readonly<Record<string, ModelRow>>;

/** A name of {@link MODELS}. */
export type Model = keyof typeof MODELS;

/** In the order in which messages list them. */
export const MODEL_NAMES = Object.keys(MODELS) as readonly Model[];

/** Whether the text is a model that has kits. */
export function isModel(text: string): text is Model {
  return Object.hasOwn(MODELS, text);
}

/** Whether there is a kit for certificates of `profile` in `model`. */
export function serves(model: Model, profile: ProfileName): boolean {
  return (MODELS[model].profiles as readonly ProfileName[]).includes(profile);
}

/** The operating system of a deployment or of its model; undefined if it is missing or unknown. */
export function systemOf(deployment: {
  readonly os?: string | undefined;
  readonly model?: string | undefined;
}): OperatingSystem | undefined {
  const { os, model = '' } = deployment;
  if (os !== undefined) return OPERATING_SYSTEMS.find((name) => name === os);
  const row: ModelRow | undefined = isModel(model) ? MODELS[model] : undefined;
  return row?.os;
}

/** The model of Elastic's guide in which mutual TLS is not possible. */
export const CLOUD_MODEL = 'cloud';

/** What takes its place. */
const INSTEAD_OF_CLOUD: Readonly<Partial<Record<Model, string>>> = {
  'cloud-proxy': 'a terminating proxy of your own in front of Elastic Cloud',
  'on-premises-hosted-elasticsearch': 'a Fleet Server of your own',
};

/**
 * Why the model `cloud` is refused for every profile, with the ways out that have a kit for this one (elastic.co, "Elastic
 * Agent deployment models with mutual TLS", Fleet Server on Elastic Cloud: "a client-specific certificate can NOT be used
 * at this point").
 */
export function cloudRefusal(profile: ProfileName): string {
  const models = MODEL_NAMES.filter((name) => serves(name, profile));
  const ways = models.filter((name) => INSTEAD_OF_CLOUD[name] !== undefined);
  const instead = ways.length > 0 ? ways.map((name) => `${name} (${INSTEAD_OF_CLOUD[name]})`) : models;
  return `mutual TLS is not possible in the model cloud: Elastic Cloud ends every TLS connection at its boundary, for all its customers alike, and asks for no client certificate. Use the model ${instead.join(' or ')}`;
}
