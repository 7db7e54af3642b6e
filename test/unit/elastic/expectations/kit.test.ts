import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { kitFor, OUTPUTS, type Subject } from '../outputs/kits.ts';

const END = 'to "system", or to its pem or path.';
const FLEET_SERVER = {
  policyId: 'p',
  serviceTokenPath: '/etc/fleetseal/service-token',
  elasticsearchUrl: 'https://es.example.com:9200',
};
const PROXY = {
  fleetUrl: 'https://fleet.example.com:8220',
  elasticsearchUrl: 'https://es.example.com:9200',
  upstream: { fleetUrl: 'https://a.fleet.example.net:443', elasticsearchUrl: 'https://a.es.example.net:443' },
};

interface Case {
  readonly name: string;
  readonly deployment?: Deployment;
  readonly profile?: Subject['profile'];
  readonly words: string;
}

describe('the first note of a kit says what it expects of the servers that its host connects to', () => {
  test.each<Case>([
    {
      name: 'an agent',
      words: `Fleet Server and Elasticsearch to present certificates of fleetseal (profile fleet-server or output-server). If one of them has another CA, set trust.fleetServer or trust.elasticsearch ${END}`,
    },
    {
      name: 'an agent whose Elasticsearch has another CA',
      deployment: { trust: { elasticsearch: { path: '/etc/ssl/es-ca.crt' } } },
      words: `Fleet Server to present a certificate of fleetseal (profile fleet-server). If it has another CA, set trust.fleetServer ${END}`,
    },
    {
      name: 'an agent with outputs',
      deployment: { outputs: [OUTPUTS.kafka, OUTPUTS.logstash] },
      words: `Fleet Server, Logstash and Kafka to present certificates of fleetseal (profile fleet-server or output-server). If one of them has another CA, set trust.fleetServer, trust.logstash or trust.kafka ${END}`,
    },
    {
      name: 'a Fleet Server',
      profile: 'fleet-server',
      deployment: { fleetUrl: 'https://fleet.example.com:8220', fleetServer: FLEET_SERVER },
      words: `Elasticsearch to present a certificate of fleetseal (profile output-server). If it has another CA, set trust.elasticsearch ${END}`,
    },
    {
      name: 'the client of an output',
      profile: 'output-client',
      deployment: { outputs: [OUTPUTS.logstash] },
      words: `Logstash to present a certificate of fleetseal (profile output-server). If it has another CA, set trust.logstash ${END}`,
    },
    {
      name: 'an agent behind a proxy',
      deployment: { model: 'cloud-proxy', fleetUrl: undefined, proxy: PROXY },
      words: `the proxy in front of Elastic Cloud to present a certificate of fleetseal (profile proxy). If it has another CA, set trust.proxy ${END}`,
    },
  ])('$name', ({ deployment = {}, profile, words }) => {
    const [first] = kitFor(deployment, profile && { profile }).notes;
    expect(first).toMatchObject({
      code: 'expects_certificates_of_fleetseal',
      severity: 'warning',
      message: `This kit expects ${words}`,
    });
  });

  test.each<Case>([
    {
      name: 'where the deployment names all CAs',
      deployment: { trust: { fleetServer: 'system', elasticsearch: 'system' } },
      words: '',
    },
    {
      name: 'at a proxy, which verifies Elastic Cloud with the CAs of the system',
      profile: 'proxy',
      deployment: { model: 'cloud-proxy', proxy: PROXY },
      words: '',
    },
  ])('and nothing $name', ({ deployment = {}, profile }) => {
    const codes = kitFor(deployment, profile && { profile }).notes.map(({ code }) => code);
    expect(codes).not.toContain('expects_certificates_of_fleetseal');
  });

  test.each<{ trust: Deployment['trust']; paths?: string }>([
    { trust: {} },
    { trust: { elasticsearch: 'system' } },
    { trust: { elasticsearch: { path: '/etc/ssl/es-ca.crt' } }, paths: '/etc/ssl/es-ca.crt' },
    {
      trust: { fleetServer: { path: '/etc/ssl/a.crt' }, elasticsearch: { path: '/etc/ssl/b.crt' } },
      paths: '/etc/ssl/a.crt and /etc/ssl/b.crt',
    },
    {
      trust: { fleetServer: { path: '/etc/ssl/a.crt' }, elasticsearch: { path: '/etc/ssl/a.crt' } },
      paths: '/etc/ssl/a.crt',
    },
  ])('files of CAs that only the caller has: $paths', ({ trust, paths }) => {
    const note = kitFor({ trust }).notes.find(({ code }) => code === 'trust_paths_are_yours');
    expect(note?.message).toBe(
      paths &&
        `The kit does not have what trust names by path: put ${paths} in place yourself, readable by every account, before you use the kit.`,
    );
  });

  test('a server says what its clients need', () => {
    const [first] = kitFor({ outputs: [OUTPUTS.elasticsearch] }, { profile: 'output-server' }).notes;
    expect(first?.message).toContain(
      "first give one, and fleetseal's roots as the CA that verifies this server, to agents, Fleet Server, Kibana, Logstash and scripts",
    );
  });
});
