import { yaml } from '../syntax/yaml.ts';
import type { ServerFiles } from './server-files.ts';

/** Option names of the plugin from 7.0, which refuses to start with the old `ssl` and `ssl_verify_mode`. */
export function logstashInput({ certificate, key, ca }: ServerFiles, port: number): string {
  const path = (file: string) => `"${slashes(file)}"`;
  return `input {
  elastic_agent {
    port => ${port}
    ssl_enabled => true
    ssl_certificate => ${path(certificate)}
    ssl_key => ${path(key)}
    ssl_certificate_authorities => [${path(ca)}]
    ssl_client_authentication => "required"
  }
}
`;
}

/** elastic.co, Elasticsearch, security settings, HTTP TLS/SSL settings. */
export function elasticsearchYml({ certificate, key, ca }: ServerFiles): string {
  const settings = {
    enabled: true,
    certificate,
    key,
    certificate_authorities: [ca],
    client_authentication: 'required',
  };
  const named = Object.entries(settings).map(([name, value]) => [`xpack.security.http.ssl.${name}`, value]);
  return yaml(Object.fromEntries(named));
}

/** The listener of a Kafka broker that is for agents. */
const KAFKA_LISTENER = 'AGENTS';

/** The prefix of the settings of that listener (KIP-103; apache/kafka ListenerName.java, configPrefix: in lower case). */
export const KAFKA_PREFIX = `listener.name.${KAFKA_LISTENER.toLowerCase()}.`;

/**
 * KIP-651: a PEM keystore is one file, with the key and its certificates. Settings that list all listeners of a broker
 * are comments: the last line of a name wins, so a setting here would remove the other listeners.
 */
export function kafkaProperties({ keystore, ca }: ServerFiles, port: number): string {
  const settings = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': slashes(keystore),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': slashes(ca),
    'ssl.client.auth': 'required',
  };
  const lines = Object.entries(settings).map(
    ([name, value]) => `${KAFKA_PREFIX}${name}=${propertyValue(value)}\n`,
  );
  return `# Add to listeners: ${KAFKA_LISTENER}://:${port}
# Add to advertised.listeners: ${KAFKA_LISTENER}://<the broker's name in its certificate>:${port}
# Add to listener.security.protocol.map: ${KAFKA_LISTENER}:SSL
${lines.join('')}`;
}

/** Java accepts forward slashes on every system; a backslash is an escape in properties, and can be one in Logstash. */
function slashes(path: string): string {
  return /^[A-Za-z]:\\|^\\\\/.test(path) ? path.replaceAll('\\', '/') : path;
}

/** java.util.Properties.load: a backslash escapes, and the file is ISO 8859-1. */
function propertyValue(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
