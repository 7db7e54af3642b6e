import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../shared/elastic/deployment.ts';
import { kitFor } from './output-kits.ts';

const HOST = {
  name: 'Fleet Server at fleet.example.com:8220',
  host_urls: ['https://fleet.example.com:8220'],
  proxy_id: null,
};
const ID = 'fleetseal-fleet-example-com-8220';
const headers = { 'kbn-xsrf': 'true' };

describe("Fleet's settings for agents", () => {
  test.each<{ name: string; deployment: Deployment; ssl: object | undefined }>([
    {
      name: 'from 9.5 with the paths of their certificates',
      deployment: {},
      ssl: {
        agent_certificate_authorities: ['/etc/fleetseal/ca.crt'],
        agent_certificate: '/etc/fleetseal/agent.crt',
        agent_key: '/etc/fleetseal/agent.key',
      },
    },
    { name: 'before with the address alone', deployment: { stackVersion: '9.1.0' }, ssl: undefined },
    { name: 'of an unknown version', deployment: { stackVersion: undefined }, ssl: undefined },
    {
      name: 'with a passphrase, for which there is no field',
      deployment: { keyPassphraseFile: '/etc/pass' },
      ssl: undefined,
    },
  ])('$name', ({ deployment, ssl }) => {
    const { fleetSettings, notes } = kitFor(deployment);
    const body = ssl === undefined ? HOST : { ...HOST, ssl };
    expect(fleetSettings?.fleetServerHost).toMatchObject({
      create: { method: 'POST', path: '/api/fleet/fleet_server_hosts', headers, body: { id: ID, ...body } },
      update: { method: 'PUT', path: `/api/fleet/fleet_server_hosts/${ID}`, headers },
    });
    expect(fleetSettings?.fleetServerHost.update.body).toEqual(body);
    expect(fleetSettings).not.toHaveProperty('proxy');
    expect(notes.find(({ code }) => code === 'fleet_settings_reenroll')?.message).toMatch(
      /[Ee]nroll the affected agents again after a change/,
    );
  });

  test('with a proxy: an object of its own, without a certificate, that the host names', () => {
    const { fleetSettings, notes } = kitFor({
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
    expect(notes.map(({ code }) => code)).toContain('fleet_proxy_without_certificate');
  });
});

describe("Fleet's settings for a Fleet Server host", () => {
  const server = (deployment: Deployment) =>
    kitFor(
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
    ).fleetSettings?.fleetServerHost.create.body;

  test('from 9.1 with what its flags say', () => {
    expect(server({ stackVersion: '9.1.0' })).toEqual({
      id: ID,
      ...HOST,
      ssl: {
        certificate_authorities: ['/etc/fleetseal/ca.crt'],
        certificate: '/etc/fleetseal/fleet-server.crt',
        key: '/etc/fleetseal/fleet-server.key',
        es_certificate_authorities: ['/etc/fleetseal/ca.crt'],
        es_certificate: '/etc/fleetseal/fleet-server.crt',
        es_key: '/etc/fleetseal/fleet-server.key',
        client_auth: 'required',
      },
    });
  });

  test('before 9.1 with the address alone', () => {
    expect(server({ stackVersion: '9.0.8' })).toEqual({ id: ID, ...HOST });
  });
});
