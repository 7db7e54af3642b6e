import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { INDEXES, TABLE_KEY, TTL_ATTRIBUTE } from '../../shared/config/table.ts';
import { leadingKey, type TableGrant } from '../permissions.ts';
import type { Placement } from '../settings/regions.ts';
import { tableOfStream } from '../settings/restored-ledger.ts';
import type { Settings } from '../settings/settings.ts';
import { globalTable, globalTableName } from './global-table.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** What of the settings concerns the table. */
export interface LedgerTableProps
  extends Pick<Settings, 'authority' | 'recoveryPeriodDays' | 'restoredLedger' | 'warmThroughput'> {
  /** @default - one Region */
  readonly placement?: Placement | undefined;
}

/** A table as policies and functions refer to it. */
interface TableReference {
  readonly tableName: string;
  readonly tableArn: string;
}

/** The table of the stack itself. */
interface OwnTable extends TableReference {
  /** Undefined for the replica in the standby Region: only a deployment knows its stream. */
  readonly streamArn: string | undefined;
}

/**
 * The one table: tokens, certificate records, names, issuers. It is retained when its stack is deleted. After a restore,
 * the restored table takes its place; the table itself stays as it is, the witness of what happened since.
 */
export class LedgerTable extends Construct {
  readonly tableName: string;
  /** Whether it is one of two replicas, of which only that in the active Region is written. */
  readonly isGlobal: boolean;
  /** The table that the one in use was restored from; undefined where it is the stack's own. */
  readonly former: TableReference | undefined;
  private readonly tableArn: string;
  private streamIn: ((stack: Stack) => string) | undefined;

  constructor(scope: Construct, id: string, props: LedgerTableProps) {
    super(scope, id);
    const { restoredLedger: restored, placement } = props;
    const own = this.own(props);
    const used = restored === undefined ? own : tableOfStream(restored.streamArn);
    this.isGlobal = placement !== undefined;
    this.tableName = used.tableName;
    this.tableArn = placement?.here === 'standby' ? this.named(used.tableName).tableArn : used.tableArn;
    this.former = restored === undefined ? undefined : this.formerOf(restored, own);
    const streamArn = restored?.streamArn ?? own.streamArn;
    if (placement?.here !== 'standby' && streamArn !== undefined) this.streamIn = () => streamArn;
  }

  /** The table that is made here, or the replica that the primary Region makes of it. */
  private own(props: LedgerTableProps): OwnTable {
    const { authority, placement } = props;
    if (placement === undefined) return this.exported(this.table(props));
    if (placement.here === 'standby')
      return { ...this.named(globalTableName(authority)), streamArn: undefined };
    const table = globalTable(this, 'Table', { ...props, placement });
    return this.exported({ tableName: table.ref, tableArn: table.attrArn, streamArn: table.attrStreamArn });
  }

  /** With any settings: the service stack is deployed later, and CloudFormation deletes no export that it still imports. */
  private exported(own: OwnTable): OwnTable {
    for (const value of Object.values(own)) Stack.of(this).exportValue(value);
    return own;
  }

  /** In one Region. */
  private table({ recoveryPeriodDays, warmThroughput }: LedgerTableProps): OwnTable {
    const table = new Table(this, 'Table', {
      partitionKey: text(TABLE_KEY.partition),
      sortKey: text(TABLE_KEY.sort),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: TTL_ATTRIBUTE,
      // Readers get the records themselves, consistently: the stream says only which.
      stream: StreamViewType.KEYS_ONLY,
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: recoveryPeriodDays,
      },
      deletionProtection: true,
      ...(warmThroughput === undefined ? {} : { warmThroughput }),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const { tableStreamArn } = table;
    if (tableStreamArn === undefined) throw new Error('the ledger has no stream');
    for (const { name, partition, sort, include } of Object.values(INDEXES))
      table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: text(partition),
        sortKey: sort === INDEXES.openByAge.sort ? { name: sort, type: AttributeType.NUMBER } : text(sort),
        ...(include.length === 0
          ? { projectionType: ProjectionType.KEYS_ONLY }
          : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...include] }),
      });
    return { tableName: table.tableName, tableArn: table.tableArn, streamArn: tableStreamArn };
  }

  /** ARN of the stream, for the stack of a construct. @throws Error in the standby Region before {@link useStream}. */
  streamArnFor(construct: IConstruct): string {
    if (this.streamIn === undefined) throw new Error('the stream of the replica is not known yet');
    return this.streamIn(Stack.of(construct));
  }

  /** Says which stream the replica in the standby Region has. */
  useStream(streamIn: (stack: Stack) => string): void {
    this.streamIn = streamIn;
  }

  /** The permission to look up the stream of the replica. */
  describeStatement(): PolicyStatement {
    return new PolicyStatement({ actions: ['dynamodb:DescribeTable'], resources: [this.tableArn] });
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
   *
   * @param tableArn @default - the table in use
   */
  statement(grant: TableGrant, tableArn = this.tableArn): PolicyStatement {
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

  private formerOf(
    { formerTableName }: NonNullable<Settings['restoredLedger']>,
    own: TableReference,
  ): TableReference {
    if (formerTableName === undefined) return own;
    return this.named(formerTableName);
  }

  private named(tableName: string): TableReference {
    const tableArn = Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: tableName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    return { tableName, tableArn };
  }

  /** What Lambda needs to read the stream for a function, with the function's role (Lambda developer guide, "DynamoDB"). */
  streamStatements(reader: IConstruct): PolicyStatement[] {
    const actions = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
    return [
      new PolicyStatement({ actions, resources: [this.streamArnFor(reader)] }),
      // It has no resource (service authorization reference, "Actions for Amazon DynamoDB").
      new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }),
    ];
  }
}
