import type { ProfileName } from '../../../shared/domain/profile.ts';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import type { Example } from './examples.ts';

const NAMES: Readonly<Record<Exclude<ProfileName, 'output-server'>, string>> = {
  agent: 'web-01',
  'fleet-server': 'fleet-01',
  'output-client': 'web-tier',
  proxy: 'proxy-01',
  'eck-metrics': 'elastic-operator',
};

/** Servers are called after what they are, pods after their workload. */
function nameOf(profile: ProfileName, { outputs = [], container }: Deployment): string {
  if (profile === 'output-server') return `${outputs[0]?.type}-01`;
  return profile === 'agent' && container?.runtime === 'eck' ? 'elastic-agent' : NAMES[profile];
}

/** What an example stands for as the API is asked for it; `csr` is not a CSR. */
export function requestsOf({ profile, keyKind, dnsNames, deployment }: Omit<Example, 'title' | 'about'>) {
  const name = nameOf(profile, deployment);
  return {
    /** `POST /v1/tokens`. */
    token: {
      profile,
      names: { commonName: name.replace(/\d+$/, '*'), ...(dnsNames && { dns: dnsNames }) },
    },
    /** `POST /v1/enroll`. */
    enroll: {
      csr: '-----BEGIN CERTIFICATE REQUEST-----\n...\n-----END CERTIFICATE REQUEST-----\n',
      name,
      ...(dnsNames && { dnsNames }),
      deployment,
    },
    /** `POST /v1/kits`. */
    kit: { profile, name, ...(keyKind && { keyKind }), deployment },
  };
}
