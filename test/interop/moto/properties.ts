import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ClientConfig } from './stacks.ts';

/** Whether a resource has the property by the service's own word. @param expected the property in the template */
type Kept = (config: ClientConfig, id: string, expected: unknown) => Promise<boolean>;

/** The properties on which keys and records depend, by type. */
export const PROPERTIES: Readonly<Record<string, Readonly<Record<string, Kept>>>> = {
  'AWS::DynamoDB::Table': {
    BillingMode: async (config, id, expected) =>
      (await table(config, id))?.BillingModeSummary?.BillingMode === expected,
    DeletionProtectionEnabled: async (config, id, expected) =>
      (await table(config, id))?.DeletionProtectionEnabled === expected,
    GlobalSecondaryIndexes: async (config, id, expected) => {
      const { GlobalSecondaryIndexes: indexes = [] } = (await table(config, id)) ?? {};
      return indexes.length === (expected as readonly unknown[]).length;
    },
    StreamSpecification: async (config, id) => (await table(config, id))?.LatestStreamArn !== undefined,
    SSESpecification: async (config, id) => (await table(config, id))?.SSEDescription?.Status === 'ENABLED',
    TimeToLiveSpecification: async (config, TableName) => {
      const { TimeToLiveDescription } = await using(new DynamoDBClient(config), (client) =>
        client.send(new DescribeTimeToLiveCommand({ TableName })),
      );
      return TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED';
    },
    PointInTimeRecoverySpecification: async (config, TableName) => {
      const { ContinuousBackupsDescription } = await using(new DynamoDBClient(config), (client) =>
        client.send(new DescribeContinuousBackupsCommand({ TableName })),
      );
      const { PointInTimeRecoveryDescription: recovery } = ContinuousBackupsDescription ?? {};
      return recovery?.PointInTimeRecoveryStatus === 'ENABLED';
    },
  },
  'AWS::KMS::Key': {
    KeySpec: async (config, id, expected) => (await key(config, id))?.KeySpec === expected,
    KeyUsage: async (config, id, expected) => (await key(config, id))?.KeyUsage === expected,
    Description: async (config, id, expected) => (await key(config, id))?.Description === expected,
    KeyPolicy: async (config, KeyId, expected) => {
      const { Policy = '{}' } = await using(new KMSClient(config), (client) =>
        client.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' })),
      );
      const count = (policy: unknown) => (policy as { Statement?: readonly unknown[] }).Statement?.length;
      return count(JSON.parse(Policy)) === count(expected);
    },
  },
  'AWS::S3::Bucket': {
    VersioningConfiguration: async (config, Bucket) =>
      (await bucket(config, (client) => client.send(new GetBucketVersioningCommand({ Bucket }))))?.Status ===
      'Enabled',
    PublicAccessBlockConfiguration: async (config, Bucket) =>
      (await bucket(config, (client) => client.send(new GetPublicAccessBlockCommand({ Bucket }))))
        ?.PublicAccessBlockConfiguration?.BlockPublicAcls === true,
    LifecycleConfiguration: async (config, Bucket) =>
      (await bucket(config, (client) => client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))))
        ?.Rules !== undefined,
  },
};

async function table(config: ClientConfig, TableName: string) {
  const client = new DynamoDBClient(config);
  return (await using(client, () => client.send(new DescribeTableCommand({ TableName })))).Table;
}

async function key(config: ClientConfig, KeyId: string) {
  const client = new KMSClient(config);
  return (await using(client, () => client.send(new DescribeKeyCommand({ KeyId })))).KeyMetadata;
}

/** Undefined where the bucket has none: S3 answers with an error. */
function bucket<Output>(config: ClientConfig, ask: (client: S3Client) => Promise<Output>) {
  return using(new S3Client({ ...config, forcePathStyle: true }), ask).catch(() => undefined);
}

async function using<Client extends { destroy(): void }, Output>(
  client: Client,
  ask: (client: Client) => Promise<Output>,
): Promise<Output> {
  try {
    return await ask(client);
  } finally {
    client.destroy();
  }
}
