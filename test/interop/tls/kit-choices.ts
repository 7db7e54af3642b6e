import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import type { Trust } from '../../../shared/elastic/deployment/fields/trust.ts';
import { MODELS } from '../../../shared/elastic/deployment/models.ts';
import { OPERATING_SYSTEMS, type OperatingSystem } from '../../../shared/elastic/deployment/paths.ts';
import { FEATURES, parseStackVersion } from '../../../shared/elastic/deployment/versions.ts';
import { HOST } from './names.ts';

/** Profiles whose kits configure agents or Fleet Server. */
export const WRITERS = ['agent', 'fleet-server', 'output-client'] as const;

/** How a deployment says who verifies its peers: all of them alike. */
export const TRUSTS = ['fleetseal', 'system', 'pem', 'path'] as const;

export interface KitChoice {
  readonly profile: (typeof WRITERS)[number];
  readonly model: keyof typeof MODELS;
  readonly os: OperatingSystem;
  /** Of a container; what ECK runs has kits of its own: eck-checks.ts. @default - docker */
  readonly runtime?: 'kubernetes';
  readonly stackVersion: string | undefined;
  readonly encrypted: boolean;
  readonly trust: (typeof TRUSTS)[number];
  readonly form: 'path' | 'inline';
  readonly alreadyEnrolled: boolean;
  /** Through a forward proxy. */
  readonly proxied: boolean;
  /** Outputs have a variable for the directory. */
  readonly variable: boolean;
}

/** Each version of the table. */
const EVERY_VERSION = [undefined, ...new Set(Object.values(FEATURES).flat())];

/** One of each kind of kit: which keys there are makes no difference to what a version knows. */
const FEW_VERSIONS = [undefined, '8.16.0', '9.5.0'];

/**
 * Every combination for one profile; but all versions, and all that trust can be, with P-256 keys alone, and one with the
 * other: neither depends on the other, nor on the key.
 */
export function* choicesOf(profile: KitChoice['profile'], kind: KeyKind): Generator<KitChoice> {
  const models = (Object.keys(MODELS) as (keyof typeof MODELS)[]).filter((model) =>
    (MODELS[model].profiles as readonly string[]).includes(profile),
  );
  for (const model of models)
    for (const system of systemsOf(profile))
      for (const trust of kind === 'p256' ? TRUSTS : TRUSTS.slice(0, 1))
        for (const stackVersion of kind === 'p256' && trust === 'fleetseal' ? EVERY_VERSION : FEW_VERSIONS)
          for (const encrypted of [false, true])
            for (const form of profile === 'output-client'
              ? (['path', 'inline'] as const)
              : (['path'] as const))
              for (const alreadyEnrolled of profile === 'output-client' ? [false] : [false, true])
                for (const proxied of profile === 'agent' ? [false, true] : [false])
                  for (const variable of kind === 'p256' ? [false, true] : [false])
                    yield {
                      profile,
                      model,
                      ...system,
                      stackVersion,
                      encrypted,
                      trust,
                      form,
                      alreadyEnrolled,
                      proxied,
                      variable,
                    };
}

type System = Pick<KitChoice, 'os' | 'runtime'>;

/** Elastic has a manifest for agents alone. */
function systemsOf(profile: KitChoice['profile']): readonly System[] {
  const systems = OPERATING_SYSTEMS.map((os): System => ({ os }));
  return profile === 'agent' ? [...systems, { os: 'container', runtime: 'kubernetes' }] : systems;
}

/** Whether the kit has to refuse it, since nothing could do it. */
export function isRefused(choice: KitChoice, kind: KeyKind): boolean {
  const { profile, os, runtime, stackVersion, encrypted, trust, form, alreadyEnrolled, proxied, variable } =
    choice;
  const { major, minor } = parseStackVersion(stackVersion ?? '99.0.0') ?? { major: 0, minor: 0 };
  const version = major * 100 + minor;
  return (
    version < 813 ||
    (encrypted && (kind === 'ed25519' || os === 'container' || version < 816)) ||
    (form === 'inline' && os === 'windows' && profile === 'output-client') ||
    (proxied && os === 'container') ||
    (variable && (version < 819 || os === 'container' || form === 'inline')) ||
    (runtime === 'kubernetes' && (trust === 'path' || alreadyEnrolled))
  );
}

/** @param directory - of the host's files, in the words of its system */
export function deploymentOf(choice: KitChoice, directory: string, companyCa: string): Deployment {
  const { profile, model, os, runtime, stackVersion, encrypted, alreadyEnrolled, proxied, variable } = choice;
  const file = (name: string) => `${directory}${os === 'windows' ? '\\' : '/'}${name}`;
  const server = profile === 'fleet-server';
  const behind = model !== 'on-premises';
  const writer = profile === 'output-client';
  return {
    model,
    os,
    stackVersion,
    directory,
    ...(variable ? { directoryVariable: 'FLEETSEAL_DIR' } : {}),
    ...(runtime === undefined ? {} : { container: { runtime, image: 'registry.example.com/tools:1' } }),
    ...(encrypted ? { keyPassphraseFile: file('key.pass') } : {}),
    ...(model === 'cloud-proxy' || writer ? {} : { fleetUrl: `https://${HOST}:8220` }),
    ...(writer
      ? {}
      : { agent: { alreadyEnrolled, ...(proxied ? { proxy: { url: 'http://proxy:3128' } } : {}) } }),
    ...(behind
      ? {
          proxy: {
            ...(model === 'cloud-proxy' ? { fleetUrl: `https://${HOST}:8220` } : {}),
            elasticsearchUrl: `https://${HOST}:9200`,
          },
        }
      : {}),
    ...(server
      ? {
          fleetServer: {
            policyId: 'fleet-servers',
            ...(behind ? {} : { elasticsearchUrl: `https://${HOST}:9200` }),
            elasticsearchClientCertificate: !encrypted,
          },
        }
      : {}),
    outputs: outputsOf(choice),
    trust: trustOf(choice, trustIn(choice, file, companyCa)),
  };
}

function trustIn({ trust }: KitChoice, file: (name: string) => string, pem: string): Trust {
  if (trust === 'pem') return { pem };
  return trust === 'path' ? { path: file('company-ca.pem') } : trust;
}

/** For the peers that the profile has in the model. */
function trustOf({ profile, model }: KitChoice, trust: Trust): Deployment['trust'] {
  const own = profile === 'fleet-server' ? {} : { logstash: trust, kafka: trust };
  // Its one list takes the place of the system's CAs, which it needs for agents: the kit refuses that.
  const unknown = profile === 'output-client' || (profile === 'fleet-server' && trust === 'system');
  const fleetServer = unknown ? {} : { fleetServer: trust };
  if (model === 'on-premises') return { elasticsearch: trust, ...fleetServer, ...own };
  return { proxy: trust, ...(model === 'cloud-proxy' ? {} : fleetServer), ...own };
}

function outputsOf({ profile, form }: KitChoice): Deployment['outputs'] {
  const types = ['elasticsearch', 'remote_elasticsearch', 'logstash', 'kafka'] as const;
  return types
    .filter((type) => profile !== 'fleet-server' || type === 'elasticsearch')
    .map((type, i) => ({
      type,
      name: `to ${type}`,
      form,
      hosts: [type === 'logstash' || type === 'kafka' ? `${HOST}:5044` : `https://${HOST}:9200`],
      isDefault: i === 0,
      ...(type === 'kafka' ? { kafka: { topic: 'events' } } : {}),
    }));
}
