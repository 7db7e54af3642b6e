import { withoutUndefined } from '../../domain/without-undefined.ts';
import { inDirectory } from '../deployment/kit-paths.ts';
import type { Output } from '../deployment/outputs.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { has } from '../deployment/versions.ts';
import { fillCommand, hasPlaceholder, placeholder } from '../kibana/fill.ts';
import { kibanaApi } from '../kibana/kibana-api.ts';
import type { KitRequest } from '../kit/kit.ts';
import type { KitOutput } from '../kit/kit-output.ts';
import { yaml } from '../syntax/yaml.ts';
import { clientsOf } from './clients.ts';
import { hostSslOf, type Ssl, sslOf } from './ssl.ts';

/** Renders one output for every place where it can be set, each with the same settings: a standalone agent knows its host. */
export function renderOutput(request: KitRequest, output: Output): KitOutput {
  const ssl = sslOf(request, output);
  const files = filesToFill(request, output);
  return withoutUndefined({
    name: output.name,
    type: output.type,
    yaml: yaml(dotted(ssl)),
    standalone: yaml({
      outputs: { [output.isDefault ? 'default' : output.id]: standalone(output, hostSslOf(request, output)) },
    }),
    kibanaYml: yaml({ 'xpack.fleet.outputs': [kibanaYml(request, output, ssl)] }),
    kibanaApi: kibanaApi('outputs', apiBody(request, output, ssl), { files, named: true }),
    clients: clientsOf(request.deployment, output),
    fill: output.form === 'inline' ? fillCommand(files) : undefined,
  });
}

/** The files whose placeholders are in the texts of the output. They are read only where the texts are filled in. */
function filesToFill({ deployment, certificate }: KitRequest, output: Output): readonly string[] {
  const paths = deployment.paths;
  const { keyPassphraseFile } = deployment;
  const inline = [
    paths.key,
    ...(keyPassphraseFile === undefined ? [] : [keyPassphraseFile]),
    ...(hasPlaceholder(certificate.certificatePem) ? [paths.certificate] : []),
  ];
  return [
    ...(output.form === 'inline' ? inline : []),
    ...(output.type === 'remote_elasticsearch' ? [serviceTokenPath(deployment, output)] : []),
  ];
}

/** The names as Elastic's guide writes them in Advanced YAML. */
function dotted(ssl: Ssl): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(ssl).map(([name, value]) => [`ssl.${name}`, value]));
}

/** The agent knows remote_elasticsearch as elasticsearch (kibana, full_agent_policy.ts). */
function standalone({ type, hosts, kafka }: Output, ssl: Ssl): object {
  return withoutUndefined({
    type: type === 'remote_elasticsearch' ? 'elasticsearch' : type,
    hosts,
    topic: kafka?.topic,
    version: kafka?.version,
    ssl,
  });
}

/** Whether Fleet's API has `ssl` fields for the output; if not, the settings are part of the YAML. */
export function hasSslFields({ deployment }: KitRequest, { type }: Output): boolean {
  const { stackVersion } = deployment;
  return isOwnClient(type) || has(stackVersion, 'elasticsearchOutputSsl');
}

function isOwnClient(type: string): boolean {
  return type === 'logstash' || type === 'kafka';
}

function apiBody(request: KitRequest, output: Output, ssl: Ssl) {
  const { fields, secrets, config } = place(request, output, ssl, hasSslFields(request, output));
  return withoutUndefined({ ...common(output), ...fields, secrets, config_yaml: config && yaml(config) });
}

/**
 * In kibana.yml the YAML is an object, `config`. Outputs to Elasticsearch have their `ssl` there in every version: some
 * versions of 2025 dropped the field (elastic/kibana#219902, fixed by #230211).
 */
function kibanaYml(request: KitRequest, output: Output, ssl: Ssl): object {
  const { fields, secrets, config } = place(request, output, ssl, isOwnClient(output.type));
  return withoutUndefined({ ...common(output), ...fields, secrets, config });
}

function common({ id, name, type, hosts, isDefault, isDefaultMonitoring, kafka, kibanaUrl }: Output) {
  return withoutUndefined({
    id,
    name,
    type,
    hosts,
    // Left out if false, which is Kibana's default for a new output: an update with false fails if the output was made
    // the default in Kibana (fleet/server/services/output.ts).
    is_default: isDefault || undefined,
    is_default_monitoring: isDefaultMonitoring || undefined,
    auth_type: kafka && 'ssl',
    topic: kafka?.topic,
    version: kafka?.version,
    kibana_url: kibanaUrl,
  });
}

/**
 * Where each setting goes. A key of the inline form is a secret if there are fields: Fleet Server puts it into the
 * policy, and Kibana never shows it again. A passphrase has no field in any version. The YAML is nested, since Fleet
 * merges its `ssl` with the fields (kibana, full_agent_policy.ts); dotted names would stand beside them.
 */
function place({ deployment }: KitRequest, output: Output, ssl: Ssl, inFields: boolean) {
  const { key, key_passphrase, key_passphrase_path, ...others } = ssl;
  const passphrase = withoutUndefined({ key_passphrase, key_passphrase_path });
  const inline = output.form === 'inline';
  const isRemote = output.type === 'remote_elasticsearch';
  const secrets = withoutUndefined({
    service_token: isRemote ? placeholder(serviceTokenPath(deployment, output)) : undefined,
    ssl: inFields && inline ? { key } : undefined,
  });
  return {
    fields: inFields ? { ssl: inline ? others : { ...others, key } } : {},
    secrets: notEmpty(secrets),
    config: inFields ? notEmpty(passphrase) && { ssl: passphrase } : { ssl },
  };
}

/** The file of the token with which agents write to a remote cluster, named by the id of the output. */
export function serviceTokenPath(deployment: ResolvedDeployment, { id }: Output): string {
  return inDirectory(deployment, `${id}.service-token`);
}

function notEmpty<T extends object>(object: T): T | undefined {
  return Object.keys(object).length === 0 ? undefined : object;
}
