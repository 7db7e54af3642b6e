import type { Output } from '../deployment/outputs.ts';
import { has } from '../deployment/versions.ts';
import { kibanaCommandNote } from '../kibana/kibana-api.ts';
import type { KitRequest } from '../kit/kit.ts';
import { applicable, type Candidate, info, type Note, warning } from '../kit/note.ts';
import { isTooOldForKafkaFour, KAFKA_FOUR_NEEDS } from './kafka-versions.ts';
import { hasSslFields } from './render.ts';

/** The notes about the outputs. */
export function outputNotes(request: KitRequest, outputs: readonly Output[]): readonly Note[] {
  const of = (...types: readonly string[]) => outputs.filter(({ type }) => types.includes(type));
  return applicable([
    ...formNotes(request, outputs),
    ...placeNotes(request, outputs),
    ...serverNotes(request, of),
    ...guideNotes,
  ]);
}

function formNotes(request: KitRequest, outputs: readonly Output[]): readonly Candidate[] {
  const inline = outputs.filter(({ form }) => form === 'inline');
  const { profile, keyPassphraseFile, directoryVariable, stackVersion } = request.deployment;
  return [
    inline.length > 0 &&
      warning(
        'inline_is_shared',
        `With form "inline" all agents of the policy share one certificate and key. Revoking the certificate affects all of them, and in every version a renewed one is used only after the output is posted again. With files (form "path", profile agent) each host has its own certificate, and ${has(stackVersion, 'reload') ? '' : 'from 9.5.0 '}reads a new one without a restart.`,
        'elastic-agent-libs transport/tlscommon/cert_reloader.go; elastic/fleet-server#6946',
      ),
    inline.some((output) => !hasSslFields(request, output)) &&
      warning(
        'inline_key_in_clear',
        'Before 9.1.5 (and if stackVersion is left out) the key of an output to Elasticsearch is part of its YAML: everyone who may read outputs and policies can read the key.',
        'elastic/kibana#208745, #236788',
      ),
    inline.length > 0 &&
      keyPassphraseFile !== undefined &&
      warning(
        'inline_passphrase_in_clear',
        'Fleet does not store a passphrase as a secret: with form "inline" it is in the output\'s YAML in clear text and protects nothing. Use an unencrypted key, which Fleet can store as a secret.',
        'kibana x-pack/platform/plugins/shared/fleet/server/types/models/output.ts',
      ),
    profile === 'output-client' &&
      outputs.some(({ form }) => form === 'path') &&
      warning(
        'output_client_on_every_host',
        `An output's settings go to every agent of its policies: every host needs a certificate and a key ${directoryVariable === undefined ? 'at these paths' : `in the directory that ${directoryVariable} names`}, whatever its operating system, and preferably its own certificate.${directoryVariable === undefined ? ' Hosts with other paths need a separate output and policy, or directoryVariable.' : ''}`,
        'elastic.co, Logstash output settings, client SSL certificate',
      ),
  ];
}

function placeNotes(request: KitRequest, outputs: readonly Output[]): readonly Candidate[] {
  const { os, stackVersion } = request.deployment;
  return [
    info(
      'advanced_yaml_wins',
      'Set an output in one place: as Advanced YAML, through the API or in kibana.yml. ssl in Advanced YAML overrides the fields of the API and the form, and an output from kibana.yml cannot be changed through the API.',
      'kibana x-pack/platform/plugins/shared/fleet/server/services/agent_policies/full_agent_policy.ts',
    ),
    outputs.length > 1 &&
      warning(
        'outputs_in_one_list',
        'Put all outputs under one xpack.fleet.outputs in kibana.yml, and under one outputs in elastic-agent.yml: Kibana does not start if a key appears twice.',
        'nodeca/js-yaml, "duplicated mapping key"; elastic.co, Fleet settings in Kibana',
      ),
    outputs.some((output) => !hasSslFields(request, output)) &&
      info(
        'elasticsearch_ssl_in_yaml',
        `Outputs to Elasticsearch have fields for certificates from 9.1.0, but before 9.1.5 Kibana also copies them to the agents' connection to Fleet Server. For ${stackVersion === undefined ? 'an unknown version' : 'this version'} the API body has them in config_yaml, which every version accepts.`,
        'elastic/kibana#208745, #233780, #236788',
      ),
    outputs.some(({ form }) => form === 'inline') &&
      warning(
        'kibana_yml_line_breaks',
        'Kibana has been seen to drop the line breaks of PEM in kibana.yml (the agent then reports "no pem file"): prefer the API, or check the policy afterwards.',
        'elastic/elastic-package#1669',
      ),
    kibanaCommandNote(os),
    os !== 'windows' &&
      outputs.some(({ form, type }) => form === 'inline' || type === 'remote_elasticsearch') &&
      info(
        'fill_reads_files',
        'kibanaApi.command reads files of this kit that only root may read: run it as root where they are. For the other texts of an output, fill does that: it reads a text, and writes it with the contents in place of {{file:...}}. Keep what it writes secret.',
        'this service',
      ),
    info(
      'standalone_needs_credentials',
      'A standalone agent also needs credentials for Elasticsearch, such as api_key: a certificate authenticates no user unless a PKI realm is set up.',
      'elastic.co, Configure the Elasticsearch output of standalone agents',
    ),
  ];
}

function serverNotes(
  { deployment }: KitRequest,
  of: (...types: readonly string[]) => readonly Output[],
): readonly Candidate[] {
  const { keyPassphraseFile, keyKind, os } = deployment;
  return [
    keyKind === 'ed25519' &&
      warning(
        'ed25519_needs_java_16',
        'Elasticsearch, Logstash and Kafka accept a client certificate with an Ed25519 key only on Java 16 and later: use a P-256 or RSA key if one of them runs on an older Java.',
        'openjdk/jdk#1197 (JDK-8166596)',
      ),
    of('logstash').length > 0 &&
      info(
        'logstash_key_pkcs8',
        'Fleet requires the key of a Logstash output as PKCS#8: convert any other with openssl pkcs8 -topk8 -nocrypt.',
        'elastic.co, Logstash output settings',
      ),
    of('logstash', 'kafka').some(({ isDefault }) => isDefault) &&
      warning(
        'default_output_not_for_fleet_server',
        'The policies of Fleet Server, APM and Synthetics accept only an output of type elasticsearch: assign them one before an output of another type becomes the default.',
        'kibana x-pack/plugins/fleet/common/services/output_helpers.ts',
      ),
    of('kafka').some(({ kafka }) => isTooOldForKafkaFour(kafka?.version)) &&
      warning(
        'kafka_four_refuses_version',
        `Brokers of Kafka 4 refuse versions of the protocol below ${KAFKA_FOUR_NEEDS}, and without kafka.version Fleet sets 1.0.0: set it to ${KAFKA_FOUR_NEEDS} or later, but not above the version of the oldest broker.`,
        'kibana fleet/server/services/output.ts; Apache Kafka, KIP-896; elastic/ingest-docs#1445',
      ),
    of('kafka').some(({ form }) => form === 'path') &&
      warning(
        'kafka_opentelemetry',
        `If the agent runs its inputs with OpenTelemetry, it copies the certificate and key into the Kafka settings that it generates: restart it after each renewal.${keyPassphraseFile === undefined ? '' : ' It ignores passphrase files there: use an unencrypted key.'}`,
        'elastic-agent internal/pkg/otel/translate/common.go, TLSToOTel',
      ),
    deployment.profile === 'output-client' &&
      of('elasticsearch').some(({ form }) => form === 'path') &&
      warning(
        'clients_need_certificates',
        `When Elasticsearch requires client certificates, it also refuses Kibana, Beats, APM Server, Logstash and scripts without one: clients has their settings, to which you add what logs them in. Give each host its own certificate; the accounts of the services must be able to read the key. Restart Kibana and Logstash after each renewal, and Beats older than 9.5.0.${keyPassphraseFile === undefined ? ' Logstash needs the key as PKCS#8, and logstash-output-elasticsearch 11.14.0 or later.' : ' Logstash cannot read an encrypted key. Put the passphrase into the keystore of Kibana as elasticsearch.ssl.keyPassphrase.'}`,
        'kibana elasticsearch_config.ts, alwaysPresentCertificate; logstash-output-elasticsearch CHANGELOG; elastic/beats#50444; elastic/logstash#18895',
      ),
    of('remote_elasticsearch').length > 0 &&
      warning(
        'remote_needs_service_token',
        `A remote Elasticsearch needs a service token that was created there: ${os === 'windows' ? 'put it in place of the placeholder when you send the API call, which has no command, since a POSIX shell cannot read files of Windows' : 'write the token, and nothing else, to the file that the kit names'}. To synchronize integrations, switch that on in Fleet, with an API key of the remote Kibana.`,
        'elastic.co, Remote Elasticsearch output',
      ),
  ];
}

/** Where Elastic's guide is wrong. */
const guideNotes: readonly Note[] = [
  info(
    'guide_output_ca',
    "Elastic's guide says that an output's ssl.certificate_authorities are trusted when Fleet Server connects to the agent; in fact they verify the output's server. It calls ssl.key the key that decrypts the certificate; in fact the key proves that the certificate is the agent's own.",
    'elastic-agent-libs transport/tlscommon/tls_config.go',
  ),
  info(
    'guide_inline_form',
    "Elastic's guide shows the form with paths twice and requires paths; in a policy, each path can be replaced by PEM.",
    'elastic-agent-libs transport/tlscommon/tls.go, IsPEMString',
  ),
];
