import type { TrustPeer } from './trust.ts';

/** An output of Fleet, as the caller sends it. */
export interface OutputSettings {
  /** Of the output in Fleet. @default - `fleetseal-` and the name in lower case */
  readonly id?: string | undefined;
  /** Required: a key of {@link OUTPUT_TYPES}. */
  readonly type?: string | undefined;
  /** Required. */
  readonly name?: string | undefined;
  /**
   * `https://host:port` of Elasticsearch, `host:port` of Logstash and Kafka. At most 10. Required, except for
   * Elasticsearch behind the proxy of the deployment.
   */
  readonly hosts?: readonly string[] | undefined;
  /** For the data of integrations, in policies that name no output. @default false */
  readonly isDefault?: boolean | undefined;
  /** The same for agent monitoring data. @default false */
  readonly isDefaultMonitoring?: boolean | undefined;
  /** @default - inline for the profile output-client, path for the others */
  readonly form?: string | undefined;
  /** Only with type kafka. */
  readonly kafka?: { readonly topic?: string | undefined; readonly version?: string | undefined } | undefined;
  /** Only with type remote_elasticsearch. */
  readonly remote?: { readonly kibanaUrl?: string | undefined } | undefined;
}

/** The types of outputs that accept a client certificate, each with the peer whose CA verifies its servers. */
export const OUTPUT_TYPES = {
  elasticsearch: 'elasticsearch',
  remote_elasticsearch: 'elasticsearch',
  logstash: 'logstash',
  kafka: 'kafka',
} as const satisfies Readonly<Record<string, TrustPeer>>;

/** Where an output has its certificate and key: in files on every host, or in the policy itself. */
export const OUTPUT_FORMS = ['path', 'inline'] as const;
