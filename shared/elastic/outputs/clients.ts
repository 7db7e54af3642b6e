import { withoutUndefined } from '../../domain/without-undefined.ts';
import type { Output } from '../deployment/outputs.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { ElasticsearchClients } from '../kit/kit-output.ts';
import { shellCommand } from '../syntax/shell.ts';
import { yaml } from '../syntax/yaml.ts';

/**
 * The settings of clients that Elasticsearch refuses without a certificate. They name the files of the kit, which the form
 * `path` has on each host; undefined for other outputs, and for certificates that are not for any client.
 */
export function clientsOf(deployment: ResolvedDeployment, output: Output): ElasticsearchClients | undefined {
  const { os, profile, keyPassphraseFile, paths } = deployment;
  if (profile !== 'output-client' || output.type !== 'elasticsearch' || output.form !== 'path')
    return undefined;
  const files: Files = {
    certificate: paths.certificate,
    key: paths.key,
    ca: paths.authorities.elasticsearch,
  };
  return withoutUndefined({
    kibanaYml: kibana(output, files),
    beatsYml: beats(output, files, keyPassphraseFile),
    logstash: keyPassphraseFile === undefined ? logstash(output, files) : undefined,
    curl: os === 'windows' ? undefined : curl(output, files, keyPassphraseFile),
  });
}

interface Files {
  readonly certificate: string;
  readonly key: string;
  /** Undefined if the CAs of the system verify Elasticsearch. */
  readonly ca: string | undefined;
}

/**
 * Kibana presents its certificate for the requests of its users only with `alwaysPresentCertificate` (kibana,
 * elasticsearch/server-internal/src/elasticsearch_config.ts).
 */
function kibana({ hosts }: Output, { certificate, key, ca }: Files): string {
  const ssl = { certificateAuthorities: ca && [ca], certificate, key, alwaysPresentCertificate: true };
  const named = Object.entries(withoutUndefined(ssl)).map(([name, value]) => [
    `elasticsearch.ssl.${name}`,
    value,
  ]);
  return yaml({ 'elasticsearch.hosts': hosts, ...Object.fromEntries(named) });
}

/** For every Beat and APM Server: elastic-agent-libs, transport/tlscommon. */
function beats(
  { hosts }: Output,
  { certificate, key, ca }: Files,
  passphraseFile: string | undefined,
): string {
  const ssl = withoutUndefined({
    certificate_authorities: ca && [ca],
    certificate,
    key,
    key_passphrase_path: passphraseFile,
  });
  return yaml({ 'output.elasticsearch': { hosts, ssl } });
}

/** Option names of logstash-output-elasticsearch from 11.14.0, and the only ones from 12; it has none for a passphrase. */
function logstash({ hosts }: Output, { certificate, key, ca }: Files): string {
  const text = (value: string) => `"${value.replaceAll('\\', '/')}"`;
  return `output {
  elasticsearch {
    hosts => [${hosts.map(text).join(', ')}]
    ssl_enabled => true
${ca === undefined ? '' : `    ssl_certificate_authorities => [${text(ca)}]\n`}    ssl_certificate => ${text(certificate)}
    ssl_key => ${text(key)}
  }
}
`;
}

/** The passphrase comes through a pipe: every user of the host can see arguments, and without it curl would ask. */
function curl(
  { hosts: [host = ''] }: Output,
  { certificate, key, ca }: Files,
  passphraseFile: string | undefined,
): string {
  const verify = ca === undefined ? [] : ['--cacert', ca];
  const call = [...verify, '--cert', certificate, '--key', key, host];
  if (passphraseFile === undefined) return shellCommand(['curl', ...call]);
  // A line of curl's configuration, in which a backslash escapes it and the double quote (curl(1), --config).
  const line = shellCommand(['sed', 's/["\\\\]/\\\\&/g; s/^/pass = "/; s/$/"/', passphraseFile]);
  return `${line} | ${shellCommand(['curl', '--config', '-', ...call])}`;
}
