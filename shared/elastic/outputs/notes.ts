import type { KitRequest } from '../kit.ts';
import { applicable, type Candidate, type Note } from '../note.ts';
import { kibanaCommandNote } from './kibana-api.ts';
import { hasSslFields } from './render.ts';
import type { Output } from './settings.ts';

/** What a reader of the outputs should know. */
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
  const { profile, keyPassphraseFile } = request.deployment;
  return [
    inline.length > 0 && {
      code: 'inline_is_shared',
      severity: 'warning',
      message:
        'Inline, one certificate and key go to all agents of the policy: to revoke it hits all of them, and a renewed one is used only when the output was posted again, in every version. With files (form "path", profile agent) each host has its own, and reads a new one by itself from 9.5.0.',
      source: 'elastic-agent-libs transport/tlscommon/cert_reloader.go; elastic/fleet-server#6946',
    },
    inline.some((output) => !hasSslFields(request, output)) && {
      code: 'inline_key_in_clear',
      severity: 'warning',
      message:
        'Before 9.1.5 (and where stackVersion is left out) the key of an output to Elasticsearch stands in its YAML, for everyone to read who may read outputs and policies.',
      source: 'elastic/kibana#208745, #236788',
    },
    inline.length > 0 &&
      keyPassphraseFile !== undefined && {
        code: 'inline_passphrase_in_clear',
        severity: 'warning',
        message:
          "Fleet has no secret for a passphrase: inline it stands in the output's YAML, so it protects nothing there. Use an unencrypted key, which is a secret of its own.",
        source: 'kibana x-pack/platform/plugins/shared/fleet/server/types/models/output.ts',
      },
    profile === 'output-client' &&
      outputs.some(({ form }) => form === 'path') && {
        code: 'output_client_on_every_host',
        severity: 'warning',
        message:
          "An output's settings go to every agent of its policies: every host needs a certificate and a key at these paths, preferably its own certificate, whatever its operating system. Hosts with other paths need an output and a policy of their own.",
        source: 'elastic.co, Logstash output settings, client SSL certificate',
      },
  ];
}

function placeNotes(request: KitRequest, outputs: readonly Output[]): readonly Candidate[] {
  const { os, stackVersion } = request.deployment;
  return [
    {
      code: 'advanced_yaml_wins',
      severity: 'info',
      message:
        'Set an output in one place: as Advanced YAML, by the API or in kibana.yml. Its ssl in Advanced YAML wins over the fields of API and form, and an output of kibana.yml cannot be changed by the API.',
      source:
        'kibana x-pack/platform/plugins/shared/fleet/server/services/agent_policies/full_agent_policy.ts',
    },
    outputs.length > 1 && {
      code: 'outputs_in_one_list',
      severity: 'warning',
      message:
        'Put the outputs as items under one xpack.fleet.outputs in kibana.yml, and under one outputs in elastic-agent.yml: Kibana does not start where a key stands twice.',
      source: 'nodeca/js-yaml, "duplicated mapping key"; elastic.co, Fleet settings in Kibana',
    },
    outputs.some((output) => !hasSslFields(request, output)) && {
      code: 'elasticsearch_ssl_in_yaml',
      severity: 'info',
      message: `Outputs to Elasticsearch have fields for certificates from 9.1.0, but before 9.1.5 Kibana also copies them to the agents' connection with Fleet Server; for ${stackVersion === undefined ? 'an unknown version' : 'this version'} the API body holds them as config_yaml, which every version takes.`,
      source: 'elastic/kibana#208745, #233780, #236788',
    },
    outputs.some(({ form }) => form === 'inline') && {
      code: 'kibana_yml_line_breaks',
      severity: 'warning',
      message:
        'PEM in kibana.yml has lost its line breaks before (the agent then says "no pem file"): prefer the API, or look at the policy afterwards.',
      source: 'elastic/elastic-package#1669',
    },
    kibanaCommandNote(os),
    {
      code: 'standalone_needs_credentials',
      severity: 'info',
      message:
        'A standalone agent also needs credentials for Elasticsearch, such as api_key: a certificate logs nobody in unless a PKI realm is set up.',
      source: 'elastic.co, Configure the Elasticsearch output of standalone agents',
    },
  ];
}

function serverNotes(
  { deployment }: KitRequest,
  of: (...types: readonly string[]) => readonly Output[],
): readonly Candidate[] {
  const { keyPassphraseFile, keyKind } = deployment;
  return [
    keyKind === 'ed25519' && {
      code: 'ed25519_needs_java_16',
      severity: 'warning',
      message:
        'Elasticsearch, Logstash and Kafka take a client certificate with an Ed25519 key only on Java 16 and later: make a P-256 or RSA key if one of them runs on an older Java.',
      source: 'openjdk/jdk#1197 (JDK-8166596)',
    },
    of('logstash').length > 0 && {
      code: 'logstash_key_pkcs8',
      severity: 'info',
      message:
        'Fleet asks for the key of a Logstash output as PKCS#8: convert another with openssl pkcs8 -topk8 -nocrypt.',
      source: 'elastic.co, Logstash output settings',
    },
    of('logstash', 'kafka').some(({ isDefault }) => isDefault) && {
      code: 'default_output_not_for_fleet_server',
      severity: 'warning',
      message:
        'The policies of Fleet Server, APM and Synthetics take only an output of type elasticsearch: give them one before another type becomes the default.',
      source: 'kibana x-pack/plugins/fleet/common/services/output_helpers.ts',
    },
    of('kafka').some(({ form }) => form === 'path') && {
      code: 'kafka_opentelemetry',
      severity: 'warning',
      message: `Where the agent runs its inputs with OpenTelemetry, it copies certificate and key into the settings of Kafka when it makes them: restart it after renewal.${keyPassphraseFile === undefined ? '' : ' It ignores a passphrase file there: use an unencrypted key.'}`,
      source: 'elastic-agent internal/pkg/otel/translate/common.go, TLSToOTel',
    },
    of('remote_elasticsearch').length > 0 && {
      code: 'remote_needs_service_token',
      severity: 'warning',
      message:
        'A remote Elasticsearch needs a service token that was made there: write it, and nothing else, to the file that the kit names. Synchronizing integrations is switched on in Fleet, with an API key of the remote Kibana.',
      source: 'elastic.co, Remote Elasticsearch output',
    },
  ];
}

/** Where Elastic's guide says otherwise. */
const guideNotes: readonly Note[] = [
  {
    code: 'guide_output_ca',
    severity: 'info',
    message:
      "Elastic's guide says that an output's ssl.certificate_authorities are trusted when Fleet Server connects to the agent; they verify the output's server. It calls ssl.key the key that decrypts the certificate; it proves that the agent holds the certificate.",
    source: 'elastic-agent-libs transport/tlscommon/tls_config.go',
  },
  {
    code: 'guide_inline_form',
    severity: 'info',
    message:
      "Elastic's guide shows the form with paths twice and demands paths; in a policy PEM can stand in the place of each path.",
    source: 'elastic-agent-libs transport/tlscommon/tls.go, IsPEMString',
  },
];
