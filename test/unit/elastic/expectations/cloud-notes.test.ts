import { describe, expect, test } from '@jest/globals';
import type { ProfileName } from '../../../../shared/domain/profile.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { certificateOf, ON_PREMISES } from '../rendering.ts';

function notes(deployment: Deployment, profile: ProfileName) {
  const resolved = checkDeployment({ ...ON_PREMISES, ...deployment }, { profile, keyKind: 'rsa' });
  const kit = renderKit({
    deployment: resolved,
    certificate: certificateOf({ name: 'web-01', keyKind: 'rsa' }),
  });
  return kit.notes.filter(({ code }) => code === 'cloud_asks_for_no_certificate');
}

const says = (field: string, host: string) => [
  expect.objectContaining({
    severity: 'warning',
    message: `${field} is on Elastic Cloud (${host}), which asks no client for a certificate, so mutual TLS ends before it: use the model cloud-proxy, or on-premises-hosted-elasticsearch for a Fleet Server of your own, with a terminating proxy.`,
  }),
];

describe('an address on Elastic Cloud with the model on-premises', () => {
  test.each([
    'abc.fleet.eu-west-1.aws.found.io',
    'abc.fleet.eu-west-1.aws.cloud.es.io',
    'ABC.fleet.us-central1.gcp.Elastic-Cloud.com',
    'abc.fleet.eu-west-1.aws.elastic.cloud',
    'elastic.cloud',
  ])('is reported: %s', (host) => {
    expect(notes({ fleetUrl: `https://${host}:443` }, 'agent')).toEqual(says('fleetUrl', host.toLowerCase()));
  });

  test.each<readonly [string, Deployment, ProfileName]>([
    [
      'outputs[1].hosts',
      {
        outputs: [
          { type: 'logstash', name: 'L', hosts: ['ls:5044'] },
          {
            type: 'remote_elasticsearch',
            name: 'R',
            hosts: ['https://es:9200', 'https://p.es.eu-west-1.aws.elastic.cloud:443'],
          },
        ],
      },
      'agent',
    ],
    [
      'outputs[0].hosts',
      {
        fleetUrl: undefined,
        outputs: [
          { type: 'elasticsearch', name: 'M', hosts: ['https://p.es.eu-west-1.aws.elastic.cloud:443'] },
        ],
      },
      'output-client',
    ],
    [
      'fleetServer.elasticsearchUrl',
      { fleetServer: { elasticsearchUrl: 'https://p.es.eu-west-1.aws.elastic.cloud:443' } },
      'fleet-server',
    ],
  ])('in every field: %s', (field, deployment, profile) => {
    expect(notes(deployment, profile)).toEqual(says(field, 'p.es.eu-west-1.aws.elastic.cloud'));
  });

  test.each<readonly [string, Deployment, ProfileName]>([
    ['another domain', { fleetUrl: 'https://elastic.cloud.example.com:8220' }, 'agent'],
    ['a name that ends alike', { fleetUrl: 'https://notelastic.cloud:8220' }, 'agent'],
    [
      'behind a proxy',
      {
        model: 'cloud-proxy',
        fleetUrl: 'https://abc.fleet.eu.elastic.cloud',
        proxy: { fleetUrl: 'https://proxy.example.com' },
      },
      'agent',
    ],
    [
      'behind a proxy in front of Elasticsearch only',
      {
        model: 'on-premises-hosted-elasticsearch',
        proxy: { elasticsearchUrl: 'https://proxy.example.com:9200' },
        outputs: [{ type: 'elasticsearch', name: 'M', hosts: ['https://p.es.eu.elastic.cloud:443'] }],
      },
      'agent',
    ],
  ])('not %s', (_, deployment, profile) => {
    expect(notes(deployment, profile)).toEqual([]);
  });
});
