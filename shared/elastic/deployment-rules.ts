import { PROFILE_NAMES } from '../domain/profile.ts';
import type { FieldError } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import { unknownValue } from '../errors/unknown-value.ts';
import { type Deployment, type DeploymentSubject, TRUST_PEERS } from './deployment.ts';
import { ownPaths } from './files/paths.ts';
import { CLOUD_MODEL, CLOUD_REFUSAL, isModel, MODEL_NAMES, type Model, serves, systemOf } from './models.ts';
import { normalizePath, OPERATING_SYSTEMS, type OperatingSystem } from './paths.ts';
import { pathRule, type RuleContext, type Rules } from './rule.ts';
import { type Section, sectionsFor } from './sections.ts';
import { lacks, parseStackVersion } from './versions.ts';

/** Every rule that the deployment breaks, in the order of the fields. */
export function brokenRules(deployment: Deployment, subject: DeploymentSubject): readonly FieldError[] {
  const version = parseStackVersion(deployment.stackVersion ?? '');
  const os = systemOf(deployment);
  const context: RuleContext = {
    deployment,
    subject,
    os,
    version,
    lacks: (feature) => lacks(version, feature),
  };
  const sections = asked(context).flatMap((section) => section.rules);
  return [modelRules, unreadRules, pathRules, passphraseRules, trustRules, ...sections]
    .flatMap((rules) => rules(context))
    .filter((broken) => broken !== undefined && broken !== false)
    .map(([field, detail]) => ({ pointer: field.startsWith('#') ? field : `#/deployment${field}`, detail }));
}

/** The sections whose rules apply: none if the model has no kit for the profile, which is the only error then. */
function asked({ deployment, subject: { profile } }: RuleContext): readonly Section[] {
  const { model = '' } = deployment;
  return isModel(model) && !serves(model, profile) ? [] : sectionsFor(profile, deployment);
}

const modelRules: Rules = ({ deployment, subject, os, version, lacks }) => {
  const { model, stackVersion } = deployment;
  return [
    model === undefined && ['/model', `model is required: one of ${MODEL_NAMES.join(', ')}`],
    model === CLOUD_MODEL && ['/model', CLOUD_REFUSAL],
    model !== undefined &&
      model !== CLOUD_MODEL &&
      !isModel(model) && [
        '/model',
        unknownValue('model', model, MODEL_NAMES, { wayOut: withoutKit(subject), hint: modelHint(model) }),
      ],
    model !== undefined &&
      isModel(model) &&
      !serves(model, subject.profile) && [
        '/model',
        `there is no kit for the profile ${subject.profile} in the model ${model}: ${otherModels(model, subject)}`,
      ],
    os === undefined && ['/os', osProblem(deployment.os)],
    stackVersion !== undefined &&
      version === undefined && [
        '/stackVersion',
        'stackVersion must be three numbers, such as 9.5.2: see "elastic-agent version"',
      ],
    lacks('clientCertificate') && [
      '/stackVersion',
      `Elastic Agent ${stackVersion} does not support a client certificate: upgrade it to 8.13.0 or later`,
    ],
  ];
};

/** Names of the parts of a fleet, taken for a model, and other names of the models. */
function modelHint(model: string): string {
  if ((PROFILE_NAMES as readonly string[]).includes(model))
    return `. "${model}" is a profile, which the bootstrap token sets: model says how the fleet is deployed`;
  return didYouMean<Model | typeof CLOUD_MODEL>(model, [...MODEL_NAMES, CLOUD_MODEL], {
    selfmanaged: 'on-premises',
    selfhosted: 'on-premises',
    local: 'on-premises',
    hybrid: 'on-premises-hosted-elasticsearch',
    hostedelasticsearch: 'on-premises-hosted-elasticsearch',
    ess: CLOUD_MODEL,
    ech: CLOUD_MODEL,
    elasticcloud: CLOUD_MODEL,
    hosted: CLOUD_MODEL,
    serverless: CLOUD_MODEL,
  });
}

/** The models that have a kit for the profile, of which every profile has one, and the profiles of the model. */
function otherModels(model: Model, subject: DeploymentSubject): string {
  const models = MODEL_NAMES.filter((name) => serves(name, subject.profile)).join(' or ');
  const profiles = PROFILE_NAMES.filter((name) => serves(model, name)).join(' or ');
  const holder = isEnrollment(subject) ? 'token' : 'certificate';
  return `use ${models}, or a ${holder} of profile ${profiles}${withoutKit(subject)}`;
}

/** A way out that only an enrollment has. */
function withoutKit(subject: DeploymentSubject): string {
  return isEnrollment(subject) ? ', or leave deployment out to get only the certificate' : '';
}

function isEnrollment({ request = 'enrollment' }: DeploymentSubject): boolean {
  return request === 'enrollment';
}

function osProblem(os: string | undefined): string {
  if (os === undefined) return `os is required: one of ${OPERATING_SYSTEMS.join(', ')}`;
  return unknownValue('os', os, OPERATING_SYSTEMS, { synonyms: SYSTEM_SYNONYMS });
}

/** Other names of the systems; distributions by their ids (os-release, ID). */
const SYSTEM_SYNONYMS: Readonly<Record<string, OperatingSystem>> = {
  darwin: 'macos',
  osx: 'macos',
  win32: 'windows',
  win64: 'windows',
  ubuntu: 'linux',
  debian: 'linux',
  rhel: 'linux',
  centos: 'linux',
  fedora: 'linux',
  amzn: 'linux',
  sles: 'linux',
  docker: 'container',
  kubernetes: 'container',
  k8s: 'container',
  eck: 'container',
  pod: 'container',
};

/** Fields that every kit has. */
const COMMON_FIELDS: readonly (keyof Deployment)[] = [
  'model',
  'stackVersion',
  'os',
  'directory',
  'keyPassphraseFile',
  'trust',
];

/** No field is silently ignored. */
const unreadRules: Rules = (context) => {
  const { deployment, subject } = context;
  const { profile } = subject;
  const sections = asked(context);
  if (sections.length === 0) return [];
  const read = new Set([...COMMON_FIELDS, ...sections.flatMap(({ fields }) => fields)]);
  return (Object.keys(deployment) as (keyof Deployment)[])
    .filter((field) => deployment[field] !== undefined && !read.has(field))
    .map((field) => [
      `/${field}`,
      `${field} does not apply to a certificate of profile ${profile}: leave it out${field === 'eck' ? onEckInstead(context) : ''}`,
    ]);
};

/** `eck` is read where ECK runs the agents. */
function onEckInstead({ subject: { profile }, os }: RuleContext): string {
  const onEck = { os: 'container', container: { runtime: 'eck' } };
  if (sectionsFor(profile, onEck).length === 0) return '';
  return `, or set ${os === 'container' ? '' : 'os to "container" and '}container.runtime to "eck"`;
}

const pathRules: Rules = ({ deployment, subject, os }) => {
  const { directory, keyPassphraseFile, trust } = deployment;
  return [
    pathRule(os, 'directory', directory),
    pathRule(os, 'keyPassphraseFile', keyPassphraseFile, `${subject.profile}.pass`),
    ...TRUST_PEERS.map((peer) => {
      const choice = trust?.[peer];
      const path = typeof choice === 'object' && 'path' in choice ? choice.path : undefined;
      return pathRule(os, `trust.${peer}.path`, path, 'own-ca.crt');
    }),
  ];
};

const passphraseRules: Rules = ({ deployment, subject, os, lacks }) => {
  const { keyPassphraseFile: file, agent = {}, stackVersion } = deployment;
  if (file === undefined) return [];
  const field = '/keyPassphraseFile';
  return [
    os === 'container' && [
      field,
      'keyPassphraseFile does not apply to a container, which has no variable for it: leave it out and mount an unencrypted key',
    ],
    lacks('keyPassphrase') && [
      field,
      `Elastic Agent ${stackVersion} has no --elastic-agent-cert-key-passphrase: upgrade it to 8.16.0 or later, or leave keyPassphraseFile out and use an unencrypted key`,
    ],
    subject.keyKind === 'ed25519' && [
      field,
      'Elastic Agent cannot read an encrypted Ed25519 key: leave keyPassphraseFile out, or use an RSA or P-256 key',
    ],
    agent.fips === true && [
      field,
      'the FIPS build of Elastic Agent cannot read encrypted keys: leave keyPassphraseFile out and use an unencrypted key',
    ],
    os !== undefined &&
      ownPaths(os, subject.profile, deployment.directory).includes(normalizePath(os, file)) && [
        field,
        "keyPassphraseFile is one of the kit's own files: give the passphrase a file of its own",
      ],
  ];
};

const trustRules: Rules = ({ deployment: { trust = {} } }) =>
  TRUST_PEERS.map((peer) => {
    const choice = trust[peer];
    return (
      typeof choice === 'object' &&
      'pem' in choice &&
      !isCertificatePem(choice.pem) && [
        `/trust/${peer}/pem`,
        `trust.${peer}.pem must contain only PEM certificates: one or more BEGIN CERTIFICATE blocks`,
      ]
    );
  });

function isCertificatePem(text: string): boolean {
  return /^\s*(?:-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(text);
}
