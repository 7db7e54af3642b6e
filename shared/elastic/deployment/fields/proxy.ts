import * as z from 'zod/mini';
import { text, url } from './field.ts';
import { about } from './words.ts';

/** What a proxy does with the TLS of the agents. */
export const PROXY_KINDS = ['terminating', 'forward'] as const;

const UPSTREAM = z.strictObject({ fleetUrl: url, elasticsearchUrl: url });

/** `deployment.proxy`. Addresses are origins: scheme, host and port (443 unless given). */
export const PROXY = z.strictObject({
  kind: text,
  fleetUrl: url,
  elasticsearchUrl: url,
  upstream: z.optional(UPSTREAM),
});

/* @__PURE__ */ about(
  PROXY,
  () => ({
    kind: {
      description:
        'terminating: agents use mutual TLS with the proxy, which opens its own connections. forward: the proxy passes connections through (HTTP CONNECT).',
      enum: PROXY_KINDS,
    },
    fleetUrl: {
      description:
        'Where agents reach Fleet Server: https://host:port of a terminating proxy (required in cloud-proxy), or the address of the forward proxy itself.',
      examples: ['https://fleet-proxy.example.com:8220', 'http://proxy.example.com:3128'],
    },
    elasticsearchUrl: {
      description:
        'https://host:port where agents, and a Fleet Server of your own, reach Elasticsearch. Required in on-premises-hosted-elasticsearch.',
      examples: ['https://es-proxy.example.com:9200'],
    },
    upstream: { description: 'What a terminating proxy connects to, on Elastic Cloud.' },
  }),
  { kind: 'terminating' },
);

/* @__PURE__ */ about(UPSTREAM, () => ({
  fleetUrl: {
    description:
      'https://host:port with a host name. By default fleetUrl of the deployment, in the model cloud-proxy.',
    examples: ['https://abc.fleet.eu-west-1.aws.elastic.cloud:443'],
  },
  elasticsearchUrl: {
    description:
      'https://host:port with a host name. Required with proxy.elasticsearchUrl, for the proxy itself.',
    examples: ['https://abc.es.eu-west-1.aws.elastic.cloud:443'],
  },
}));
