import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { startDynoxide } from '../../infra/local/dynamodb/dynoxide.ts';
import { listen } from '../../infra/local/service/listener.ts';
import { TABLE_KEY } from '../../shared/config/table.ts';
import { TestCloud } from './cloud.ts';
import { objectAt, textAt } from './json.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/**
 * A cloud whose records and objects can be put back as they were, so that a step that cannot be undone can be cut off
 * often. Its DynamoDB is one of its own, which the tests read and write without any permission.
 */
export class RestorableCloud {
  readonly cloud: TestCloud;
  readonly #table: DirectTable;
  readonly #data: string;
  readonly #stopTable: () => Promise<void>;

  private constructor(cloud: TestCloud, table: DirectTable, data: string, stopTable: () => Promise<void>) {
    this.cloud = cloud;
    this.#table = table;
    this.#data = data;
    this.#stopTable = stopTable;
  }

  /** @param assembly - directory of the synthesized app */
  static async start(assembly: string): Promise<RestorableCloud> {
    const engine = await startDynoxide();
    const data = mkdtempSync(join(tmpdir(), 'fleetseal-restorable-'));
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.url;
    try {
      const cloud = await TestCloud.start({ assembly, data });
      return new RestorableCloud(cloud, await DirectTable.open(engine.url), data, () => engine.stop());
    } finally {
      delete process.env['AWS_ENDPOINT_URL_DYNAMODB'];
    }
  }

  async stop(): Promise<void> {
    this.#table.close();
    await this.cloud.stop();
    await this.#stopTable();
  }

  /** All items of the table. */
  items(): Promise<readonly Item[]> {
    return this.#table.items();
  }

  /** Keeps the records and objects as they are now. @returns puts them back, as often as it is called. */
  async keep(): Promise<() => Promise<void>> {
    const kept = await this.#table.items();
    const objects = join(this.#data, 's3');
    const copy = join(this.#data, `kept-${randomUUID()}`);
    cpSync(objects, copy, { recursive: true });
    return async () => {
      await this.#table.replace(kept);
      rmSync(objects, { recursive: true, force: true });
      cpSync(copy, objects, { recursive: true });
    };
  }

  /** Removes all records. */
  clear(): Promise<void> {
    return this.#table.replace([]);
  }

  /** The properties of a custom resource of the deployment, as its function got them. */
  propertiesOf(logicalId: string): Readonly<Record<string, unknown>> {
    const kept: unknown = JSON.parse(readFileSync(join(this.#data, 'custom-resources.json'), 'utf8'));
    const key = Object.keys(Object(kept)).find((one) => one.endsWith(`/${logicalId}`));
    return objectAt(kept, `${key}.properties`);
  }

  /** Sends the event of a custom resource as CloudFormation does. @throws Error where its function does not succeed. */
  async deploy(name: string, ResourceProperties: Readonly<Record<string, unknown>>): Promise<void> {
    const answers: unknown[] = [];
    const listener = await listen(async (message, response) => {
      answers.push(await json(message));
      response.writeHead(200).end();
    });
    const ResponseURL = `http://127.0.0.1:${listener.port}/`;
    const common = { StackId: 'stack', RequestId: randomUUID(), LogicalResourceId: 'Resource', ResponseURL };
    try {
      await this.cloud.local.invoke(name, { RequestType: 'Update', ...common, ResourceProperties });
    } finally {
      await listener.close();
    }
    const [answer] = answers;
    if (textAt(answer, 'Status') !== 'SUCCESS') throw new Error(`not deployed: ${JSON.stringify(answer)}`);
  }
}

/** The one table of an engine, reached without permissions. */
class DirectTable {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  private constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  static async open(endpoint: string): Promise<DirectTable> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
    const { TableNames: [name = ''] = [] } = await client.send(new ListTablesCommand({}));
    return new DirectTable(client, name);
  }

  close(): void {
    this.#client.destroy();
  }

  async items(): Promise<readonly Item[]> {
    const items: Item[] = [];
    let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#client.send(
        new ScanCommand({ TableName: this.#name, ConsistentRead: true, ExclusiveStartKey }),
      );
      items.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return items;
  }

  /** Writes what differs. */
  async replace(items: readonly Item[]): Promise<void> {
    const TableName = this.#name;
    const present = byKey(await this.items());
    const wanted = byKey(items);
    for (const [key, item] of present)
      if (!wanted.has(key)) await this.#client.send(new DeleteItemCommand({ TableName, Key: keyOf(item) }));
    for (const [key, Item] of wanted)
      if (!isDeepStrictEqual(Item, present.get(key)))
        await this.#client.send(new PutItemCommand({ TableName, Item: { ...Item } }));
  }
}

function byKey(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [JSON.stringify(keyOf(item)), item]));
}

function keyOf(item: Item): Record<string, AttributeValue> {
  return Object.fromEntries(Object.values(TABLE_KEY).map((name) => [name, item[name] ?? { S: '' }]));
}
