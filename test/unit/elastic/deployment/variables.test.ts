import { describe, expect, test } from '@jest/globals';
import type { ProfileName } from '../../../../shared/domain/profile.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { brokenRules } from '../../../../shared/elastic/deployment-rules.ts';
import { ON_PREMISES } from '../rendering.ts';

const fleetServer = { elasticsearchUrl: 'https://es:9200' };

/** Every field of a path, in a deployment that reads it. */
const FIELDS: readonly (readonly [string, (path: string) => Deployment, ProfileName])[] = [
  ['/directory', (directory) => ({ directory }), 'agent'],
  ['/directory', (directory) => ({ directory, outputs: [{ type: 'elasticsearch' }] }), 'output-server'],
  ['/keyPassphraseFile', (keyPassphraseFile) => ({ keyPassphraseFile }), 'agent'],
  ['/trust/kafka/path', (path) => ({ trust: { kafka: { path } } }), 'agent'],
  [
    '/fleetServer/serviceTokenPath',
    (serviceTokenPath) => ({ fleetServer: { ...fleetServer, serviceTokenPath } }),
    'fleet-server',
  ],
  [
    '/fleetServer/listenerCertificatePath',
    (listenerCertificatePath) => ({ fleetServer: { ...fleetServer, listenerCertificatePath } }),
    'fleet-server',
  ],
];

describe.each(FIELDS)('%s', (field, deployment, profile) => {
  const said = (path: string) =>
    brokenRules({ ...ON_PREMISES, ...deployment(path) }, { profile, keyKind: 'rsa' })
      .filter(
        ({ pointer, detail }) =>
          pointer === `#/deployment${field}` && detail.includes('programs of Elastic replace'),
      )
      .map(({ detail }) => detail);

  test.each(['/etc/$\u007bHOSTNAME_X}/certs', '/etc/$$x/certs', '/etc/certs$$', '/etc/$\u007b', '/etc/$}x'])(
    '%s is refused, because its readers would read another path',
    (path) => {
      const [, found] = /(\$[{$}])/.exec(path) ?? [];
      expect(said(path)).toEqual([
        `${field.slice(1).replaceAll('/', '.')} contains "${found}", which programs of Elastic replace: use a path without it`,
      ]);
    },
  );

  test.each(['/etc/$x/certs', '/etc/certs$', '/etc/$(x)'])('%s is what it says', (path) => {
    expect(said(path)).toEqual([]);
  });
});

describe('other texts that an agent keeps in its YAML', () => {
  const said = (deployment: Deployment) =>
    brokenRules({ ...ON_PREMISES, ...deployment }, { profile: 'agent', keyKind: 'rsa' });

  test.each([
    ['headers', (value: string) => ({ agent: { headers: { 'X-A': value } } }), '/agent/headers/X-A'],
    [
      'headers of a proxy',
      (value: string) => ({ agent: { proxy: { headers: { 'X-A': value } } } }),
      '/agent/proxy/headers/X-A',
    ],
  ])('%s are refused where the agent would read others', (_, deployment, field) => {
    for (const found of ['$\u007b', '$$', '$}'])
      expect(said(deployment(`a${found}b`))).toEqual([
        {
          pointer: `#/deployment${field}`,
          detail: `the header X-A contains "${found}", which Elastic Agent replaces at its next start: use another value`,
        },
      ]);
    expect(said(deployment('a$b}c$'))).toEqual([]);
  });

  test('a login of a proxy is refused with the form that works', () => {
    const proxy = (login: string) => ({
      agent: { proxy: { url: `http://${login}@proxy.example.com:3128` } },
    });
    expect(said(proxy('me:a$$b'))).toEqual([
      {
        pointer: '#/deployment/agent/proxy/url',
        detail:
          'proxy.url must not contain "$$", which programs of Elastic replace: write each dollar sign as %24',
      },
    ]);
    expect(said(proxy('me:a%24%24b'))).toEqual([]);
  });
});
