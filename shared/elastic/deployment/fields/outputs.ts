import * as z from 'zod/mini';
import type { Asked } from './asked.ts';
import { flag, text, url, urls } from './field.ts';
import type { TrustPeer } from './trust.ts';
import { about } from './words.ts';

/** The types of outputs that accept a client certificate, each with the peer whose CA verifies its servers. */
export const OUTPUT_TYPES = {
  elasticsearch: 'elasticsearch',
  remote_elasticsearch: 'elasticsearch',
  logstash: 'logstash',
  kafka: 'kafka',
} as const satisfies Readonly<Record<string, TrustPeer>>;

/** A name of {@link OUTPUT_TYPES}. */
export type OutputType = keyof typeof OUTPUT_TYPES;

/** In the order in which messages list them. */
export const OUTPUT_TYPE_NAMES = Object.keys(OUTPUT_TYPES) as readonly OutputType[];

/** Where an output has its certificate and key: in files on every host, or in the policy itself. */
export const OUTPUT_FORMS = ['path', 'inline'] as const;

const KAFKA = z.strictObject({ topic: text, version: text });

const REMOTE = z.strictObject({ kibanaUrl: url });

/** A member of `deployment.outputs`: an output of Fleet. */
export const OUTPUT = z.strictObject({
  id: text,
  type: text,
  name: text,
  hosts: urls,
  isDefault: flag,
  isDefaultMonitoring: flag,
  form: text,
  kafka: z.optional(KAFKA),
  remote: z.optional(REMOTE),
});

/** @see OUTPUT */
export type OutputSettings = Asked<typeof OUTPUT>;

export const OUTPUT_DEFAULTS = { isDefault: false, isDefaultMonitoring: false } as const;

/* @__PURE__ */ about(
  OUTPUT,
  () => ({
    id: {
      description:
        'Id of the output in Fleet: 1 to 100 letters, digits, "-" and "_". By default fleetseal- and the name in lower case.',
      examples: ['fleetseal-main'],
    },
    type: { required: true, description: 'Kind of output.', enum: OUTPUT_TYPE_NAMES },
    name: {
      description:
        'Unique name of the output in Fleet, 1 to 256 characters. Required, except for the profile output-server.',
      examples: ['Main'],
    },
    hosts: {
      description:
        'https://host:port of Elasticsearch (the port is required, because its readers differ without one), host:port of Logstash and Kafka. Required, except for the profile output-server, and for type elasticsearch with proxy.elasticsearchUrl.',
      maxItems: 10,
      examples: [['https://es.example.com:9200'], ['logstash.example.com:5044']],
    },
    isDefault: {
      description: 'For data from integrations in policies that name no output; at most one output.',
    },
    isDefaultMonitoring: {
      description: 'The same for the monitoring of agents.',
    },
    form: {
      description:
        'Where the certificate and key are: files on every host (path), or the policy itself (inline, only for output-client). By default inline for the profile output-client, path for the others.',
      enum: OUTPUT_FORMS,
    },
    kafka: {
      description: 'Only for type kafka; required there, except for the profile output-server.',
    },
    remote: { description: 'Only for type remote_elasticsearch.' },
  }),
  OUTPUT_DEFAULTS,
);

/* @__PURE__ */ about(KAFKA, () => ({
  topic: {
    description:
      'Required, except for the profile output-server. Topic of the events: letters, digits, ".", "_", "-", or fields of the event, 249 characters at most.',
    examples: ['events', '%{[data_stream.type]}'],
  },
  version: {
    description:
      "Version of Kafka's protocol, not of the broker: from Fleet's list, which ends at 2.6.0. Kafka 4 needs at least 2.1.0. By default Fleet's own, 1.0.0.",
    examples: ['2.6.0'],
  },
}));

/* @__PURE__ */ about(REMOTE, () => ({
  kibanaUrl: {
    description: 'Address of the remote Kibana, http:// or https://. From 9.1.0. By default none.',
    examples: ['https://kibana.remote.example.com:5601'],
  },
}));
