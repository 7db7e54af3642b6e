import type { FieldError } from '../errors/app-error.ts';
import { agentRules } from './agent-rules.ts';
import type { Deployment, DeploymentSubject, Trust } from './deployment.ts';
import { KIT_FILES } from './files.ts';
import {
  DEFAULT_DIRECTORIES,
  joinPath,
  normalizePath,
  OPERATING_SYSTEMS,
  type OperatingSystem,
  pathProblem,
} from './paths.ts';
import { type Broken, isUrl, quote, type RuleContext, type Rules } from './rule.ts';
import { type Feature, has, parseStackVersion } from './versions.ts';

/** Every rule that the deployment breaks, in the order of the fields. */
export function brokenRules(deployment: Deployment, subject: DeploymentSubject): readonly FieldError[] {
  const version = parseStackVersion(deployment.stackVersion ?? '');
  const os = OPERATING_SYSTEMS.find((name) => name === deployment.os);
  const lacks = (feature: Feature) => version !== undefined && !has(version, feature);
  const context: RuleContext = { deployment, subject, os, version, lacks };
  return [modelRules, fleetRules, pathRules, passphraseRules, agentRules, containerRules, trustRules]
    .flatMap((rules) => rules(context))
    .filter((broken) => broken !== undefined && broken !== false)
    .map(([field, detail]) => ({ pointer: `#/deployment${field}`, detail }));
}

const modelRules: Rules = ({ deployment, subject, os, version, lacks }) => {
  const { model, stackVersion } = deployment;
  return [
    model === undefined && ['/model', 'model is required: "on-premises"'],
    model !== undefined &&
      model !== 'on-premises' && [
        '/model',
        `model ${quote(model)} is not served yet: use "on-premises", or leave deployment out to get the certificate alone`,
      ],
    subject.profile !== 'agent' && [
      '',
      `there is no kit for the profile ${subject.profile} yet: leave deployment out to get the certificate alone`,
    ],
    os === undefined && ['/os', `os is required: one of ${OPERATING_SYSTEMS.join(', ')}`],
    stackVersion !== undefined &&
      version === undefined && [
        '/stackVersion',
        'stackVersion must be three numbers, such as 9.5.2: see "elastic-agent version"',
      ],
    lacks('clientCertificate') && [
      '/stackVersion',
      `Elastic Agent ${stackVersion} has no options for a client certificate: upgrade it to 8.13.0 or later`,
    ],
  ];
};

const fleetRules: Rules = ({ deployment: { fleetUrl, fleetEnrollmentToken: token } }) => [
  fleetUrl === undefined && [
    '/fleetUrl',
    'fleetUrl is required: the address of Fleet Server, for example https://fleet.example.com:8220',
  ],
  fleetUrl !== undefined &&
    !isUrl(fleetUrl, ['https:']) && [
      '/fleetUrl',
      'fleetUrl must be an https:// address without user, query or fragment: a client certificate needs TLS',
    ],
  token !== undefined &&
    (token.startsWith('fst_')
      ? [
          '/fleetEnrollmentToken',
          "fleetEnrollmentToken is a bootstrap token of fleetseal: take Fleet's enrollment token from Kibana, Fleet, Enrollment tokens",
        ]
      : !/^[A-Za-z0-9+/_=.:-]{1,512}$/.test(token) && [
          '/fleetEnrollmentToken',
          "fleetEnrollmentToken holds characters that Fleet's tokens never have: copy it again from Kibana, Fleet, Enrollment tokens",
        ]),
];

const pathRules: Rules = ({ deployment, os }) =>
  os === undefined
    ? []
    : [
        problem(os, '/directory', 'directory', deployment.directory),
        problem(os, '/keyPassphraseFile', 'keyPassphraseFile', deployment.keyPassphraseFile),
        trustPath(os, 'fleetServer', deployment.trust?.fleetServer),
        trustPath(os, 'elasticsearch', deployment.trust?.elasticsearch),
      ];

const passphraseRules: Rules = ({ deployment, subject, os, lacks }) => {
  const { keyPassphraseFile: file, agent = {}, stackVersion } = deployment;
  if (file === undefined) return [];
  const field = '/keyPassphraseFile';
  return [
    os === 'container' && [
      field,
      'keyPassphraseFile cannot be given to a container, which has no variable for it: leave it out and mount an unencrypted key',
    ],
    lacks('keyPassphrase') && [
      field,
      `Elastic Agent ${stackVersion} has no --elastic-agent-cert-key-passphrase: upgrade it to 8.16.0 or later, or leave keyPassphraseFile out and use an unencrypted key`,
    ],
    subject.keyKind === 'ed25519' && [
      field,
      'an encrypted Ed25519 key cannot be read by Elastic Agent: leave keyPassphraseFile out, or make an RSA or P-256 key',
    ],
    agent.fips === true && [
      field,
      'the FIPS build of Elastic Agent reads no encrypted key: leave keyPassphraseFile out and use an unencrypted key',
    ],
    os !== undefined &&
      kitFiles(os, deployment.directory).includes(normalizePath(os, file)) && [
        field,
        "keyPassphraseFile is one of the kit's own files: give the passphrase a file of its own",
      ],
  ];
};

const containerRules: Rules = ({ deployment: { container }, os }) => {
  if (container === undefined) return [];
  const { runtime, uid } = container;
  return [
    os !== undefined &&
      os !== 'container' && ['/container', 'container goes with os "container": leave it out, or change os'],
    runtime !== undefined &&
      runtime !== 'docker' && [
        '/container/runtime',
        `runtime ${quote(runtime)} is not served yet: use "docker", whose variables hold for every runtime`,
      ],
    uid !== undefined &&
      !(Number.isInteger(uid) && uid >= 0 && uid < 2 ** 32 - 1) && [
        '/container/uid',
        'uid must be a whole number from 0 to 4294967294',
      ],
  ];
};

const trustRules: Rules = ({ deployment: { trust = {} } }) =>
  (['fleetServer', 'elasticsearch'] as const).map((peer) => {
    const choice = trust[peer];
    return (
      typeof choice === 'object' &&
      'pem' in choice &&
      !isCertificatePem(choice.pem) && [
        `/trust/${peer}/pem`,
        `trust.${peer}.pem must hold PEM certificates and nothing else: one or more BEGIN CERTIFICATE blocks`,
      ]
    );
  });

function kitFiles(os: OperatingSystem, directory = DEFAULT_DIRECTORIES[os]): readonly string[] {
  return Object.values(KIT_FILES).map((file) => joinPath(os, normalizePath(os, directory), file));
}

function problem(os: OperatingSystem, field: string, name: string, path?: string): Broken | undefined {
  const what = path === undefined ? undefined : pathProblem(os, path);
  return what === undefined ? undefined : [field, `${name} ${what}`];
}

function trustPath(os: OperatingSystem, peer: string, trust?: Trust): Broken | undefined {
  const path = typeof trust === 'object' && 'path' in trust ? trust.path : undefined;
  return problem(os, `/trust/${peer}/path`, `trust.${peer}.path`, path);
}

function isCertificatePem(text: string): boolean {
  return /^\s*(?:-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(text);
}
