import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { PEM } from '../rendering.ts';
import { kit } from './kits.ts';

describe('who verifies whom', () => {
  const rows: readonly [string, Deployment['trust'], string | undefined, unknown, readonly string[]][] = [
    [
      'fleetseal by default',
      {},
      '--certificate-authorities=/etc/fleetseal/ca.crt',
      ['/etc/fleetseal/ca.crt'],
      ['agent.crt', 'agent.key', 'ca.crt'],
    ],
    [
      'the system for both',
      { fleetServer: 'system', elasticsearch: 'system' },
      undefined,
      undefined,
      ['agent.crt', 'agent.key'],
    ],
    [
      'a PEM for Fleet Server',
      { fleetServer: { pem: PEM.other } },
      '--certificate-authorities=/etc/fleetseal/fleet-server-ca.crt',
      ['/etc/fleetseal/ca.crt'],
      ['agent.crt', 'agent.key', 'ca.crt', 'fleet-server-ca.crt'],
    ],
    [
      'a PEM for Elasticsearch and the system for Fleet Server',
      { fleetServer: 'system', elasticsearch: { pem: PEM.other } },
      undefined,
      ['/etc/fleetseal/elasticsearch-ca.crt'],
      ['agent.crt', 'agent.key', 'elasticsearch-ca.crt'],
    ],
    [
      'files of one’s own',
      { fleetServer: { path: '/pki/fleet.pem' }, elasticsearch: { path: '/pki/es.pem' } },
      '--certificate-authorities=/pki/fleet.pem',
      ['/pki/es.pem'],
      ['agent.crt', 'agent.key'],
    ],
  ];
  test.each(rows)('%s', (_, trust, flag, authorities, names) => {
    const { files, elasticAgent, output } = kit({ trust });
    const flags = elasticAgent.install?.arguments.filter((argument) => argument.startsWith('--certificate-'));
    expect(flags).toEqual(flag === undefined ? [] : [flag]);
    expect(parse(output.yaml)['ssl.certificate_authorities']).toEqual(authorities);
    expect(files.map(({ path }) => path.slice('/etc/fleetseal/'.length))).toEqual(names);
  });

  test('in a container too', () => {
    expect(
      kit({ os: 'container', trust: { fleetServer: 'system' } }).elasticAgent.environment,
    ).not.toHaveProperty('FLEET_CA');
  });
});
