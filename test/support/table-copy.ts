import {
  type AttributeValue,
  DeleteTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { createTable } from './dynamodb.ts';

/** Reads and copies the tables of an engine, past every permission. */
export class TableCopies {
  readonly #client: DynamoDBClient;

  /** @param endpoint - URL of the engine. */
  constructor(endpoint: string) {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    this.#client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
  }

  close(): void {
    this.#client.destroy();
  }

  async names(): Promise<readonly string[]> {
    return (await this.#client.send(new ListTablesCommand({}))).TableNames ?? [];
  }

  /**
   * Copies a table as it is now into a new one, as a restore from a point in time does.
   *
   * @param isSince whether an item was written after that point. @default - none was
   */
  async copy(
    from: string,
    to: string,
    isSince: (item: Record<string, AttributeValue>) => boolean = () => false,
  ): Promise<void> {
    await createTable(this.#client, to);
    for (const Item of (await this.items(from)).filter((item) => !isSince(item)))
      await this.#client.send(new PutItemCommand({ TableName: to, Item }));
  }

  async remove(TableName: string): Promise<void> {
    await this.#client.send(new DeleteTableCommand({ TableName }));
  }

  async items(TableName: string): Promise<readonly Record<string, AttributeValue>[]> {
    const items: Record<string, AttributeValue>[] = [];
    let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#client.send(
        new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey }),
      );
      items.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return items;
  }
}
