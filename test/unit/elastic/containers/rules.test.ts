import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { refusals, resolved } from '../agent/kits.ts';
import { fleetServerRefusals } from '../fleet-server/kits.ts';

type Container = NonNullable<Deployment['container']>;

const inCluster = (field: string) =>
  `${field} is a setting of a cluster and does not apply to docker: leave it out, or set runtime to "kubernetes" or "eck"`;

const PODS = { runtime: 'kubernetes', image: 'tools:1' };

const name = (field: string, longest: number) =>
  `${field} must be a Kubernetes name of 1 to ${longest} lower-case letters, digits and hyphens, with a letter or digit at both ends`;

const REFUSED: readonly [name: string, container: Container, field: string, detail: string][] = [
  [
    'an unknown runtime',
    { runtime: 'podman' },
    '/runtime',
    'runtime "podman" is not supported: use one of docker, kubernetes, eck; the variables of "docker" work with every runtime',
  ],
  [
    'pods without an image that can enroll',
    { runtime: 'kubernetes' },
    '/image',
    'image is required with runtime "kubernetes": Elastic\'s images have no openssl. Give one with sh, openssl, curl, cmp and the CAs of the system, with which the pods enroll',
  ],
  ...['', 'Agents', 'a.b', '-a', 'a'.repeat(53)].map((workload): (typeof REFUSED)[number] => [
    `workload ${JSON.stringify(workload)}`,
    { ...PODS, workload },
    '/workload',
    'workload must be a Kubernetes name of 1 to 52 lower-case letters, digits and hyphens, with a letter or digit at both ends',
  ]),
  ['a long namespace', { ...PODS, namespace: 'a'.repeat(64) }, '/namespace', name('namespace', 63)],
  ['a long token Secret', { ...PODS, tokenSecret: 'a'.repeat(58) }, '/tokenSecret', name('tokenSecret', 57)],
  ['a namespace of docker', { namespace: 'agents' }, '/namespace', inCluster('namespace')],
  ['a workload of docker', { workload: 'agents' }, '/workload', inCluster('workload')],
  ['a token Secret of docker', { tokenSecret: 'token' }, '/tokenSecret', inCluster('tokenSecret')],
  ...['', 'Agent:1', 'a b', '-x'].map((image): (typeof REFUSED)[number] => [
    `image ${JSON.stringify(image)}`,
    { image },
    '/image',
    'image must be the name of an image, for example registry.example.com/name:tag',
  ]),
  ...[-1, 1.5, 2 ** 32, Number.NaN].map((uid): (typeof REFUSED)[number] => [
    `uid ${uid}`,
    { uid },
    '/uid',
    'uid must be a whole number from 0 to 4294967294',
  ]),
];

describe('a container is refused', () => {
  test.each(REFUSED)('%s', (_, container, field, detail) => {
    expect(refusals({ os: 'container', container })).toEqual([
      { pointer: `#/deployment/container${field}`, detail },
    ]);
  });

  test('on Linux', () => {
    expect(refusals({ container: {} })).toEqual([
      {
        pointer: '#/deployment/container',
        detail: 'container applies only with os "container": leave it out, or change os',
      },
    ]);
  });
});

test('a container of docker runs as the user of Elastic’s image', () => {
  expect(resolved({ os: 'container' }).container.uid).toBe(1000);
});

describe('pods are refused', () => {
  const POD_RULES: readonly [name: string, deployment: Deployment, field: string, detail: string][] = [
    [
      'a CA in a file that they do not have',
      { trust: { fleetServer: { path: '/srv/ca.pem' } } },
      '/trust/fleetServer/path',
      'trust.fleetServer.path is a file that the pods do not have: give the CA as pem instead',
    ],
    [
      'a DaemonSet that is in Fleet already',
      { agent: { alreadyEnrolled: true } },
      '/agent/alreadyEnrolled',
      'alreadyEnrolled does not apply to pods, which get both CAs and the new certificate when you run kubernetes.commands: leave it out, and run them once every server trusts both CAs',
    ],
    [
      'a directory where nothing can be mounted',
      { directory: '/etc/fleet:seal' },
      '/directory',
      'directory holds a colon, which Kubernetes refuses in a mount path: use a path without',
    ],
  ];

  test.each(POD_RULES)('%s', (_, deployment, field, detail) => {
    expect(refusals({ os: 'container', container: PODS, ...deployment })).toEqual([
      { pointer: `#/deployment${field}`, detail },
    ]);
  });

  test('for a Fleet Server, of which Elastic has no manifest', () => {
    expect(fleetServerRefusals({ os: 'container', container: PODS })).toEqual([
      {
        pointer: '#/deployment/container/runtime',
        detail:
          'runtime "kubernetes" is only for agents, since Elastic has no manifest for a Fleet Server: use "eck", or "docker", whose variables work with every runtime',
      },
    ]);
  });
});

test('pods run as root, as in Elastic’s manifest', () => {
  expect(resolved({ os: 'container', container: PODS }).container.uid).toBe(0);
});
