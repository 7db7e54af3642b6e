import { Aspects, Aws, type Stack, Tags, Validations } from 'aws-cdk-lib';
import { CfnStage } from 'aws-cdk-lib/aws-apigateway';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnGlobalTable, CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnCodeSigningConfig, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { isActive, type Placement, settingsInStandby } from '../settings/regions.ts';
import type { Settings } from '../settings/settings.ts';
import { ApiAlarms } from './api-alarms.ts';
import { encryptReplicas, tagReplicas } from './global-table.ts';
import { MeasuredAlarm } from './measured-alarm.ts';
import { ServiceFunction } from './service-function.ts';

/*
 * Settings that concern every resource of a kind in a stack, also those that a later change adds.
 */

/**
 * Applies these settings to a stack; to be called when all of its constructs are there.
 *
 * @param placement @default - one Region
 */
export function applyAcross(stack: Stack, settings: Settings, placement?: Placement): void {
  const { codeSigning, encryption, tags, tracing } = settings;
  if (placement !== undefined) visit(stack, (node) => equipReplicas(node, settings));
  if (!isActive(placement)) visit(stack, silenceWhilePassive);
  if (codeSigning !== undefined) requireSignedCode(stack, codeSigning.profileVersionArns);
  const { logsKeyArn, tableKeyArn } = encryption;
  if (tableKeyArn !== undefined) encryptTable(stack, tableKeyArn);
  if (logsKeyArn !== undefined)
    visit(stack, (node) => {
      if (node instanceof CfnLogGroup) node.kmsKeyId = logsKeyArn;
    });
  if (tracing === 'active') trace(stack);
  else acknowledgeUntraced(stack);
  for (const [key, value] of Object.entries(tags)) Tags.of(stack).add(key, value);
}

/**
 * DynamoDB uses the key on behalf of its caller, so functions need to use it too, through DynamoDB only
 * (DynamoDB developer guide, "How DynamoDB uses AWS KMS").
 */
function encryptTable(stack: Stack, kmsMasterKeyId: string): void {
  const throughDynamo = new PolicyStatement({
    actions: [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
    resources: [kmsMasterKeyId],
    conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
  });
  visit(stack, (node) => {
    if (node instanceof CfnTable)
      node.sseSpecification = { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId };
    if (node instanceof ServiceFunction && node.usesTable) node.policy.addStatements(throughDynamo);
  });
}

/** The table of the primary Region declares its replica in the other one too. */
function equipReplicas(node: IConstruct, settings: Settings): void {
  if (!(node instanceof CfnGlobalTable)) return;
  tagReplicas(node, settings.tags);
  const keyArns = [settings, settingsInStandby(settings)].map(({ encryption }) => encryption.tableKeyArn);
  const [primary, standby] = keyArns;
  if (primary !== undefined && standby !== undefined) encryptReplicas(node, [primary, standby]);
}

/**
 * In the passive Region lists are not renewed and requests are refused. Its other alarms ring: schedules that fail or do not
 * run, and uses of its keys, of which there may be none.
 */
function silenceWhilePassive(node: IConstruct): void {
  if (!(node instanceof CfnAlarm)) return;
  const silent = node.node.scopes.some(
    (one) => one instanceof ApiAlarms || (one instanceof MeasuredAlarm && one.ringsWithoutValues),
  );
  if (silent) node.actionsEnabled = false;
}

/**
 * X-Ray traces the stages of APIs and all functions. Lambda sends what it traces with the role of the function (its developer
 * guide, "Visualize Lambda function invocations using AWS X-Ray").
 */
function trace(stack: Stack): void {
  visit(stack, (node) => {
    if (node instanceof CfnStage) node.tracingEnabled = true;
    if (node instanceof CfnFunction) node.tracingConfig = { mode: 'Active' };
    if (!(node instanceof ServiceFunction)) return;
    node.policy.addStatements(
      new PolicyStatement({
        actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        resources: ['*'],
      }),
    );
    Validations.of(node.policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The actions of X-Ray that send traces know no resource; the setting asks for them.',
    });
  });
}

const NO_TRACING =
  'The id of a request joins the access log with the log of its function. X-Ray costs by the request, and gives roles that sign one permission more: a setting turns it on.';

function acknowledgeUntraced(stack: Stack): void {
  for (const node of stack.node.findAll()) {
    if (node instanceof CfnStage)
      Validations.of(node).acknowledge({ id: 'Serverless-APIGWXrayEnabled', reason: NO_TRACING });
    if (node instanceof CfnFunction)
      Validations.of(node).acknowledge({ id: 'Serverless-LambdaTracing', reason: NO_TRACING });
  }
}

/** Lambda refuses code for the functions that none of the profiles signed, also in an update beside CloudFormation. */
function requireSignedCode(stack: Stack, signingProfileVersionArns: readonly string[]): void {
  const { attrCodeSigningConfigArn } = new CfnCodeSigningConfig(stack, 'CodeSigning', {
    description: 'fleetseal: who may sign the code of its functions',
    allowedPublishers: { signingProfileVersionArns: [...signingProfileVersionArns] },
    codeSigningPolicies: { untrustedArtifactOnDeployment: 'Enforce' },
  });
  visit(stack, (node) => {
    if (node instanceof CfnFunction) node.codeSigningConfigArn = attrCodeSigningConfigArn;
  });
}

function visit(stack: Stack, change: (node: IConstruct) => void): void {
  Aspects.of(stack).add({ visit: change });
}
