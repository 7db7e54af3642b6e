import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Kit } from '../../../shared/elastic/kit/kit.ts';
import type { OutputServers } from '../../../shared/elastic/kit/output-servers.ts';

/** A server that a text of the kit configures. */
export type Product = 'Logstash' | 'Elasticsearch' | 'Kafka';

/** What the Java program is told to listen with, see `java/Server.java`. */
export type ListenWords = readonly string[];

/** Each product's settings, read out of the text of the kit that is for it. */
export const PRODUCTS: Readonly<Record<Product, (kit: Kit, directory: string) => ListenWords>> = {
  Logstash: (kit) => {
    const input = logstashSettings(textOf(kit, 'logstash'));
    if (input['ssl_enabled'] !== true) throw new Error('the input has no TLS');
    return pem(input, 'ssl_');
  },
  Elasticsearch: (kit) => {
    const settings = parse(textOf(kit, 'elasticsearchYml'));
    const prefix = 'xpack.security.http.ssl.';
    if (settings[`${prefix}enabled`] !== true) throw new Error('the listener has no TLS');
    return pem(settings, prefix);
  },
  Kafka: (kit, directory) => {
    const file = join(directory, 'server.properties');
    const text = textOf(kit, 'kafkaProperties');
    const listener = /^# Add to listener\.security\.protocol\.map: (\w+):SSL$/m.exec(text)?.[1];
    if (listener === undefined) throw new Error('the kit names no listener with TLS');
    writeFileSync(file, text);
    execFileSync('sh', ['-c', keystoreCommand(kit)]);
    return ['properties', file, `listener.name.${listener.toLowerCase()}.`];
  },
};

function textOf({ outputServers }: Kit, name: keyof OutputServers): string {
  const text = outputServers?.[name];
  if (text === undefined) throw new Error(`the kit has no outputServers.${name}`);
  return text;
}

type Settings = Readonly<Record<string, unknown>>;

/** Both take PEM files, and call them alike. */
function pem(settings: Settings, prefix: string): ListenWords {
  const clientAuthentication = ['ssl_client_authentication', 'xpack.security.http.ssl.client_authentication'];
  const auth = clientAuthentication.map((name) => settings[name]).find((value) => value !== undefined);
  const [ca, another] = settings[`${prefix}certificate_authorities`] as readonly string[];
  if (ca === undefined || another !== undefined) throw new Error('not one file of CAs');
  return [
    'pem',
    String(settings[`${prefix}certificate`]),
    String(settings[`${prefix}key`]),
    ca,
    String(auth),
  ];
}

/** The options of the one input: names, and values that are JSON as well. */
function logstashSettings(text: string): Settings {
  const body = /^input \{\n {2}elastic_agent \{\n([\s\S]*?)\n {2}\}\n\}\n$/.exec(text)?.[1];
  if (body === undefined) throw new Error(`not an input of Logstash: ${text}`);
  return Object.fromEntries(
    body.split('\n').map((line) => {
      const [, name = '', value = ''] = /^ +(\w+) => (.+)$/.exec(line) ?? [];
      return [name, JSON.parse(value)];
    }),
  );
}

/** The kit's own words for joining key and certificates. */
export function keystoreCommand({ notes }: Kit): string {
  const note = notes.find(({ code }) => code === 'kafka_keystore_file')?.message ?? '';
  const command = /\(umask 077; .+?\)(?=\.)/.exec(note)?.[0];
  if (command === undefined) throw new Error(`the kit does not say how to make the file of Kafka: ${note}`);
  return command;
}
