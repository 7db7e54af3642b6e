import { parse } from 'yaml';
import type { SslSettings } from './flags.ts';

/*
 * What Fleet makes of the objects of its settings, restated from kibana, fleet/server/services/agent_policies
 * (full_agent_policy.ts and its tests: generateFleetConfig, generateFleetServerOutputSSLConfig,
 * transformOutputToFullPolicyOutput), and what the agent takes of the policy.
 */

/** An output, as Kibana's API or kibana.yml has it. */
export interface FleetOutput {
  readonly type: string;
  readonly ssl?: SslSettings;
  readonly secrets?: { readonly ssl?: { readonly key?: string } };
  /** kibana.yml. */
  readonly config?: { readonly ssl?: SslSettings };
  /** Kibana's API. */
  readonly config_yaml?: string;
}

/** Kibana merges the fields and the YAML, whose `ssl` wins; Fleet Server puts the secrets in. */
export function outputPolicy({ ssl, secrets, config, config_yaml }: FleetOutput): SslSettings {
  const advanced = config ?? (config_yaml === undefined ? undefined : parse(config_yaml));
  return { ...ssl, ...secrets?.ssl, ...advanced?.ssl };
}

/** A Fleet Server host. */
export interface FleetServerHost {
  readonly ssl?: SslSettings | null;
  readonly secrets?: { readonly ssl?: Readonly<Record<string, string>> };
}

/** The three connections that its certificates are for; those that it says nothing about are absent. */
export function hostPolicy({ ssl, secrets }: FleetServerHost) {
  const all = { ...ssl, ...secrets?.ssl };
  const of = (prefix: string): SslSettings | undefined => {
    const names = ['certificate_authorities', 'certificate', 'key'];
    const found = names.flatMap((name) => {
      const value = all[prefix + name];
      return value === undefined ? [] : [[name, value]];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  };
  const listener = of('');
  return {
    listener: listener && { ...listener, client_authentication: all['client_auth'] ?? 'none' },
    elasticsearch: of('es_'),
    agent: of('agent_'),
  };
}

/**
 * What the agent does with `fleet.ssl` of its policy: CAs take the place of those it has where there are some; certificate,
 * key and passphrase go together (elastic-agent, handler_action_policy_change.go, updateFleetConfig).
 */
export function agentAfter(policy: SslSettings, enrolled: SslSettings = {}): SslSettings {
  const authorities = policy['certificate_authorities'] ?? enrolled['certificate_authorities'];
  const identity = (from: SslSettings) =>
    Object.fromEntries(
      Object.entries(from).filter(([name]) => /^(certificate|key|key_passphrase(_path)?)$/.test(name)),
    );
  const own = identity(policy);
  return {
    ...(authorities === undefined ? {} : { certificate_authorities: authorities }),
    ...(Object.keys(own).length > 0 ? own : identity(enrolled)),
  };
}
