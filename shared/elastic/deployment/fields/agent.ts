import * as z from 'zod/mini';
import type { Asked } from './asked.ts';
import { flag, headers, text, texts, url } from './field.ts';
import { about } from './words.ts';

/** @default - from the environment (HTTPS_PROXY) */
const PROXY = z.strictObject({ url, headers: headers('PROXY_HEADER'), disabled: flag });

/** `deployment.agent`: also of a Fleet Server host, for its own agent. */
export const AGENT = z.strictObject({
  alreadyEnrolled: flag,
  fromPackage: flag,
  unprivileged: flag,
  user: text,
  group: text,
  tags: texts,
  headers: headers('HEADER'),
  proxy: z.optional(PROXY),
  elasticDefend: flag,
  fips: flag,
});

/** @see AGENT */
export type AgentSettings = Asked<typeof AGENT>;

export const AGENT_DEFAULTS = {
  alreadyEnrolled: false,
  fromPackage: false,
  unprivileged: false,
  elasticDefend: false,
  fips: false,
} as const;

export const AGENT_PROXY_DEFAULTS = { disabled: false } as const;

/* @__PURE__ */ about(
  AGENT,
  () => ({
    alreadyEnrolled: {
      description:
        'Whether the agent is in Fleet already, with certificates from another CA: the kit then moves it instead of installing and enrolling it.',
    },
    fromPackage: {
      description:
        "Whether Elastic's DEB or RPM package installs the agent, which then has to be enrolled only. Only with os linux.",
    },
    unprivileged: {
      description: 'Whether the agent runs as an account without privileges. From 8.15.0.',
    },
    user: {
      description:
        'Existing account, with unprivileged. From 8.17.0; not on Windows. By default elastic-agent-user, which install creates.',
      examples: ['svc-elastic'],
    },
    group: {
      description:
        'Existing group, with unprivileged. From 8.17.0. By default elastic-agent, which install creates.',
      examples: ['svc-elastic'],
    },
    tags: {
      description: 'Tags of the agent in Fleet, without commas and double quotes. By default none.',
      examples: [['web', 'rack-4']],
    },
    headers: {
      description:
        'HTTP headers by name, sent to Fleet Server with every request (before 9.1.0 only to Elasticsearch). In a container one, from 9.5.0 several; not with ECK. By default none.',
      examples: [{ 'x-tenant': 'blue' }],
    },
    proxy: {
      description:
        'Forward proxy between the agent and Fleet Server. By default from the environment (HTTPS_PROXY). Not in containers.',
    },
    elasticDefend: {
      description:
        'Whether the policy has the Elastic Defend integration, which takes only RSA keys before 9.1.0.',
    },
    fips: {
      description:
        'Whether the agent is a FIPS build: no encrypted key, and no Ed25519, which only the newest accept.',
    },
  }),
  AGENT_DEFAULTS,
);

/* @__PURE__ */ about(
  PROXY,
  () => ({
    url: {
      description: 'http://, https:// or socks5://, without query and fragment; may have user and password.',
      examples: ['http://proxy.example.com:3128'],
    },
    headers: {
      description: 'HTTP headers by name, sent to the proxy. By default none.',
      examples: [{ 'proxy-authorization': 'Basic dXNlcjpwYXNz' }],
    },
    disabled: {
      description: 'Also ignores proxies from the environment; excludes url and headers.',
    },
  }),
  AGENT_PROXY_DEFAULTS,
);
