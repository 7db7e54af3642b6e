import { PROFILE_NAMES } from '../../domain/profile.ts';
import { didYouMean } from '../../errors/did-you-mean.ts';
import { unknownValue } from '../../errors/unknown-value.ts';
import { CLOUD_MODEL, cloudRefusal, isModel, MODEL_NAMES, type Model, serves } from './models.ts';
import { OPERATING_SYSTEMS, type OperatingSystem } from './paths.ts';
import type { Rules } from './rule.ts';
import type { DeploymentSubject } from './subject.ts';

export const modelRules: Rules = ({ deployment, subject, os, version, lacks }) => {
  const { model, stackVersion } = deployment;
  return [
    model === undefined && ['/model', `model is required: one of ${MODEL_NAMES.join(', ')}`],
    model === CLOUD_MODEL && ['/model', cloudRefusal(subject.profile)],
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
  const holder = subject.request === 'kit' ? 'certificate' : 'token';
  return `use ${models}, or a ${holder} of profile ${profiles}${withoutKit(subject)}`;
}

/** A way out that only an enrollment has. */
function withoutKit({ request = 'enrollment' }: DeploymentSubject): string {
  return request === 'enrollment' ? ', or leave deployment out to get only the certificate' : '';
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
