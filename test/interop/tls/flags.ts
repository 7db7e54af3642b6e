/** TLS settings by the names of elastic-agent-libs (transport/tlscommon). */
export type SslSettings = Readonly<Record<string, string | readonly string[]>>;

/** The connections that flags configure. One that they do not is absent. */
export interface Connections {
  /** The agent to Fleet Server. */
  readonly agent: SslSettings;
  /** Fleet Server's listener. */
  readonly listener?: SslSettings;
  /** Fleet Server to Elasticsearch. */
  readonly elasticsearch?: SslSettings;
}

/**
 * What elastic-agent makes of its flags (elastic-agent internal/pkg/agent/cmd: enroll.go; enroll/enroll.go,
 * CreateFleetServerBootstrapConfig). The CAs that verify Fleet Server also verify the clients of its listener.
 */
export function connectionsOf(flags: readonly string[]): Connections {
  const values = new Map(
    flags.map((flag): [string, string] => {
      const [, name = '', value = ''] = /^--([\w-]+)=(.*)$/s.exec(flag) ?? [];
      return [name, value];
    }),
  );
  const list = (name: string) => values.get(name)?.split(',');
  const settings = (entries: Readonly<Record<string, string | readonly string[] | undefined>>) =>
    Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as SslSettings;
  const agent = settings({
    certificate_authorities: list('certificate-authorities'),
    certificate: values.get('elastic-agent-cert'),
    key: values.get('elastic-agent-cert-key'),
    key_passphrase_path: values.get('elastic-agent-cert-key-passphrase'),
  });
  if (!values.has('fleet-server-es')) return { agent };
  const listener = settings({
    certificate_authorities: list('certificate-authorities'),
    certificate: values.get('fleet-server-cert'),
    key: values.get('fleet-server-cert-key'),
    key_passphrase_path: values.get('fleet-server-cert-key-passphrase'),
    client_authentication: values.get('fleet-server-client-auth') ?? 'none',
  });
  const authority = values.get('fleet-server-es-ca');
  const elasticsearch = settings({
    certificate_authorities: authority === undefined ? undefined : [authority],
    ca_trusted_fingerprint: values.get('fleet-server-es-ca-trusted-fingerprint'),
    certificate: values.get('fleet-server-es-cert'),
    key: values.get('fleet-server-es-cert-key'),
  });
  return { agent, listener, elasticsearch };
}

/** The flags that a container makes of its variables (container.go, buildEnrollArgs). */
export function flagsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(VARIABLES).flatMap(([variable, flag]) => {
    const value = environment[variable];
    return value === undefined ? [] : [`--${flag}=${value}`];
  });
}

const VARIABLES = {
  FLEET_CA: 'certificate-authorities',
  ELASTIC_AGENT_CERT: 'elastic-agent-cert',
  ELASTIC_AGENT_CERT_KEY: 'elastic-agent-cert-key',
  FLEET_SERVER_ELASTICSEARCH_HOST: 'fleet-server-es',
  FLEET_SERVER_ELASTICSEARCH_CA: 'fleet-server-es-ca',
  FLEET_SERVER_ELASTICSEARCH_CA_TRUSTED_FINGERPRINT: 'fleet-server-es-ca-trusted-fingerprint',
  FLEET_SERVER_ES_CERT: 'fleet-server-es-cert',
  FLEET_SERVER_ES_CERT_KEY: 'fleet-server-es-cert-key',
  FLEET_SERVER_CERT: 'fleet-server-cert',
  FLEET_SERVER_CERT_KEY: 'fleet-server-cert-key',
  FLEET_SERVER_CERT_KEY_PASSPHRASE: 'fleet-server-cert-key-passphrase',
  FLEET_SERVER_CLIENT_AUTH: 'fleet-server-client-auth',
} as const;
