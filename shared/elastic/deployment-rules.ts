import type { FieldError } from '../errors/app-error.ts';
import type { Deployment } from './deployment/deployment.ts';
import { onEck } from './deployment/eck-agent.ts';
import { passphraseRules, pathRules, trustRules } from './deployment/file-rules.ts';
import { modelRules } from './deployment/model-rules.ts';
import { isModel, serves, systemOf } from './deployment/models.ts';
import type { RuleContext, Rules } from './deployment/rule.ts';
import type { DeploymentSubject } from './deployment/subject.ts';
import { variableRules } from './deployment/variable-rules.ts';
import { lacks, parseStackVersion } from './deployment/versions.ts';
import type { Section } from './kit/section.ts';
import { sectionsFor } from './sections.ts';

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
  return [modelRules, unreadRules, pathRules, passphraseRules, trustRules, variableRules, ...sections]
    .flatMap((rules) => rules(context))
    .filter((broken) => broken !== undefined && broken !== false)
    .map(([field, detail]) => ({ pointer: field.startsWith('#') ? field : `#/deployment${field}`, detail }));
}

/** The sections whose rules apply: none if the model has no kit for the profile, which is the only error then. */
function asked({ deployment, subject: { profile } }: RuleContext): readonly Section[] {
  const { model = '' } = deployment;
  return isModel(model) && !serves(model, profile) ? [] : sectionsFor(profile, onEck(deployment));
}

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
  if (sectionsFor(profile, true).length === 0) return '';
  return `, or set ${os === 'container' ? '' : 'os to "container" and '}container.runtime to "eck"`;
}
