import type { ProfileName } from '../../../shared/domain/profile.ts';
import type { Example } from './examples.ts';

const NAMES: Readonly<Record<ProfileName, string>> = {
  agent: 'web-01',
  'fleet-server': 'fleet-01',
  'output-client': 'web-tier',
  'output-server': 'logstash-01',
  proxy: 'proxy-01',
  'eck-metrics': 'elastic-operator',
};

/** What an example stands for as the API is asked for it; `csr` is not a CSR. */
export function requestsOf({ profile, keyKind, dnsNames, deployment }: Omit<Example, 'title' | 'about'>) {
  const name = NAMES[profile];
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
