import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { Kit } from '../../../../shared/elastic/kit/kit.ts';
import { kitFor } from '../outputs/kits.ts';

const HOST = {
  name: 'Fleet Server at fleet.example.com:8220',
  host_urls: ['https://fleet.example.com:8220'],
};
const ID = 'fleetseal-fleet-example-com-8220';
const headers = { 'kbn-xsrf': 'true' };

describe("Fleet's settings for agents", () => {
  test.each<{ name: string; deployment: Deployment; ssl: object | undefined }>([
    {
      name: 'from 9.3 with the paths of their certificates',
      deployment: { stackVersion: '9.3.0' },
      ssl: {
        agent_certificate_authorities: ['/etc/fleetseal/ca.crt'],
        agent_certificate: '/etc/fleetseal/agent.crt',
        agent_key: '/etc/fleetseal/agent.key',
      },
    },
    { name: 'before with the address alone', deployment: { stackVersion: '9.2.9' }, ssl: undefined },
    { name: 'of an unknown version', deployment: { stackVersion: undefined }, ssl: undefined },
    {
      name: 'with a passphrase, for which there is no field',
      deployment: { keyPassphraseFile: '/etc/pass' },
      ssl: undefined,
    },
  ])('$name', ({ deployment, ssl }) => {
    const { fleetSettings } = kitFor(deployment);
    const body = ssl === undefined ? HOST : { ...HOST, ssl };
    expect(fleetSettings?.fleetServerHost).toMatchObject({
      create: { method: 'POST', path: '/api/fleet/fleet_server_hosts', headers, body: { id: ID, ...body } },
      update: { method: 'PUT', path: `/api/fleet/fleet_server_hosts/${ID}`, headers },
    });
    expect(fleetSettings?.fleetServerHost.update.body).toEqual(body);
    expect(fleetSettings).not.toHaveProperty('proxy');
  });

  test('with a proxy: an object of its own, without a certificate, shown before the host that names it', () => {
    const { fleetSettings } = kitFor({
      agent: { proxy: { url: 'http://proxy.example.com:3128', headers: { 'X-Site': 'a' } } },
    });
    const id = 'fleetseal-proxy-example-com-3128';
    expect(fleetSettings?.fleetServerHost.create.body).toMatchObject({ proxy_id: id });
    expect(fleetSettings?.proxy?.create).toEqual({
      method: 'POST',
      path: '/api/fleet/proxies',
      headers,
      body: { id, name: id, url: 'http://proxy.example.com:3128', proxy_headers: { 'X-Site': 'a' } },
    });
    expect(Object.keys(fleetSettings ?? {})).toEqual(['proxy', 'fleetServerHost']);
  });
});

describe("Fleet's settings for a Fleet Server host", () => {
  const server = (deployment: Deployment) => serverKit(deployment).fleetSettings?.fleetServerHost.create.body;

  test('from 9.1 with the certificates of its client to Elasticsearch, and without those of the listener', () => {
    expect(server({ stackVersion: '9.1.0' })).toEqual({
      id: ID,
      ...HOST,
      ssl: {
        es_certificate_authorities: ['/etc/fleetseal/ca.crt'],
        es_certificate: '/etc/fleetseal/fleet-server.crt',
        es_key: '/etc/fleetseal/fleet-server.key',
      },
    });
  });

  test('without certificates where it shows none and the system verifies Elasticsearch', () => {
    const fleetServer = {
      elasticsearchUrl: 'https://es.example.com:9200',
      elasticsearchClientCertificate: false,
    };
    expect(server({ fleetServer, trust: { elasticsearch: 'system' } })).toEqual({ id: ID, ...HOST });
  });

  test('without the proxy to Elasticsearch, which agents must not take for theirs', () => {
    const { fleetSettings } = serverKit({ agent: { proxy: { url: 'http://proxy.example.com:3128' } } });
    expect(fleetSettings).not.toHaveProperty('proxy');
    expect(fleetSettings?.fleetServerHost.create.body).not.toHaveProperty('proxy_id');
  });

  test('before 9.1 with the address alone', () => {
    expect(server({ stackVersion: '9.0.8' })).toEqual({ id: ID, ...HOST });
  });
});

function serverKit(deployment: Deployment) {
  return kitFor(
    {
      fleetUrl: 'https://fleet.example.com:8220',
      fleetServer: {
        policyId: 'fleet-server-policy',
        serviceTokenPath: '/etc/fleetseal/service-token',
        elasticsearchUrl: 'https://es.example.com:9200',
      },
      ...deployment,
    },
    { profile: 'fleet-server' },
  );
}

/** The notes on Fleet's settings, by code. */
function notesOf({ notes }: Kit): Readonly<Record<string, string>> {
  return Object.fromEntries(
    notes
      .filter(({ code }) => /^(fleet_settings|fleet_server_host|fleet_proxy|kibana_command)_/.test(code))
      .map(({ code, message }) => [code, message]),
  );
}

describe("the notes on Fleet's settings", () => {
  const TO_CHOOSE = {
    fleet_server_host_to_choose:
      'No agent uses a new Fleet Server host until you choose it in the agent policies or make it the default. If Fleet already has a host with this address under another ID, change that one instead.',
  };
  const COMMAND = {
    kibana_command_environment:
      'The commands need curl (7.55.0 or later) and awk. They read KIBANA_URL (with /s/<space> if you use a space) and KIBANA_API_KEY, a key with the Kibana privilege All for Fleet. Set CURL_CA_BUNDLE if Kibana has a private CA. They create objects that are missing; of those that exist they change only what the kit says, and print what that was. If you send update yourself, first add what the object has besides: Kibana resets its proxy_id, headers, secrets and the rest of ssl if they are left out.',
  };
  const ADDRESS_ONLY = {
    fleet_settings_address_only:
      'These settings hold only the address. Agents enroll with their flags, without these settings, but follow a later change of the address.',
  };

  test('with certificates of agents', () => {
    expect(notesOf(kitFor({}))).toEqual({
      ...TO_CHOOSE,
      ...COMMAND,
      fleet_settings_reach_all_agents:
        'Certificates in these settings go to every agent whose policy uses the host, and take precedence over the flags: the files must have these paths on all of those hosts.',
      fleet_settings_reenroll:
        'Elastic says to enroll the affected agents again after a change of the client certificates in these settings.',
    });
  });

  test('with certificates of a Fleet Server', () => {
    expect(notesOf(serverKit({}))).toEqual({
      ...TO_CHOOSE,
      ...COMMAND,
      fleet_settings_elasticsearch:
        'The es_ fields replace the --fleet-server-es- flags for certificates. Fleet Server falls back to the flags if it cannot connect with the fields.',
      fleet_settings_not_listener:
        "The listener keeps the certificate, key, CAs and client authentication of its flags. Fleet's fields for them do not reach it, so they are left out.",
    });
  });

  test('with the address alone, a passphrase, on Windows', () => {
    const kit = kitFor({ os: 'windows', keyPassphraseFile: 'C:\\pass' });
    expect(notesOf(kit)).toEqual({
      ...TO_CHOOSE,
      ...ADDRESS_ONLY,
      fleet_settings_no_passphrase:
        'The settings of a Fleet Server host have no field for a passphrase: its certificates are set by the flags only.',
      kibana_command_environment: expect.stringContaining(
        'a POSIX shell (any host with Linux or macOS, or WSL)',
      ),
    });
  });

  test('with a proxy', () => {
    const agent = { proxy: { url: 'http://proxy.example.com:3128' } };
    expect(notesOf(kitFor({ stackVersion: '9.0.0', agent }))).toEqual({
      ...TO_CHOOSE,
      ...ADDRESS_ONLY,
      ...COMMAND,
      fleet_proxy_first: 'Create the proxy before the Fleet Server host, which refers to it.',
      fleet_proxy_not_for_outputs:
        'The proxy is only for the connection to Fleet Server, and data bypasses it: if data must go through it too, set its proxy_id on the outputs to Elasticsearch.',
      fleet_proxy_without_certificate:
        'The proxy has no client certificate on purpose: Fleet would send it to agents in place of the one of their output.',
    });
  });
});
