import { describe, expect, test } from '@jest/globals';
import type { ProfileName } from '../../../../shared/domain/profile.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { brokenRules } from '../../../../shared/elastic/deployment-rules.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { certificateOf, ON_PREMISES } from '../rendering.ts';

const FLEET = 'without one, agents connect to 443, and Fleet Server listens on 8220';
const ELASTICSEARCH =
  'without one, agents in Fleet connect to 443, but standalone agents and Fleet Server to 9200';

const HOSTED: Deployment = {
  ...ON_PREMISES,
  model: 'on-premises-hosted-elasticsearch',
  proxy: { elasticsearchUrl: 'https://es-proxy.example.com' },
};

interface Ambiguous {
  readonly field: string;
  readonly profiles: readonly ProfileName[];
  readonly deployment: (url: string) => Deployment;
  readonly words: (url: string, suggestion: (port: number) => string) => string;
}

/** Addresses of servers that programs of Elastic connect to, and take different ports for if none is written. */
const AMBIGUOUS: readonly Ambiguous[] = [
  {
    field: '/fleetUrl',
    profiles: ['agent', 'fleet-server'],
    deployment: (fleetUrl) => ({ ...ON_PREMISES, fleetUrl }),
    words: (_, write) => `fleetUrl must have a port: ${FLEET}. Write ${write(8220)} or ${write(443)}`,
  },
  {
    field: '/fleetUrl',
    profiles: ['agent', 'fleet-server'],
    deployment: (fleetUrl) => ({ ...HOSTED, fleetUrl }),
    words: (_, write) => `fleetUrl must have a port: ${FLEET}. Write ${write(8220)} or ${write(443)}`,
  },
  {
    field: '/fleetServer/elasticsearchUrl',
    profiles: ['fleet-server'],
    deployment: (elasticsearchUrl) => ({ ...ON_PREMISES, fleetServer: { elasticsearchUrl } }),
    words: (_, write) =>
      `fleetServer.elasticsearchUrl must have a port: ${ELASTICSEARCH}. Write ${write(9200)} or ${write(443)}`,
  },
  ...(['elasticsearch', 'remote_elasticsearch'] as const).map(
    (type): Ambiguous => ({
      field: '/outputs/0/hosts/0',
      profiles: ['agent', 'output-client', 'output-server'],
      deployment: (host) => ({ ...ON_PREMISES, outputs: [{ type, name: 'Main', hosts: [host] }] }),
      words: (url, write) =>
        `the host "${url}" must have a port: ${ELASTICSEARCH}. Write ${write(9200)} or ${write(443)}`,
    }),
  ),
];

const CASES = AMBIGUOUS.flatMap(({ profiles, ...one }) => profiles.map((profile) => ({ ...one, profile })));

describe.each(CASES)('$field of the profile $profile', ({ field, profile, deployment, words }) => {
  const said = (url: string) =>
    brokenRules(deployment(url), { profile, keyKind: 'rsa' })
      .filter(({ pointer }) => pointer === `#/deployment${field}`)
      .map(({ detail }) => detail);

  test.each([
    ['https://h.example.com', (port: number) => `https://h.example.com:${port}`],
    ['https://h.example.com/', (port: number) => `https://h.example.com:${port}`],
    ['HTTPS://H.example.com/a/b', (port: number) => `https://h.example.com:${port}/a/b`],
    ['https://[2001:DB8:0::1]', (port: number) => `https://[2001:db8::1]:${port}`],
  ])('without a port, %s is refused with both meanings', (url, write) => {
    expect(said(url)).toEqual([words(url, write)]);
  });

  test.each(['https://h.example.com:443', 'https://h.example.com:9200/', 'https://[2001:db8::1]:8220'])(
    'with a port, %s is accepted',
    (url) => {
      expect(said(url)).toEqual([]);
    },
  );
});

/** The whole kit as text. */
function kitText(deployment: Deployment, profile: ProfileName): string {
  const resolved = checkDeployment(deployment, { profile, keyKind: 'rsa' });
  return JSON.stringify(
    renderKit({ deployment: resolved, certificate: certificateOf({ name: 'web-01', keyKind: 'rsa' }) }),
  );
}

/** The addresses of a host in a kit, each with what follows. */
function addressesOf(host: string, kit: string): readonly string[] {
  return [...new Set(kit.match(new RegExp(`https://${host.replaceAll('.', '\\.')}(?::\\d+)?`, 'gi')))];
}

describe('behind a terminating proxy, whose port is 443 unless it is written', () => {
  const outputs = [{ type: 'elasticsearch', name: 'Main', isDefault: true }];
  const cloud: Deployment = {
    ...ON_PREMISES,
    model: 'cloud-proxy',
    fleetUrl: undefined,
    proxy: { fleetUrl: 'https://fleet-proxy.example.com', elasticsearchUrl: 'HTTPS://es-proxy.example.com/' },
    outputs,
  };
  const fleetServer = { elasticsearchUrl: 'https://es-proxy.example.com:443', policyId: 'p' };

  test.each([
    { profile: 'agent' as const, deployment: cloud },
    { profile: 'output-client' as const, deployment: cloud },
    { profile: 'agent' as const, deployment: { ...HOSTED, outputs } },
    { profile: 'fleet-server' as const, deployment: { ...HOSTED, outputs } },
    { profile: 'fleet-server' as const, deployment: { ...HOSTED, outputs, fleetServer } },
  ])('every address in the kit of $profile in $deployment.model has the port', ({ profile, deployment }) => {
    const kit = kitText(deployment, profile);
    expect(addressesOf('es-proxy.example.com', kit)).toEqual(['https://es-proxy.example.com:443']);
    if (deployment.model === 'cloud-proxy' && profile === 'agent')
      expect(addressesOf('fleet-proxy.example.com', kit)).toEqual(['https://fleet-proxy.example.com:443']);
  });
});

describe('what is rendered is one form for every reader', () => {
  // Fleet Server and Beats take "HTTPS:" for a host; Kibana stores hosts in lower case, without a slash at the end.
  test.each([
    ['HTTPS://Fleet.Example.com:8220/', 'https://fleet.example.com:8220'],
    ['https://[2001:0DB8:0:0:0:0:0:1]:8220', 'https://[2001:db8::1]:8220'],
    ['https://fleet.example.com:8220/Base/', 'https://fleet.example.com:8220/Base/'],
  ])('fleetUrl %s is written %s', (fleetUrl, canonical) => {
    expect(checkDeployment({ ...ON_PREMISES, fleetUrl }, { profile: 'agent', keyKind: 'rsa' }).fleetUrl).toBe(
      canonical,
    );
  });

  test('hosts of outputs and the address of Elasticsearch too', () => {
    const { outputs, fleetServer } = checkDeployment(
      {
        ...ON_PREMISES,
        fleetServer: { elasticsearchUrl: 'HTTPS://ES.example.com:9200/' },
        outputs: [{ type: 'elasticsearch', name: 'Main', hosts: ['HTTPS://ES.example.com:9200/'] }],
      },
      { profile: 'fleet-server', keyKind: 'rsa' },
    );
    expect([outputs[0]?.hosts, fleetServer.elasticsearch.url]).toEqual([
      ['https://es.example.com:9200'],
      'https://es.example.com:9200',
    ]);
  });
});

describe('a Fleet Server that listens on another port than agents connect to', () => {
  const notesOf = (fleetUrl: string, port?: number) => {
    const deployment = checkDeployment(
      { ...ON_PREMISES, fleetUrl, fleetServer: { elasticsearchUrl: 'https://es:9200', port } },
      { profile: 'fleet-server', keyKind: 'rsa' },
    );
    const certificate = certificateOf({ name: 'fleet-01', keyKind: 'rsa' });
    return renderKit({ deployment, certificate }).notes.filter(
      ({ code }) => code === 'fleet_server_port_differs',
    );
  };

  test('is reported', () => {
    expect(notesOf('https://fleet.example.com:443')).toEqual([
      expect.objectContaining({
        severity: 'warning',
        message:
          'Agents connect to port 443 of fleetUrl, but Fleet Server listens on 8220: forward the one to the other, or set fleetServer.port to 443.',
      }),
    ]);
    expect(notesOf('https://fleet.example.com:8220', 9443)[0]?.message).toContain(
      'port 8220 of fleetUrl, but Fleet Server listens on 9443',
    );
  });

  test('is silent where they agree', () => {
    expect([...notesOf('https://fleet.example.com:8220'), ...notesOf('https://h:443', 443)]).toEqual([]);
  });
});
