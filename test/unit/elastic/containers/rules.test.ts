import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment.ts';
import { refusals, resolved } from '../deployments.ts';

type Container = NonNullable<Deployment['container']>;

const inCluster = (field: string) =>
  `${field} is of a cluster and does not apply to docker: leave it out, or set runtime to "kubernetes" or "eck"`;

const REFUSED: readonly [name: string, container: Container, field: string, detail: string][] = [
  [
    'an unknown runtime',
    { runtime: 'podman' },
    '/runtime',
    'runtime "podman" is not known: use one of docker, kubernetes, eck; the variables of "docker" hold for every runtime',
  ],
  ...['kubernetes'].map((runtime): (typeof REFUSED)[number] => [
    `runtime ${runtime}`,
    { runtime },
    '/runtime',
    `runtime "${runtime}" is not served yet: use "docker", whose variables hold for every runtime`,
  ]),
  ['a namespace of docker', { namespace: 'agents' }, '/namespace', inCluster('namespace')],
  ['a workload of docker', { workload: 'agents' }, '/workload', inCluster('workload')],
  ['a token Secret of docker', { tokenSecret: 'token' }, '/tokenSecret', inCluster('tokenSecret')],
  ...['', 'Agent:1', 'a b', '-x'].map((image): (typeof REFUSED)[number] => [
    `image ${JSON.stringify(image)}`,
    { image },
    '/image',
    'image must be the name of an image: registry.example.com/name:tag',
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
        detail: 'container goes with os "container": leave it out, or change os',
      },
    ]);
  });
});

test('a container of docker runs as the user of Elastic’s image', () => {
  expect(resolved({ os: 'container' }).containerUid).toBe(1000);
});
