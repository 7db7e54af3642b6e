import { quote } from '../../errors/excerpt.ts';
import { unknownValue } from '../../errors/unknown-value.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { OUTPUT_FORMS, OUTPUT_TYPE_NAMES, type OutputSettings } from '../deployment/fields/outputs.ts';
import { EXAMPLE_HOSTS, hostPortProblem } from '../deployment/host-port.ts';
import { defaultHosts, isOutputType, outputId } from '../deployment/outputs.ts';
import { isProxied } from '../deployment/proxy.ts';
import { choiceRule, type Results, type RuleContext, type Violation } from '../deployment/rule.ts';
import { urlProblem } from '../deployment/url.ts';
import { serverUrlProblem } from '../deployment/url-port.ts';
import { isKafkaVersion } from './kafka-versions.ts';

/**
 * The rules of one output, for its clients.
 *
 * @param at - the field of the output, such as `/outputs/0`
 */
export function rulesOfOutput(context: RuleContext, output: OutputSettings, at: string): Results {
  return [
    ...typeRules(context, output, at),
    ...nameRules(output, at),
    ...hostRules(context.deployment, output, at),
    ...formRules(context, output, at),
    ...kafkaRules(output, at),
    ...remoteRules(context, output, at),
  ];
}

const TYPE_SYNONYMS = {
  es: 'elasticsearch',
  remote: 'remote_elasticsearch',
  beats: 'logstash',
} as const;

/** @param at - the field of the output, such as `/outputs/0` */
export function typeRules(
  { subject }: Pick<RuleContext, 'subject'>,
  { type }: OutputSettings,
  at: string,
): Results {
  const field = `${at}/type`;
  if (type === undefined) return [[field, `type is required: one of ${OUTPUT_TYPE_NAMES.join(', ')}`]];
  if (!isOutputType(type))
    return [[field, unknownValue('type', type, OUTPUT_TYPE_NAMES, { synonyms: TYPE_SYNONYMS })]];
  return [
    subject.profile === 'fleet-server' &&
      type !== 'elasticsearch' && [
        field,
        `Fleet accepts only an output of type elasticsearch for the policy of Fleet Server, not ${type}: request ${type} with the profile agent, or leave the output out`,
      ],
  ];
}

function nameRules(output: OutputSettings, at: string): Results {
  const { name, id } = output;
  return [
    name === undefined && [`${at}/name`, "name is required: the output's name in Fleet"],
    name !== undefined &&
      !isName(name) && [`${at}/name`, 'name must be 1 to 256 characters, and not only white space'],
    !/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(outputId(output)) && [
      `${at}/id`,
      'id must be 1 to 100 letters, digits, "-" and "_", and start with a letter or digit',
    ],
    id === undefined &&
      name !== undefined &&
      outputId(output) === 'fleetseal-' && [
        `${at}/id`,
        'id is required if name has no ASCII letter or digit to derive it from: add one, such as my-output',
      ],
  ];
}

function isName(name: string): boolean {
  return /^.{1,256}$/su.test(name) && name.trim() !== '';
}

/** @param at - the field of the output, such as `/outputs/0` */
export function hostRules(deployment: Deployment, output: OutputSettings, at: string): Results {
  const { type, hosts = defaultHosts(deployment, output) } = output;
  if (hosts.length === 0) {
    const proxy = type === 'elasticsearch' && isProxied(deployment) ? ', or give proxy.elasticsearchUrl' : '';
    return [[`${at}/hosts`, `hosts is required: at least one, for example ${exampleHost(type)}${proxy}`]];
  }
  return [
    hosts.length > 10 && [
      `${at}/hosts`,
      'hosts must have at most 10 entries, the limit of Fleet: leave out the others',
    ],
    // What a host looks like depends on the type: if that is unknown, only that is reported. The address of the proxy,
    // which is the default, has rules of its own.
    ...(output.hosts ?? []).map((host, index): Violation | undefined => {
      if (type === undefined || !isOutputType(type)) return undefined;
      const what = hostProblem(type, host);
      return what === undefined ? undefined : [`${at}/hosts/${index}`, `the host ${quote(host)} ${what}`];
    }),
  ];
}

function exampleHost(type: string | undefined): string {
  return type === 'logstash' || type === 'kafka'
    ? EXAMPLE_HOSTS[type]
    : 'https://elasticsearch.example.com:9200';
}

/** What Fleet itself refuses (kibana, fleet/server/types/models/output.ts), and addresses without TLS. */
function hostProblem(type: string | undefined, host: string): string | undefined {
  return type === 'logstash' || type === 'kafka'
    ? hostPortProblem(type, host)
    : serverUrlProblem(host, 'elasticsearch');
}

function formRules(context: RuleContext, { form }: OutputSettings, at: string): Results {
  const { subject, os, deployment } = context;
  const { keyPassphraseFile, directory } = deployment;
  const field = `${at}/form`;
  const inline = form === 'inline' || (form === undefined && subject.profile === 'output-client');
  return [
    choiceRule(field, 'form', form, OUTPUT_FORMS, {
      synonyms: { file: 'path', files: 'path', pem: 'inline' },
    }),
    form === 'inline' &&
      subject.profile !== 'output-client' && [
        field,
        `form "inline" would give this certificate of profile ${subject.profile} and its key to every agent of the policy: use "path", or a certificate of profile output-client`,
      ],
    inline &&
      subject.profile === 'output-client' &&
      os === 'windows' && [
        field,
        'form "inline" needs a POSIX shell to put the key into the output: create this key on Linux or macOS (the agents may run on any system), or use "path"',
      ],
    inline &&
      subject.profile === 'output-client' &&
      [directory, keyPassphraseFile].some(isUnfit) && [
        field,
        'form "inline" needs plain paths: use only letters, digits, "/", ".", "_" and "-" in directory and keyPassphraseFile',
      ],
    // The command puts what it reads into a policy: a kit must not make it read any other file.
    inline &&
      subject.profile === 'output-client' &&
      keyPassphraseFile?.endsWith('.pass') === false && [
        '/keyPassphraseFile',
        'keyPassphraseFile must end in ".pass" with form "inline", which puts its contents into the policy: name the file output-client.pass, or use form "path"',
      ],
  ];
}

function isUnfit(path: string | undefined): boolean {
  return path !== undefined && !/^[A-Za-z0-9/._-]*$/.test(path);
}

function kafkaRules({ type, kafka }: OutputSettings, at: string): Results {
  if (type !== 'kafka') {
    return [
      kafka !== undefined && [`${at}/kafka`, 'kafka is only for type kafka: leave it out, or change type'],
    ];
  }
  const { topic, version } = kafka ?? {};
  return [
    topic === undefined && [
      `${at}/kafka/topic`,
      'kafka.topic is required: the topic that receives the events',
    ],
    topic !== undefined &&
      !/^(?:[A-Za-z0-9._-]|%\{\[[A-Za-z0-9_.@-]{1,128}\]\}){1,249}$/.test(topic) && [
        `${at}/kafka/topic`,
        'kafka.topic must be letters, digits, ".", "_" and "-", or fields of the event such as %{[data_stream.type]}',
      ],
    version !== undefined &&
      !isKafkaVersion(version) && [
        `${at}/kafka/version`,
        `kafka.version ${quote(version)} is not one that Fleet has, which end at 2.6.0: it is the version of the protocol, not of the broker. Use "2.6.0" for brokers from 2.6 on, also 3 and 4, or the broker's own before`,
      ],
  ];
}

function remoteRules(
  { lacks, deployment, os }: RuleContext,
  { type, remote }: OutputSettings,
  at: string,
): Results {
  const url = remote?.kibanaUrl;
  const problem = url === undefined ? undefined : urlProblem(url, ['https:', 'http:']);
  return [
    type === 'remote_elasticsearch' &&
      os !== 'windows' &&
      isUnfit(deployment.directory) && [
        '/directory',
        'directory must be a plain path if an output has type remote_elasticsearch, because a command reads its service token from there: use only letters, digits, "/", ".", "_" and "-"',
      ],
    remote !== undefined &&
      type !== 'remote_elasticsearch' && [
        `${at}/remote`,
        'remote is only for type remote_elasticsearch: leave it out, or change type',
      ],
    problem !== undefined && [`${at}/remote/kibanaUrl`, `remote.kibanaUrl ${problem}`],
    url !== undefined &&
      lacks('remoteKibanaUrl') && [
        `${at}/remote/kibanaUrl`,
        `Fleet ${deployment.stackVersion} does not support kibana_url: upgrade to 9.1.0 or later, or leave remote out`,
      ],
  ];
}
