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

/** A CA's certificate from 2016 to 2020 (openssl ca -selfsign). */
const EXPIRED_CA = `-----BEGIN CERTIFICATE-----
MIIBOzCB46ADAgECAgEBMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMMA29sZDAeFw0x
NjAxMDEwMDAwMDBaFw0yMDAxMDEwMDAwMDBaMA4xDDAKBgNVBAMMA29sZDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABPK+2baITP5q7afff+qw7tp2qeHVQ5983K4f
RDB3CtKtZcKA5kT2lQ2hs5gvprgxFcNbpIQenC/49ZLFNNx/7UCjMjAwMA8GA1Ud
EwEB/wQFMAMBAf8wHQYDVR0OBBYEFEngoBl+qJYMr+2c3j65BOjAMmDnMAoGCCqG
SM49BAMCA0cAMEQCIFQD087+Xp6dAguOf1cO9J5rONUJkrEeTPGsCfyygyvNAiBh
VvvzEsqjw8gMkJBYTE+InT0jGMeiq5IOzLisDweHlQ==
-----END CERTIFICATE-----
`;

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
    name: 'the CA of a peer that has expired',
    request: deployment({ trust: { fleetServer: { pem: EXPIRED_CA } } }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/trust/fleetServer/pem',
  },
  {
    name: 'a temporary directory',
    request: deployment({ directory: '/tmp/tls' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/directory',
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
