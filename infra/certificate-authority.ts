import type { Environment, Stack } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type * as z from 'zod/mini';
import type { Bundles } from './bundle.ts';
import type { ApiRole } from './constructs/api-roles.ts';
import { readSettings, type SETTINGS, type Settings } from './settings/settings.ts';
import { addStacks, FLAGS } from './stacks/add-stacks.ts';

/** The settings of an authority, as in its file: docs/settings.md lists all of them. */
export type CertificateAuthoritySettings = z.input<typeof SETTINGS>;

/** The settings of docs/settings.md, with constructs in place of `alarmTopicArn` and of the ARNs in `keyAdministration`. */
export interface CertificateAuthorityProps
  extends Omit<CertificateAuthoritySettings, 'alarmTopicArn' | 'keyAdministration'> {
  /** Account and Region of the stacks. @default - those of the stage, or of the credentials of the deployment */
  readonly env?: Environment;
  /** The topic that alarms notify. @default - a topic of the authority's own */
  readonly alarmTopic?: ITopic;
  /**
   * The roles that administer the CA keys; none of them can sign.
   *
   * @default - every principal that the account's IAM policies allow to
   */
  readonly keyAdministration?: KeyAdministration;
}

/** Both kinds have at least one role. */
export interface KeyAdministration {
  /** Must include the role that CloudFormation assumes: KMS refuses a key that its creator could not administer. */
  readonly deployers: readonly IRole[];
  /** For emergencies: they may also disable keys and cancel a deletion. */
  readonly breakGlass: readonly IRole[];
}

/**
 * A certificate authority of an Elastic fleet, for a CDK app of your own: two stacks, of which the stateful one has
 * termination protection. The templates are those that fleetseal's own app deploys with the same settings, whatever
 * feature flags your app has set.
 *
 * @example
 *     const ca = new CertificateAuthority(app, 'Ca', { authority: 'fleet', alarmTopic });
 *     ca.grantCalls(provisioner, 'TokenIssuer');
 *
 * @throws SettingsError that lists every wrong setting.
 */
export class CertificateAuthority extends Construct {
  /** Keys, signing roles, ledger, revocation data, and the API's address: what must never be lost. */
  readonly authorityStack: Stack;
  /** Functions, routes and schedules: what can be deleted and deployed again. */
  readonly serviceStack: Stack;
  /** Base URL of the API, with the version. */
  readonly url: string;
  /** Base URL of revocation lists, OCSP and CA certificates. */
  readonly revocationUrl: string;
  /** The bus that events are published on. */
  readonly eventBus: EventBus;
  private readonly grant: (grantee: IGrantable, role: ApiRole) => Grant;

  constructor(scope: Construct, id: string, { env, ...props }: CertificateAuthorityProps) {
    super(scope, id);
    for (const [flag, value] of Object.entries(FLAGS)) this.node.setContext(flag, value);
    const { authority, service } = addStacks(this, {
      settings: settingsOf(props),
      bundles: BUNDLES,
      ...(env === undefined ? {} : { env }),
    });
    this.authorityStack = authority;
    this.serviceStack = service;
    this.url = service.url;
    this.revocationUrl = authority.variables.REVOCATION_URL;
    this.eventBus = authority.bus.bus;
    this.grant = (grantee, role) => authority.roles.grant(grantee, role);
  }

  /** Allows a principal to call the admin routes of one of the roles in docs/operations.md. */
  grantCalls(grantee: IGrantable, role: ApiRole): Grant {
    return this.grant(grantee, role);
  }
}

/** The functions, bundled when the package was made. */
const BUNDLES: Bundles = {
  directory: (name) => `${import.meta.dirname}/functions/${name}`,
  metafile: (name) => `${import.meta.dirname}/functions/${name}.json`,
};

/** ARNs of constructs may be known only in the deployment, so others stand for them in the check. */
function settingsOf({
  alarmTopic,
  keyAdministration: { deployers, breakGlass } = { deployers: [], breakGlass: [] },
  ...settings
}: Omit<CertificateAuthorityProps, 'env'>): Settings {
  const standIns = (roles: readonly IRole[], kind: string) =>
    roles.map((_, index) => `arn:aws:iam::000000000000:role/${kind}-${index}`);
  const arns = (roles: readonly IRole[]) => roles.map(({ roleArn }) => roleArn);
  // With two Regions, the topic must be of the primary one.
  const topicRegion = settings.regions?.primary ?? 'us-east-1';
  const checked = readSettings({
    ...settings,
    ...(alarmTopic === undefined ? {} : { alarmTopicArn: `arn:aws:sns:${topicRegion}:000000000000:topic` }),
    keyAdministration: {
      deployerRoleArns: standIns(deployers, 'deployer'),
      breakGlassRoleArns: standIns(breakGlass, 'break-glass'),
    },
  });
  return {
    ...checked,
    alarmTopicArn: alarmTopic?.topicArn,
    keyAdministration: { deployerRoleArns: arns(deployers), breakGlassRoleArns: arns(breakGlass) },
  };
}
