import { describe, expect, test } from '@jest/globals';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import type { DeploymentSubject } from '../../../shared/elastic/deployment/subject.ts';
import { refusalOf } from './rendering.ts';

const AGENT: Deployment = {
  model: 'on-premises',
  os: 'linux',
  fleetUrl: 'https://fleet.example.com:8220',
};
const CONTAINER: Deployment = { ...AGENT, os: 'container' };
const FLEET_SERVER: Deployment = {
  ...AGENT,
  fleetServer: { policyId: 'p', elasticsearchUrl: 'https://es.example.com:9200' },
};

/** Every rule that is broken, as `field: detail`. */
function broken(deployment: Deployment, subject: Partial<DeploymentSubject> = {}): readonly string[] {
  const of = { profile: 'agent', keyKind: 'rsa', ...subject } as const;
  const { errors } = refusalOf(() => checkDeployment(deployment, of));
  return errors.map(({ pointer, detail }) => `${pointer.replace('#/deployment', '')}: ${detail}`);
}

describe('a way out leads somewhere', () => {
  const MODELS = 'on-premises, cloud-proxy, on-premises-hosted-elasticsearch, eck-metrics';
  const NONE = 'there is no kit for the profile agent in the model eck-metrics: use';
  const SERVED = 'on-premises or cloud-proxy or on-premises-hosted-elasticsearch';
  const ECK = '/eck: eck does not apply to a certificate of profile agent: leave it out';
  test.each<{
    readonly name: string;
    readonly deployment: Deployment;
    readonly subject?: Partial<DeploymentSubject>;
    readonly words: string;
  }>([
    {
      name: 'an unknown model of an enrollment, which needs no deployment',
      deployment: { ...AGENT, model: 'onprem' },
      words: `/model: model "onprem" is not supported: use one of ${MODELS}, or leave deployment out to get only the certificate. Did you mean "on-premises"?`,
    },
    {
      name: 'an unknown model of a kit, which needs one',
      deployment: { ...AGENT, model: 'onprem' },
      subject: { request: 'kit' },
      words: `/model: model "onprem" is not supported: use one of ${MODELS}. Did you mean "on-premises"?`,
    },
    {
      name: 'a model without a kit, at an enrollment',
      deployment: { model: 'eck-metrics' },
      words: `/model: ${NONE} ${SERVED}, or a token of profile eck-metrics, or leave deployment out to get only the certificate`,
    },
    {
      name: 'a model without a kit, of a kit',
      deployment: { model: 'eck-metrics' },
      subject: { request: 'kit' },
      words: `/model: ${NONE} ${SERVED}, or a certificate of profile eck-metrics`,
    },
    {
      name: 'ECK, but a container that another runtime has',
      deployment: { ...CONTAINER, eck: { eckVersion: '3.5.0' } },
      words: `${ECK}, or set container.runtime to "eck"`,
    },
    {
      name: 'ECK, but a host',
      deployment: { ...AGENT, eck: { eckVersion: '3.5.0' } },
      words: `${ECK}, or set os to "container" and container.runtime to "eck"`,
    },
    {
      name: 'ECK, for what it never runs',
      deployment: { model: 'on-premises', os: 'linux', outputs: [{ type: 'kafka' }], eck: {} },
      subject: { profile: 'output-server' },
      words: '/eck: eck does not apply to a certificate of profile output-server: leave it out',
    },
  ])('$name', ({ deployment, subject, words }) => {
    expect(broken(deployment, subject)).toEqual([words]);
  });
});

describe('rules are told at once, and none is made up', () => {
  const ABSOLUTE = 'must be an absolute path, for example';
  test('paths are read though the system is unknown', () => {
    const trust = { elasticsearch: { path: 'ca.crt' } };
    expect(
      broken({ ...AGENT, os: 'linx', directory: 'tls', keyPassphraseFile: 'C:agent.pass', trust }),
    ).toEqual([
      '/os: os "linx" is not supported: use one of linux, macos, windows, container. Did you mean "linux"?',
      `/directory: directory ${ABSOLUTE} /etc/fleetseal`,
      `/keyPassphraseFile: keyPassphraseFile ${ABSOLUTE} C:\\ProgramData\\fleetseal\\agent.pass`,
      `/trust/elasticsearch/path: trust.elasticsearch.path ${ABSOLUTE} /etc/fleetseal/own-ca.crt`,
    ]);
  });

  test('and so are those of a Fleet Server', () => {
    const fleetServer = {
      ...FLEET_SERVER.fleetServer,
      serviceTokenPath: 'token',
      listenerCertificatePath: 'fleet.crt',
      listenerKeyPath: '/etc/pki/fleet.key',
    };
    const trust = { fleetServer: { path: '/etc/pki/ca.crt' } };
    expect(broken({ ...AGENT, os: undefined, fleetServer, trust }, { profile: 'fleet-server' })).toEqual([
      '/os: os is required: one of linux, macos, windows, container',
      `/fleetServer/serviceTokenPath: fleetServer.serviceTokenPath ${ABSOLUTE} /etc/fleetseal/service-token`,
      `/fleetServer/listenerCertificatePath: fleetServer.listenerCertificatePath ${ABSOLUTE} /etc/fleetseal/listener.crt`,
    ]);
  });

  test.each(['/etc/fleetseal', 'C:\\tls', 'd:/tls', '\\\\server\\share'])('%s may be right', (directory) => {
    expect(broken({ ...AGENT, os: 'linx', directory })).toHaveLength(1);
  });

  test('a runtime of containers on a host wants no image', () => {
    expect(broken({ ...AGENT, container: { runtime: 'kubernetes' } })).toEqual([
      '/container: container applies only with os "container": leave it out, or change os',
    ]);
  });

  test('an unknown output wants no address of a certain form', () => {
    expect(broken({ ...AGENT, outputs: [{ type: 'es', name: 'a', hosts: ['kafka:9093'] }] })).toEqual([
      '/outputs/0/type: type "es" is not supported: use one of elasticsearch, remote_elasticsearch, logstash, kafka. Did you mean "elasticsearch"?',
    ]);
  });
});
