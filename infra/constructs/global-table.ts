import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { INDEXES, TABLE_KEY, TTL_ATTRIBUTE } from '../../shared/config/table.ts';
import type { Placement } from '../settings/regions.ts';
import type { Settings } from '../settings/settings.ts';

/** The name of the table in both Regions: the standby has it from the settings, not from the other stack. */
export function globalTableName(authority: string): string {
  return `fleetseal-${authority}`;
}

export interface GlobalTableProps
  extends Pick<Settings, 'authority' | 'recoveryPeriodDays' | 'warmThroughput'> {
  readonly placement: Placement;
}

/**
 * The ledger of two Regions: the table of one Region, with a replica. Its type is another one for CloudFormation, so one cannot
 * become the other. Replication needs a stream of whole images (CloudFormation template reference,
 * AWS::DynamoDB::GlobalTable); readers still use the keys only. It is eventually consistent: a strongly consistent one needs
 * a third Region, and has neither transactions nor time to live (DynamoDB developer guide, "Multi-Region strong consistency").
 */
export function globalTable(
  scope: Construct,
  id: string,
  { authority, recoveryPeriodDays, warmThroughput, placement: { primary, standby } }: GlobalTableProps,
): CfnGlobalTable {
  const indexes = Object.values(INDEXES);
  const names = new Set([
    ...Object.values(TABLE_KEY),
    ...indexes.flatMap(({ partition, sort }) => [partition, sort]),
  ]);
  const table = new CfnGlobalTable(scope, id, {
    tableName: globalTableName(authority),
    billingMode: 'PAY_PER_REQUEST',
    attributeDefinitions: [...names].map((attributeName) => ({
      attributeName,
      attributeType: attributeName === INDEXES.openByAge.sort ? 'N' : 'S',
    })),
    keySchema: keySchema(TABLE_KEY.partition, TABLE_KEY.sort),
    globalSecondaryIndexes: indexes.map(({ name, partition, sort, include }) => ({
      indexName: name,
      keySchema: keySchema(partition, sort),
      projection:
        include.length === 0
          ? { projectionType: 'KEYS_ONLY' }
          : { projectionType: 'INCLUDE', nonKeyAttributes: [...include] },
    })),
    streamSpecification: { streamViewType: 'NEW_AND_OLD_IMAGES' },
    timeToLiveSpecification: { enabled: true, attributeName: TTL_ATTRIBUTE },
    ...(warmThroughput === undefined ? {} : { warmThroughput }),
    replicas: [primary, standby].map((region) => ({
      region,
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: recoveryPeriodDays,
      },
      deletionProtectionEnabled: true,
    })),
  });
  table.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  return table;
}

function keySchema(partition: string, sort: string): CfnGlobalTable.KeySchemaProperty[] {
  return [
    { attributeName: partition, keyType: 'HASH' },
    { attributeName: sort, keyType: 'RANGE' },
  ];
}

/** Encrypts each replica with the key of its Region. @param keyArns of the primary Region, then of the standby */
export function encryptReplicas(table: CfnGlobalTable, keyArns: readonly [string, string]): void {
  table.sseSpecification = { sseEnabled: true, sseType: 'KMS' };
  for (const [index, kmsMasterKeyId] of keyArns.entries())
    table.addPropertyOverride(`Replicas.${index}.SSESpecification`, { KMSMasterKeyId: kmsMasterKeyId });
}

/** Tags each replica: the table itself has none. */
export function tagReplicas(table: CfnGlobalTable, tags: Readonly<Record<string, string>>): void {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (list.length === 0) return;
  for (const index of [0, 1]) table.addPropertyOverride(`Replicas.${index}.Tags`, list);
}
