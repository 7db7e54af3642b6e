import * as z from 'zod/mini';
import type { Asked } from './asked.ts';
import { choice, lines, word } from './field.ts';
import { about } from './words.ts';

const OWN_PEM = z.strictObject({ pem: lines });

const OWN_FILE = z.strictObject({ path: word });

const CA = z.union(
  [z.enum(['fleetseal', 'system']), OWN_PEM, OWN_FILE],
  'must be "fleetseal", "system", { "pem": "-----BEGIN CERTIFICATE-----..." } or { "path": "/etc/ssl/own-ca.crt" }',
);

/** Which CA verifies a peer: fleetseal's roots, the system's, or a PEM or file of one's own. */
export type Trust = Asked<typeof CA>;

const peer = choice(CA);

/** `deployment.trust`, by the peer that is verified. */
export const TRUST = z.strictObject({
  fleetServer: peer,
  elasticsearch: peer,
  logstash: peer,
  kafka: peer,
  proxy: peer,
});

/** One of {@link TRUST_PEERS}. */
export type TrustPeer = keyof Asked<typeof TRUST>;

/** The peers whose CA a deployment may name, in the order of the fields. */
export const TRUST_PEERS = Object.keys(TRUST.shape) as readonly TrustPeer[];

/* @__PURE__ */ about(TRUST, () => ({
  fleetServer: peerWords('Fleet Server, for agents and for its own host', ON_CLOUD),
  elasticsearch: peerWords('Elasticsearch, for its outputs and for Fleet Server', ON_CLOUD),
  logstash: peerWords('Logstash, for outputs of type logstash'),
  kafka: peerWords('Kafka, for outputs of type kafka'),
  proxy: peerWords('a terminating proxy, for clients that connect through it'),
}));

const ON_CLOUD = '; for the profile proxy, which connects to Elastic Cloud, system';

function peerWords(verified: string, except = '') {
  return {
    description: `The CA that verifies ${verified}. By default fleetseal${except}.`,
    examples: ['fleetseal', 'system', { path: '/etc/ssl/own-ca.crt' }],
  };
}

/* @__PURE__ */ about(OWN_PEM, () => ({
  pem: { description: 'Certificates of CAs in PEM; the kit writes them to a file. Too large? Use path.' },
}));

/* @__PURE__ */ about(OWN_FILE, () => ({
  path: {
    description: 'A file on the host: an absolute path without white space and commas.',
    examples: ['/etc/ssl/own-ca.crt'],
  },
}));
