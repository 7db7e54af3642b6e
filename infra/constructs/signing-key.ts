import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  Effect,
  type IPrincipal,
  type IRole,
  PolicyDocument,
  PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import { CfnAlias, CfnReplicaKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import { SIGNATURE_ALGORITHMS } from '../../shared/domain/signature-algorithm.ts';
import type { Settings } from '../settings/settings.ts';

export interface SigningKeyProps {
  /** Whether it signs certificates and revocation lists, or OCSP responses. */
  readonly purpose: 'CA' | 'OCSP';
  /** Id of the root, the issuer slot or the responder that the key is for; part of the alias. */
  readonly id: string;
  readonly authority: string;
  readonly keySpec: CaKeySpec;
  readonly administration: Settings['keyAdministration'];
  /** The only roles that can sign. */
  readonly signers: readonly IRole[];
  /** Roles that read the public key. */
  readonly readers: readonly IRole[];
  /** Roles that read the state of the key. @default none */
  readonly watchers?: readonly IRole[];
  /** Roles that enable the key for a use, and disable it again. @default none */
  readonly switchers?: readonly IRole[];
  /** A key of two Regions: the one with the key material first, or its replica. @default - a key of one Region */
  readonly regions?: { readonly standby: string } | { readonly primaryKeyArn: string } | undefined;
}

/** Days between the scheduling of a key's deletion and the deletion: KMS's maximum. */
const PENDING_DAYS = 30;

/** What CloudFormation needs to manage a key: nothing that signs or that grants permissions. */
const DEPLOYMENT = [
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:PutKeyPolicy',
  'kms:UpdateKeyDescription',
  'kms:CreateAlias',
  'kms:UpdateAlias',
  'kms:DeleteAlias',
  'kms:ListResourceTags',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:GetKeyRotationStatus',
];

/** What is needed to disable a key, or to cancel its deletion. */
const EMERGENCY = [
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:CancelKeyDeletion',
  'kms:ListGrants',
  'kms:RevokeGrant',
];

/**
 * The private key of a CA or of the OCSP responder. It is retained when the stack is deleted, except when the stack's creation fails.
 *
 * Its policy alone decides who signs: unlike CDK's default policy, it lets no IAM policy of the account add to it, and its
 * Deny also applies to grants.
 */
export class SigningKey extends Construct {
  readonly keyArn: string;

  constructor(scope: Construct, id: string, props: SigningKeyProps) {
    super(scope, id);
    const { regions } = props;
    this.keyArn =
      regions !== undefined && 'primaryKeyArn' in regions
        ? this.replicate(props, regions.primaryKeyArn)
        : this.create(props, regions?.standby);
  }

  private create(props: SigningKeyProps, standby: string | undefined): string {
    const key = new Key(this, 'Key', {
      description: description(props),
      keySpec: KeySpec[props.keySpec],
      keyUsage: KeyUsage.SIGN_VERIFY,
      pendingWindow: Duration.days(PENDING_DAYS),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      alias: aliasOf(props),
      policy: policyOf(this, props, standby),
      ...(standby === undefined ? {} : { multiRegion: true }),
    });
    return key.keyArn;
  }

  /** The same key material, under a policy of its own: KMS copies none. */
  private replicate(props: SigningKeyProps, primaryKeyArn: string): string {
    const key = new CfnReplicaKey(this, 'Key', {
      primaryKeyArn,
      description: description(props),
      pendingWindowInDays: PENDING_DAYS,
      keyPolicy: policyOf(this, props),
    });
    key.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    new CfnAlias(this, 'Alias', { aliasName: `alias/${aliasOf(props)}`, targetKeyId: key.attrArn });
    return key.attrArn;
  }
}

function description({ purpose, id, authority }: SigningKeyProps): string {
  return `fleetseal ${purpose} key ${id} of ${authority}`;
}

function aliasOf({ authority, id }: SigningKeyProps): string {
  return `fleetseal/${authority}/${id}`;
}

/** @param standby the Region that the key is replicated to. @default - none */
function policyOf(scope: Construct, props: SigningKeyProps, standby?: string): PolicyDocument {
  return new PolicyDocument({
    statements: [
      ...administration(scope, props.administration),
      ...(standby === undefined ? [] : [replication(props.administration, standby)]),
      signing(props.signers, props.keySpec),
      ...allowIfAny('ReadPublicKey', props.readers, ['kms:GetPublicKey']),
      ...allowIfAny('ReadState', props.watchers, ['kms:DescribeKey']),
      ...allowIfAny('EnableForUse', props.switchers, ['kms:EnableKey', 'kms:DisableKey']),
      nobodyElseSigns(props.signers),
    ],
  });
}

/**
 * CloudFormation replicates the key into one Region, which can hold one replica of it. Nobody may make the replica the
 * primary key: nothing here needs that, and a replica signs without it.
 */
function replication({ deployerRoleArns }: Settings['keyAdministration'], standby: string): PolicyStatement {
  return allow('Replicate', deployers(deployerRoleArns), ['kms:ReplicateKey'], {
    StringEquals: { 'kms:ReplicaRegion': standby },
  });
}

/** With no roles set, the account's IAM policies decide. */
function deployers(roleArns: readonly string[]): IPrincipal[] {
  return roleArns.length > 0 ? roleArns.map((arn) => new ArnPrincipal(arn)) : [new AccountRootPrincipal()];
}

/**
 * Who manages the key. KMS refuses a key whose creator could not change its policy again (CreateKey, "Policy"), so the
 * deploying role must be included; with no roles set, the account's IAM policies decide, which locks nobody out. The root
 * user can always repair the policy: no other principal is certain to exist for the 20 years of a root.
 */
function administration(
  scope: Construct,
  { deployerRoleArns, breakGlassRoleArns }: Settings['keyAdministration'],
): PolicyStatement[] {
  const account = new AccountRootPrincipal();
  const named = deployerRoleArns.length > 0;
  const breakGlass = named ? breakGlassRoleArns.map((arn) => new ArnPrincipal(arn)) : [];
  return [
    allow('Deploy', [...deployers(deployerRoleArns), ...breakGlass], DEPLOYMENT),
    // CloudFormation deletes the key when the creation of the stack fails; a deletion can be cancelled for 30 days.
    allow('DeleteSlowly', [...deployers(deployerRoleArns), ...breakGlass], ['kms:ScheduleKeyDeletion'], {
      NumericGreaterThanEquals: { 'kms:ScheduleKeyDeletionPendingWindowInDays': PENDING_DAYS },
    }),
    allow('Emergency', named ? breakGlass : [account], EMERGENCY),
    ...(named ? [allow('RootUserRecovers', [account], RECOVERY, isRootUser(scope))] : []),
  ];
}

const RECOVERY = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy'];

/** Without this condition, the account's principal means every identity that an IAM policy allows. */
function isRootUser(scope: Construct): Record<string, Record<string, unknown>> {
  const rootUser = Stack.of(scope).formatArn({ service: 'iam', region: '', resource: 'root' });
  return { ArnEquals: { 'aws:PrincipalArn': rootUser } };
}

function signing(signers: readonly IRole[], keySpec: CaKeySpec): PolicyStatement {
  return allow('Sign', principals(signers), ['kms:Sign'], {
    StringEquals: { 'kms:SigningAlgorithm': SIGNATURE_ALGORITHMS[keySpec].kms, 'kms:MessageType': 'DIGEST' },
  });
}

/** `aws:PrincipalArn` of a role's session is the role's ARN (IAM user guide, "Global condition keys"). */
function nobodyElseSigns(signers: readonly IRole[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'NobodyElseSigns',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['kms:Sign'],
    resources: ['*'],
    conditions: { ArnNotEquals: { 'aws:PrincipalArn': signers.map(({ roleArn }) => roleArn) } },
  });
}

function principals(roles: readonly IRole[]): IPrincipal[] {
  return roles.map(({ roleArn }) => new ArnPrincipal(roleArn));
}

/** A policy has no statement without principals. */
function allowIfAny(sid: string, roles: readonly IRole[] = [], actions: string[]): PolicyStatement[] {
  return roles.length === 0 ? [] : [allow(sid, principals(roles), actions)];
}

/** In a key policy `*` is the key itself. */
function allow(
  sid: string,
  principals: IPrincipal[],
  actions: string[],
  conditions: Record<string, Record<string, unknown>> = {},
): PolicyStatement {
  return new PolicyStatement({ sid, principals, actions, resources: ['*'], conditions });
}
