import { enrollment } from '../../support/cloud.ts';
import type { Row } from './row.ts';

const deployment =
  (changes: object): Row['request'] =>
  ({ enroll }) =>
    enroll(
      enrollment({
        deployment: {
          model: 'on-premises',
          os: 'linux',
          fleetUrl: 'https://fleet.example.com:8220',
          ...changes,
        },
      }),
    );

/** Deployments that cannot be served. */
export const DEPLOYMENTS: readonly Row[] = [
  {
    name: 'a model that does not exist',
    request: deployment({ model: 'moon' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/model',
  },
  {
    name: 'a system that does not exist',
    request: deployment({ os: 'beos' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/os',
  },
  {
    name: 'a version that is none',
    request: deployment({ stackVersion: 'latest' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/stackVersion',
  },
  {
    name: 'a version without the flags',
    request: deployment({ stackVersion: '8.12.2' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/stackVersion',
  },
  {
    name: 'a relative directory',
    request: deployment({ directory: 'certs' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/directory',
  },
  {
    name: 'a directory with a space',
    request: deployment({ directory: '/etc/fleet seal' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/directory',
  },
  {
    name: 'a directory with a comma',
    request: deployment({ directory: '/etc/a,b' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/directory',
  },
  {
    name: "another system's directory",
    request: deployment({ os: 'windows', directory: '/etc/fleetseal' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/directory',
  },
  {
    name: 'a passphrase in a container',
    request: deployment({ os: 'container', keyPassphraseFile: '/p' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/keyPassphraseFile',
  },
  {
    name: 'Fleet over http',
    request: deployment({ fleetUrl: 'http://fleet.example.com:8220' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/fleetUrl',
  },
  {
    name: 'an unknown field',
    request: deployment({ fleetURL: 'https://x' }),
    status: 400,
    code: 'unknown_field',
    pointer: '#/deployment/fleetURL',
  },
  {
    name: 'a field of another type',
    request: deployment({ agent: 'unprivileged' }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/deployment/agent',
  },
];
