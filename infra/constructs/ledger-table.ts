import { RemovalPolicy } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { INDEXES, TABLE_KEY, TTL_ATTRIBUTE } from '../../shared/config/table.ts';
import { leadingKey, type TableGrant } from '../permissions.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The one table: tokens, certificate records, names, issuers. It is retained when its stack is deleted. */
export class LedgerTable extends Construct {
  readonly tableName: string;
  readonly streamArn: string;
  private readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: text(TABLE_KEY.partition),
      sortKey: text(TABLE_KEY.sort),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: TTL_ATTRIBUTE,
      // Readers get the records themselves, consistently: the stream says only which.
      stream: StreamViewType.KEYS_ONLY,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.tableName = this.table.tableName;
    const { tableStreamArn } = this.table;
    if (tableStreamArn === undefined) throw new Error('the ledger has no stream');
    this.streamArn = tableStreamArn;
    for (const { name, partition, sort, include } of Object.values(INDEXES))
      this.table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: text(partition),
        sortKey: sort === INDEXES.openByAge.sort ? { name: sort, type: AttributeType.NUMBER } : text(sort),
        ...(include.length === 0
          ? { projectionType: ProjectionType.KEYS_ONLY }
          : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...include] }),
      });
  }

  /**
   * Requests of this kind that DynamoDB throttled, also because an index did (DynamoDB developer guide, "DynamoDB metrics
   * and dimensions").
   */
  throttledRequests(operation: string): Metric {
    return new Metric({
      namespace: 'AWS/DynamoDB',
      metricName: 'ThrottledRequests',
      dimensionsMap: { TableName: this.tableName, Operation: operation },
    });
  }

  /**
   * The statement that allows one entry of the permission table.
   *
   * `dynamodb:LeadingKeys` holds the partition keys of all items in a request, and ForAllValues requires each of them to
   * match (DynamoDB developer guide, "Using IAM policy conditions for fine-grained access control"). ForAllValues is also
   * true for a request without a key, but each of the granted actions has one.
   */
  statement(grant: TableGrant): PolicyStatement {
    const { tableArn } = this.table;
    const actions = grant.actions.map((action) => `dynamodb:${action}`);
    if ('index' in grant)
      return new PolicyStatement({
        actions,
        resources: [`${tableArn}/index/${INDEXES[grant.index].name}`],
      });
    return new PolicyStatement({
      actions,
      resources: [tableArn],
      conditions: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': grant.items.map(leadingKey) },
      },
    });
  }

  /** What Lambda needs to read the stream for a function, with the function's role (Lambda developer guide, "DynamoDB"). */
  streamStatements(): PolicyStatement[] {
    const actions = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
    return [
      new PolicyStatement({ actions, resources: [this.streamArn] }),
      // It has no resource (service authorization reference, "Actions for Amazon DynamoDB").
      new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }),
    ];
  }
}
