import { describe, expect, test } from '@jest/globals';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import type { Subject } from './agent/kits.ts';
import { OUTPUTS } from './outputs/kits.ts';
import { CERTIFICATE, PROXY } from './proxy/kits.ts';

const AGENT: Deployment = {
  model: 'on-premises',
  os: 'linux',
  stackVersion: '9.5.2',
  fleetUrl: 'https://fleet.example.com:8220',
};
const SERVER: Deployment = { ...AGENT, fleetServer: { elasticsearchUrl: 'https://es.example.com:9200' } };
const OUTPUT: Deployment = { ...AGENT, outputs: [OUTPUTS.logstash] };
const FLEET_SERVER: Subject = { profile: 'fleet-server' };

function notesOf(deployment: Deployment, { profile = 'agent', keyKind = 'rsa' }: Subject = {}) {
  return renderKit({
    deployment: checkDeployment(deployment, { profile, keyKind }),
    certificate: { ...CERTIFICATE, keyKind },
  }).notes;
}

interface Correction {
  readonly code: string;
  readonly deployment: Deployment;
  readonly subject?: Subject;
  readonly words: string;
}

/** Where Elastic's pages say otherwise than its code, each with a kit that it touches. */
const CORRECTIONS: readonly (readonly [page: string, Correction])[] = [
  [
    'the agent is connected to, and its key decrypts',
    {
      code: 'guide_agent_flags',
      deployment: AGENT,
      words: 'In fact the agent always connects to Fleet Server',
    },
  ],
  [
    'Fleet Server connects to agents',
    {
      code: 'certificate_authorities_has_two_roles',
      deployment: SERVER,
      subject: FLEET_SERVER,
      words: 'The guide says that Fleet Server connects to agents, which it never does',
    },
  ],
  [
    "an output's CAs verify the agent, and its key decrypts",
    { code: 'guide_output_ca', deployment: OUTPUT, words: "they verify the output's server" },
  ],
  [
    'paths alone, twice',
    { code: 'guide_inline_form', deployment: OUTPUT, words: 'each path can be replaced by PEM' },
  ],
  [
    'a directory for certificates',
    { code: 'guide_output_directory', deployment: OUTPUT, words: 'are paths of files' },
  ],
  [
    'no --fleet-server-client-auth',
    {
      code: 'guide_lacks_client_auth',
      deployment: SERVER,
      subject: FLEET_SERVER,
      words: 'Its default is none',
    },
  ],
  [
    'no client certificate for the agent of Fleet Server',
    {
      code: 'guide_lacks_own_client_certificate',
      deployment: SERVER,
      subject: FLEET_SERVER,
      words: 'omits --elastic-agent-cert for this host',
    },
  ],
  [
    'no --fleet-server-cert-key-passphrase',
    {
      code: 'guide_key_passwords',
      deployment: {
        ...SERVER,
        keyPassphraseFile: '/etc/fleetseal/pass',
        fleetServer: { ...SERVER.fleetServer, elasticsearchClientCertificate: false },
      },
      subject: FLEET_SERVER,
      words: 'The guide omits --fleet-server-cert-key-passphrase',
    },
  ],
  [
    'no --fleet-server-es-cert before the proxy',
    {
      code: 'guide_lacks_es_certificate',
      deployment: {
        ...AGENT,
        model: 'on-premises-hosted-elasticsearch',
        proxy: { elasticsearchUrl: PROXY.elasticsearchUrl },
      },
      subject: FLEET_SERVER,
      words: '--fleet-server-es-cert and --fleet-server-es-cert-key do that',
    },
  ],
  [
    'a passphrase file, of whatever contents',
    {
      code: 'passphrase_without_newline',
      deployment: { ...AGENT, keyPassphraseFile: '/etc/fleetseal/pass' },
      words: 'newline',
    },
  ],
  [
    'RSA alone for Elastic Defend',
    {
      code: 'guide_defend_rsa',
      deployment: { ...AGENT, agent: { elasticDefend: true } },
      subject: { keyKind: 'p256' },
      words: 'This version also accepts elliptic curve keys',
    },
  ],
  [
    'two paths in --fleet-server-es-ca',
    {
      code: 'elasticsearch_ca_is_one_path',
      deployment: SERVER,
      subject: FLEET_SERVER,
      words: '--fleet-server-es-ca takes one path',
    },
  ],
  [
    'no passwords of keys',
    {
      code: 'guide_key_passwords',
      deployment: { ...AGENT, keyPassphraseFile: '/etc/fleetseal/pass' },
      words: 'says that key passwords are not supported',
    },
  ],
  [
    'one output for every system',
    { code: 'output_paths_are_shared', deployment: AGENT, words: 'Hosts with another operating system' },
  ],
  [
    'restart_on_cert_change',
    {
      code: 'restart_on_cert_change',
      deployment: { ...OUTPUT, stackVersion: '9.1.0' },
      words: 'leave ssl.restart_on_cert_change off',
    },
  ],
];

describe("a correction of Elastic's pages is a note with its source", () => {
  test.each(CORRECTIONS)('%s', (_, { code, deployment, subject, words }) => {
    const note = notesOf(deployment, subject).find((one) => one.code === code);
    expect(note?.message).toContain(words);
    expect(note?.source).toMatch(/elastic/);
  });
});

test.each<[string, Deployment, Subject?]>([
  ['restart_on_cert_change', OUTPUT],
  ['guide_key_passwords', AGENT],
  ['guide_defend_rsa', { ...AGENT, agent: { elasticDefend: true } }],
  [
    'guide_defend_rsa',
    { ...AGENT, stackVersion: '9.0.8', agent: { elasticDefend: true } },
    { keyKind: 'p256' },
  ],
  ['guide_agent_flags', SERVER, FLEET_SERVER],
])('%s is not said where it does not hold', (code, deployment, subject = {}) => {
  expect(notesOf(deployment, subject).map((note) => note.code)).not.toContain(code);
});
