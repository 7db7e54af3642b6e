import * as z from 'zod/mini';
import { AGENT } from './fields/agent.ts';
import type { Asked } from './fields/asked.ts';
import { CONTAINER } from './fields/container.ts';
import { ECK } from './fields/eck.ts';
import { secret, text, url } from './fields/field.ts';
import { FLEET_SERVER } from './fields/fleet-server.ts';
import { OUTPUT } from './fields/outputs.ts';
import { PROXY } from './fields/proxy.ts';
import { TRUST } from './fields/trust.ts';
import { about } from './fields/words.ts';
import { MODEL_NAMES, type Model } from './models.ts';
import { DEFAULT_DIRECTORIES, OPERATING_SYSTEMS } from './paths.ts';

/*
 * What is asked. This room is the ground of shared/elastic: it imports no other, and every other may import it.
 *
 * - deployment.ts and fields/ are the ONE table of fields. From it follow the types, what a request may hold (unknown
 *   fields are refused, with the field that was probably meant), what is recorded (recording.ts), the description of
 *   the API and docs/deployment.md.
 * - A new field is a line in the schema of its part and its words below, in the same file. Its kind (fields/field.ts)
 *   says its type, its rule of free text and what is kept of it; a field without words does not compile, and one
 *   without a kind is not recorded.
 * - What a field may say is a rule, of every kit (model-rules.ts, file-rules.ts) or of a section: so a field with a
 *   list of values is a text here, and an unknown value is refused in our words.
 * - resolved-deployment.ts fills in what was left out. Models, versions and paths are tables of their own.
 */

/** How an agent is deployed, as the caller sends it; a field that is left out has a default, or is not needed. */
export const deploymentSchema = z
  .strictObject({
    model: text,
    stackVersion: text,
    os: text,
    fleetUrl: url,
    fleetEnrollmentToken: secret,
    directory: text,
    directoryVariable: text,
    keyPassphraseFile: text,
    agent: z.optional(AGENT),
    fleetServer: z.optional(FLEET_SERVER),
    outputs: z.optional(z.array(OUTPUT)),
    proxy: z.optional(PROXY),
    eck: z.optional(ECK),
    container: z.optional(CONTAINER),
    trust: z.optional(TRUST),
  })
  .check(z.meta({ id: 'Deployment' }));

/** @see deploymentSchema */
export type Deployment = Asked<typeof deploymentSchema>;

/** The placeholder for Fleet's enrollment token. Fleet Server refuses it, so it cannot go unnoticed. */
export const ENROLLMENT_TOKEN_PLACEHOLDER = '{{FLEET_ENROLLMENT_TOKEN}}';

/* @__PURE__ */ about(deploymentSchema, () => ({
  model: {
    required: true,
    description: `How the fleet is deployed. ${modelWords()}. The model cloud of Elastic's guide is refused, with two alternatives: mutual TLS is not possible there.`,
    enum: MODEL_NAMES,
  },
  stackVersion: {
    description:
      'Version of Elastic Agent, three numbers (a suffix such as -SNAPSHOT is dropped). If omitted, the kit has what every version takes, and its notes say what depends on it. Not for eck-metrics.',
    examples: ['9.5.2', '8.19.4'],
  },
  os: {
    description:
      'Required, except for eck-metrics, where it is the system on which kubectl runs (linux or macos; by default linux). Where the files are: paths, quoting and commands depend on it.',
    enum: OPERATING_SYSTEMS,
  },
  fleetUrl: {
    description:
      "Address of Fleet Server, https://host:port without user, query and fragment. Required for agents and Fleet Servers, except in cloud-proxy, where agents use proxy.fleetUrl and this is Fleet Server's own address behind it.",
    examples: ['https://fleet.example.com:8220'],
  },
  fleetEnrollmentToken: {
    description:
      "Fleet's own enrollment token, from Kibana; not a bootstrap token of this service. If omitted, the commands have a placeholder, and a note says so.",
    examples: ['dG9rZW4taWQ6dG9rZW4ta2V5'],
  },
  directory: {
    description: `Where the files go: absolute, without white space and commas. By default ${DEFAULT_DIRECTORIES.linux} (linux, container), ${DEFAULT_DIRECTORIES.macos} (macos), ${DEFAULT_DIRECTORIES.windows} (windows); for Elasticsearch's own certificate below its configuration directory.`,
    examples: [DEFAULT_DIRECTORIES.linux],
  },
  directoryVariable: {
    description:
      'Environment variable that stands for directory in outputs of Fleet, so that one policy serves hosts with different systems or directories: FLEETSEAL_ and capital letters, digits and "_". The kit sets it for the service of the agent. From 8.19.0; not in containers. By default none: outputs have the paths of this host.',
    examples: ['FLEETSEAL_DIR'],
  },
  keyPassphraseFile: {
    description:
      'Absolute path of a file on the host with only the passphrase of the private key, without a newline; not the passphrase itself. If omitted, the key is not encrypted. From 8.16.0; not in containers, with Ed25519 or in a FIPS build.',
    examples: [`${DEFAULT_DIRECTORIES.linux}/agent.pass`],
  },
  agent: { description: 'The Elastic Agent of the host: profiles agent and fleet-server.' },
  fleetServer: { description: 'The Fleet Server of the host: profile fleet-server.' },
  outputs: {
    description:
      'Where agents send their data; for the profile output-server, the servers that have the certificate. Required for output-client and output-server. By default the kit has the settings of one output to Elasticsearch.',
  },
  proxy: {
    description:
      'Proxy in front of Elastic Cloud (terminating; models cloud-proxy and on-premises-hosted-elasticsearch), or of your own Fleet Server (forward; on-premises).',
  },
  eck: {
    description:
      'The ECK operator whose metrics are scraped (profile and model eck-metrics), or that runs the Agent (container.runtime eck).',
  },
  container: { description: 'Only with os container.' },
  trust: {
    description:
      'Which CA verifies each peer: "fleetseal" (its roots), "system" (those of the operating system), or a CA of your own as pem or path.',
  },
}));

function modelWords(): string {
  const meanings: Readonly<Record<Model, string>> = {
    'on-premises': 'agents, Fleet Server and outputs are your own',
    'cloud-proxy': 'Fleet Server and Elasticsearch on Elastic Cloud, behind your own terminating proxy',
    'on-premises-hosted-elasticsearch':
      'your own Fleet Server, and Elasticsearch on Elastic Cloud behind your own terminating proxy',
    'eck-metrics': 'the metrics endpoint of an ECK operator, scraped by Prometheus',
  };
  return MODEL_NAMES.map((model) => `${model}: ${meanings[model]}`).join('; ');
}
