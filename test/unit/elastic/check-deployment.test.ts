import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import { MODELS } from '../../../shared/elastic/deployment/models.ts';
import { refusal, refusals, resolved, type Subject } from './agent/kits.ts';
import { PEM } from './rendering.ts';

interface Refused {
  readonly name: string;
  readonly deployment: Deployment;
  readonly subject?: Subject;
  readonly pointer: string;
  readonly detail: string;
}

const ABSOLUTE = 'must be an absolute path, for example';
const SPACE = 'contains white space, which Fleet refuses: use a path without it';
const COMMA = 'contains a comma, at which the agent splits paths: use a path without it';
const SPLIT = 'holds a comma or a double quote, where Elastic Agent would split it: remove it';
const HTTPS = 'must start with https://, because TLS is required';
const PROXY_SCHEME = 'must start with http:// or https:// or socks5://';
const NO_QUERY = 'must not have a query or fragment: remove everything from "?" or "#" on';
const ASCII =
  'must be printable ASCII without spaces: write an international host name as xn--..., and percent-encode other characters';
const FLEET_TOKEN =
  "fleetEnrollmentToken holds characters that Fleet's tokens never have: copy it again from Kibana, Fleet, Enrollment tokens";
const PEM_ONLY = 'must contain only PEM certificates: one or more BEGIN CERTIFICATE blocks';
const ACCOUNT = 'must consist of letters, digits, ".", "_", "-", "@" and "\\", and must not begin with "-"';
const MODEL_NAMES = Object.keys(MODELS).join(', ');
const UNPRIVILEGED = { unprivileged: true };

const REFUSED: readonly Refused[] = [
  {
    name: 'no model',
    deployment: { model: undefined },
    pointer: '/model',
    detail: `model is required: one of ${MODEL_NAMES}`,
  },
  ...[
    ['On-Premises', '. Did you mean "on-premises"?'],
    ['onprem', '. Did you mean "on-premises"?'],
    ['cloudproxy', '. Did you mean "cloud-proxy"?'],
    ['serverless', '. Did you mean "cloud"?'],
    [
      'fleet-server',
      '. "fleet-server" is a profile, which the bootstrap token sets: model says how the fleet is deployed',
    ],
    ['mars', ''],
    ['', ''],
  ].map(([model, hint]) => ({
    name: `model ${model}`,
    deployment: { model },
    pointer: '/model',
    detail: `model "${model}" is not supported: use one of ${MODEL_NAMES}, or leave deployment out to get only the certificate${hint}`,
  })),
  ...(
    [
      ['proxy', 'cloud-proxy or on-premises-hosted-elasticsearch'],
      ['eck-metrics', 'eck-metrics'],
    ] as const
  ).map(([profile, models]) => ({
    name: `profile ${profile}`,
    deployment: {},
    subject: { profile },
    pointer: '/model',
    detail: `there is no kit for the profile ${profile} in the model on-premises: use ${models}, or a token of profile agent or fleet-server or output-client or output-server, or leave deployment out to get only the certificate`,
  })),
  {
    name: 'no os',
    deployment: { os: undefined },
    pointer: '/os',
    detail: 'os is required: one of linux, macos, windows, container',
  },
  ...[
    ['darwin', '. Did you mean "macos"?'],
    ['Linux', '. Did you mean "linux"?'],
    ['win32', '. Did you mean "windows"?'],
    ['k8s', '. Did you mean "container"?'],
    ['solaris', ''],
  ].map(([os, hint]) => ({
    name: `os ${os}`,
    deployment: { os },
    pointer: '/os',
    detail: `os "${os}" is not supported: use one of linux, macos, windows, container${hint}`,
  })),
  ...['9.5', 'latest', ''].map((stackVersion) => ({
    name: `stackVersion ${stackVersion}`,
    deployment: { stackVersion },
    pointer: '/stackVersion',
    detail: 'stackVersion must be three numbers, such as 9.5.2: see "elastic-agent version"',
  })),
  {
    name: 'a version without flags for client certificates',
    deployment: { stackVersion: '8.12.2' },
    pointer: '/stackVersion',
    detail: 'Elastic Agent 8.12.2 does not support a client certificate: upgrade it to 8.13.0 or later',
  },
  {
    name: 'no fleetUrl',
    deployment: { fleetUrl: undefined },
    pointer: '/fleetUrl',
    detail: 'fleetUrl is required: the address of Fleet Server, for example https://fleet.example.com:8220',
  },
  ...[
    ['http://fleet.example.com:8220', HTTPS],
    ['fleet.example.com:8220', HTTPS],
    ['ftp://fleet.example.com', HTTPS],
    ['', HTTPS],
    ['https://', 'must have a host name or IP address right after "//"'],
    [
      'https://user:secret@fleet.example.com',
      'must not contain a user or password: remove everything between "//" and the host',
    ],
    ['https://fleet.example.com/?a=b', NO_QUERY],
    ['https://fleet.example.com/#a', NO_QUERY],
    ['https://fleet example.com', ASCII],
    ['https://fleet.example.com\n--insecure', ASCII],
    ['https://fleet.example.com/"', 'must not contain ": remove it, or percent-encode it'],
    ['https://fleet.example.com/$(id)`id`', 'must not contain `: remove it, or percent-encode it'],
    [
      'https://127.1',
      'must have its IPv4 address in the usual form, because programs read "127.1" differently: write 127.0.0.1',
    ],
  ].map(([fleetUrl, words]) => ({
    name: `fleetUrl ${JSON.stringify(fleetUrl)}`,
    deployment: { fleetUrl },
    pointer: '/fleetUrl',
    detail: `fleetUrl ${words}`,
  })),
  {
    name: "fleetseal's own token in the place of Fleet's",
    deployment: { fleetEnrollmentToken: 'fst_abc_def' },
    pointer: '/fleetEnrollmentToken',
    detail:
      "fleetEnrollmentToken is a bootstrap token of fleetseal: copy Fleet's enrollment token from Kibana, Fleet, Enrollment tokens",
  },
  ...['', 'a b', 'a\n', '{{FLEET_ENROLLMENT_TOKEN}}', 'a"b'].map((fleetEnrollmentToken) => ({
    name: `fleetEnrollmentToken ${JSON.stringify(fleetEnrollmentToken)}`,
    deployment: { fleetEnrollmentToken },
    pointer: '/fleetEnrollmentToken',
    detail: FLEET_TOKEN,
  })),
  {
    name: 'a relative directory',
    deployment: { directory: 'etc/fleetseal' },
    pointer: '/directory',
    detail: `directory ${ABSOLUTE} /etc/fleetseal`,
  },
  {
    name: 'a Unix directory on Windows',
    deployment: { os: 'windows', directory: '/etc/fleetseal' },
    pointer: '/directory',
    detail: `directory ${ABSOLUTE} C:\\ProgramData\\fleetseal`,
  },
  {
    name: 'a Windows directory on Linux',
    deployment: { directory: 'C:\\fleetseal' },
    pointer: '/directory',
    detail: `directory ${ABSOLUTE} /etc/fleetseal`,
  },
  {
    name: 'white space in the directory',
    deployment: { directory: '/etc/fleet seal' },
    pointer: '/directory',
    detail: `directory ${SPACE}`,
  },
  {
    name: 'a comma in the directory',
    deployment: { directory: '/etc/fleet,seal' },
    pointer: '/directory',
    detail: `directory ${COMMA}`,
  },
  {
    name: 'a relative passphrase file',
    deployment: { keyPassphraseFile: 'agent.pass' },
    pointer: '/keyPassphraseFile',
    detail: `keyPassphraseFile ${ABSOLUTE} /etc/fleetseal/agent.pass`,
  },
  {
    name: "a passphrase file that is the kit's key",
    deployment: { directory: '/tls/', keyPassphraseFile: '/tls//agent.key' },
    pointer: '/keyPassphraseFile',
    detail: "keyPassphraseFile is one of the kit's own files: give the passphrase a file of its own",
  },
  {
    name: 'a passphrase in a container',
    deployment: { os: 'container', keyPassphraseFile: '/run/agent.pass' },
    pointer: '/keyPassphraseFile',
    detail:
      'keyPassphraseFile does not apply to a container, which has no variable for it: leave it out and mount an unencrypted key',
  },
  {
    name: 'a passphrase before 8.16',
    deployment: { stackVersion: '8.15.5', keyPassphraseFile: '/run/agent.pass' },
    pointer: '/keyPassphraseFile',
    detail:
      'Elastic Agent 8.15.5 has no --elastic-agent-cert-key-passphrase: upgrade it to 8.16.0 or later, or leave keyPassphraseFile out and use an unencrypted key',
  },
  {
    name: 'a passphrase with Ed25519',
    deployment: { keyPassphraseFile: '/run/agent.pass' },
    subject: { keyKind: 'ed25519' },
    pointer: '/keyPassphraseFile',
    detail:
      'Elastic Agent cannot read an encrypted Ed25519 key: leave keyPassphraseFile out, or use an RSA or P-256 key',
  },
  {
    name: 'a passphrase in a FIPS build',
    deployment: { keyPassphraseFile: '/run/agent.pass', agent: { fips: true } },
    pointer: '/keyPassphraseFile',
    detail:
      'the FIPS build of Elastic Agent cannot read encrypted keys: leave keyPassphraseFile out and use an unencrypted key',
  },
  {
    name: 'Ed25519 in a FIPS build',
    deployment: { agent: { fips: true } },
    subject: { keyKind: 'ed25519' },
    pointer: '/agent/fips',
    detail:
      'fips does not go with an Ed25519 key, which only the newest FIPS builds of Elastic Agent accept: use an RSA, P-256, P-384 or P-521 key',
  },
  {
    name: 'Elastic Defend without privileges',
    deployment: { agent: { elasticDefend: true, unprivileged: true } },
    pointer: '/agent/elasticDefend',
    detail: 'Elastic Defend does not run in an unprivileged agent: leave out unprivileged or elasticDefend',
  },
  {
    name: 'unprivileged before 8.15',
    deployment: { stackVersion: '8.14.3', agent: UNPRIVILEGED },
    pointer: '/agent/unprivileged',
    detail:
      'unprivileged needs Elastic Agent 8.15.0 or later, and stackVersion is 8.14.3: upgrade, or leave unprivileged out',
  },
  {
    name: 'an account before 8.17',
    deployment: { stackVersion: '8.16.3', agent: { ...UNPRIVILEGED, group: 'elastic' } },
    pointer: '/agent',
    detail:
      'user and group need Elastic Agent 8.17.0 or later, and stackVersion is 8.16.3: upgrade, or leave them out',
  },
  {
    name: 'an account for a privileged agent',
    deployment: { agent: { user: 'elastic' } },
    pointer: '/agent',
    detail: 'user and group apply only with "unprivileged": true: add it, or leave them out',
  },
  {
    name: 'an account in a container',
    deployment: { os: 'container', agent: { user: 'elastic' } },
    pointer: '/agent',
    detail:
      'user and group do not apply to a container: set the user when you start the container, and container.uid here',
  },
  {
    name: 'an account on Windows',
    deployment: { os: 'windows', agent: { ...UNPRIVILEGED, user: 'CORP\\elastic' } },
    pointer: '/agent/user',
    detail:
      "user needs the account's password on Windows, which fleetseal must not see: leave user out, and add --user and --password to the command yourself",
  },
  ...['-u', 'a b', '', 'a:b', "a'b", 'a\n'].map((user) => ({
    name: `user ${JSON.stringify(user)}`,
    deployment: { agent: { ...UNPRIVILEGED, user } },
    pointer: '/agent/user',
    detail: `user ${ACCOUNT}`,
  })),
  {
    name: 'a group with a double quote on Windows',
    deployment: { os: 'windows', agent: { ...UNPRIVILEGED, group: 'a"b' } },
    pointer: '/agent/group',
    detail: `group ${ACCOUNT}`,
  },
  {
    name: 'an empty tag',
    deployment: { agent: { tags: ['a', ''] } },
    pointer: '/agent/tags/1',
    detail: 'the tag is empty: leave it out',
  },
  ...['a,b', 'a"b'].map((tag) => ({
    name: `tag ${tag}`,
    deployment: { agent: { tags: [tag] } },
    pointer: '/agent/tags/0',
    detail: `the tag ${SPLIT}`,
  })),
  {
    name: 'a tag of two lines',
    deployment: { agent: { tags: ['a\nb'] } },
    pointer: '/agent/tags/0',
    detail: 'the tag holds a control character: remove it',
  },
  {
    name: 'a tag that ends in a backslash on Windows',
    deployment: { os: 'windows', agent: { tags: ['a b\\'] } },
    pointer: '/agent/tags/0',
    detail: 'the tag ends in a backslash, which PowerShell does not pass on: remove it',
  },
  {
    name: 'a header name with "="',
    deployment: { agent: { headers: { 'X=Y': 'z' } } },
    pointer: '/agent/headers/X%3DY',
    detail: 'headers has an invalid header name: use letters, digits and "-"',
  },
  {
    name: 'a header value with a comma',
    deployment: { agent: { headers: { Accept: 'a, b' } } },
    pointer: '/agent/headers/Accept',
    detail: `the header Accept ${SPLIT}`,
  },
  {
    name: 'several headers in a container before 9.5.0',
    deployment: { os: 'container', stackVersion: '9.4.4', agent: { headers: { A: 'b', C: 'd' } } },
    pointer: '/agent/headers',
    detail:
      'headers may have one header in a container before 9.5.0, whose variable FLEET_HEADER takes no more: upgrade, or leave the others out',
  },
  {
    name: 'a bad header in a container',
    deployment: { os: 'container', agent: { headers: { A: 'b"c' } } },
    pointer: '/agent/headers/A',
    detail: `the header A ${SPLIT}`,
  },
  {
    name: 'a proxy in a container',
    deployment: { os: 'container', agent: { proxy: { url: 'http://proxy:3128' } } },
    pointer: '/agent/proxy',
    detail:
      'proxy does not apply to a container, which has no variables for it: leave it out, and set HTTPS_PROXY or NO_PROXY on the container',
  },
  {
    name: 'a disabled proxy with a url',
    deployment: { agent: { proxy: { disabled: true, url: 'http://proxy:3128' } } },
    pointer: '/agent/proxy',
    detail: 'proxy cannot be disabled and also have url or headers: leave out one or the other',
  },
  ...[
    ['proxy:3128', PROXY_SCHEME],
    ['ftp://proxy', PROXY_SCHEME],
    ['', PROXY_SCHEME],
    ['http://proxy/?a', NO_QUERY],
    ['http://pro xy', ASCII],
    [
      'http://user:@proxy',
      'must have its login as user@ or user:password@, neither of them empty, with special characters percent-encoded: correct the login, or remove it with its "@"',
    ],
  ].map(([url, words]) => ({
    name: `proxy ${url}`,
    deployment: { agent: { proxy: { url } } },
    pointer: '/agent/proxy/url',
    detail: `proxy.url ${words}`,
  })),
  {
    name: 'a proxy header value with a double quote',
    deployment: { agent: { proxy: { url: 'http://proxy:3128', headers: { A: '"' } } } },
    pointer: '/agent/proxy/headers/A',
    detail: `the header A ${SPLIT}`,
  },
  {
    name: 'a relative CA file',
    deployment: { trust: { fleetServer: { path: 'ca.pem' } } },
    pointer: '/trust/fleetServer/path',
    detail: `trust.fleetServer.path ${ABSOLUTE} /etc/fleetseal/own-ca.crt`,
  },
  {
    name: 'two CA files',
    deployment: { trust: { elasticsearch: { path: '/a,/b' } } },
    pointer: '/trust/elasticsearch/path',
    detail: `trust.elasticsearch.path ${COMMA}`,
  },
  ...[
    '',
    '/etc/ca.pem',
    PEM.root.replace('-----END CERTIFICATE-----', ''),
    `${PEM.root}-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n`,
    PEM.root.replace('BEGIN CERTIFICATE', 'BEGIN CERTIFICATE REQUEST'),
  ].map((pem, index) => ({
    name: `PEM ${index}`,
    deployment: { trust: { fleetServer: { pem } } },
    pointer: '/trust/fleetServer/pem',
    detail: `trust.fleetServer.pem ${PEM_ONLY}`,
  })),
];

describe('a deployment is refused', () => {
  test.each(REFUSED)('$name', ({ deployment, subject, pointer, detail }) => {
    const error = refusal(deployment, subject);
    expect(error.code).toBe('deployment_refused');
    expect(error.errors).toEqual([{ pointer: `#/deployment${pointer}`, detail }]);
    expect(error.message).toBe(detail);
  });

  test('for every rule that it breaks at once', () => {
    const errors = refusals(
      {
        model: 'cloud',
        os: 'container',
        stackVersion: '8.12.1',
        fleetUrl: 'http://fleet',
        directory: 'tls',
        keyPassphraseFile: '/run/agent.pass',
        agent: { fips: true },
      },
      { keyKind: 'ed25519' },
    );
    expect(errors.map(({ pointer }) => pointer)).toEqual([
      '#/deployment/model',
      '#/deployment/stackVersion',
      '#/deployment/directory',
      '#/deployment/keyPassphraseFile',
      '#/deployment/keyPassphraseFile',
      '#/deployment/keyPassphraseFile',
      '#/deployment/keyPassphraseFile',
      '#/deployment/fleetUrl',
      '#/deployment/agent/fips',
    ]);
    expect(refusal({ model: 'cloud', os: 'linux', fleetUrl: '' }).message).toMatch(
      /^2 rules refuse the deployment: mutual TLS is not possible in the model cloud: .*; fleetUrl must start with /,
    );
  });

  test('where nothing is said', () => {
    const nothing = { model: undefined, os: undefined, fleetUrl: undefined };
    expect(refusals(nothing).map(({ pointer }) => pointer)).toEqual([
      '#/deployment/model',
      '#/deployment/os',
      '#/deployment/fleetUrl',
    ]);
  });
});

describe('a deployment is completed', () => {
  test.each([
    ['linux', '/etc/fleetseal'],
    ['macos', '/usr/local/etc/fleetseal'],
    ['windows', 'C:\\ProgramData\\fleetseal'],
    ['container', '/etc/fleetseal'],
  ])('on %s the directory is %s', (os, directory) => {
    expect(resolved({ os }).directory).toBe(directory);
  });

  test('with defaults for what is left out', () => {
    expect(resolved({ stackVersion: undefined, fleetEnrollmentToken: undefined })).toMatchObject({
      model: 'on-premises',
      profile: 'agent',
      keyKind: 'rsa',
      stackVersion: undefined,
      os: 'linux',
      fleetUrl: 'https://fleet.example.com:8220',
      fleetEnrollmentToken: undefined,
      directory: '/etc/fleetseal',
      keyPassphraseFile: undefined,
      agent: {
        alreadyEnrolled: false,
        unprivileged: false,
        user: undefined,
        group: undefined,
        tags: [],
        headers: {},
        proxy: { url: undefined, headers: {}, disabled: false },
        elasticDefend: false,
        fips: false,
      },
      paths: {
        certificate: '/etc/fleetseal/agent.crt',
        key: '/etc/fleetseal/agent.key',
        ca: '/etc/fleetseal/ca.crt',
        authorities: { fleetServer: '/etc/fleetseal/ca.crt', proxy: '/etc/fleetseal/ca.crt' },
      },
      fleetServer: { bindHost: '0.0.0.0', port: 8220, clientAuth: 'required', showsCertificate: true },
      outputs: [],
      proxy: undefined,
      container: { runtime: 'docker', workload: 'elastic-agent', uid: 1000 },
      eckAgent: undefined,
      eck: { install: 'helm', metricsPort: 8443 },
      atProxy: [],
      trust: {
        fleetServer: 'fleetseal',
        elasticsearch: 'fleetseal',
        logstash: 'fleetseal',
        kafka: 'fleetseal',
        proxy: 'fleetseal',
      },
    });
  });

  test('and its paths are written in the usual form', () => {
    const windows = resolved({
      os: 'windows',
      directory: 'D:/tls/',
      trust: { fleetServer: { path: 'D:/ca.pem' } },
    });
    expect(windows.directory).toBe('D:\\tls');
    expect(windows.trust.fleetServer).toEqual({ path: 'D:\\ca.pem' });
  });

  test('an encrypted key is fine wherever the agent reads it', () => {
    const deployment = { stackVersion: '8.16.0', keyPassphraseFile: '/etc/fleetseal/agent.pass' };
    for (const keyKind of ['rsa', 'p256', 'p384', 'p521'] as const)
      expect(resolved(deployment, { keyKind }).keyPassphraseFile).toBe('/etc/fleetseal/agent.pass');
  });

  test('a proxy may need a password', () => {
    expect(resolved({ agent: { proxy: { url: 'http://user:pw@proxy:3128' } } }).agent.proxy.url).toBe(
      'http://user:pw@proxy:3128',
    );
  });
});

test('a field that no part of the kit reads is refused, not dropped', () => {
  // What a caller sends may hold fields of other profiles.
  const deployment = { fleetServer: { port: 8220 } } as object;
  expect(refusals(deployment)).toEqual([
    {
      pointer: '#/deployment/fleetServer',
      detail: 'fleetServer does not apply to a certificate of profile agent: leave it out',
    },
  ]);
});
