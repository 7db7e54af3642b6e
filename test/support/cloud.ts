import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from '../../infra/local/local-cloud.ts';
import { type ApiAnswer, type ApiRequest, type Credentials, callApi } from './api-client.ts';
import { ASSEMBLY, KEY_MATERIAL } from './assembly.ts';
import { makeCsr } from './csr.ts';
import { copyDeployed } from './deployed-data.ts';
import { createFaults, type Faults } from './faults.ts';
import { at, listAt, numberAt, textAt } from './json.ts';

/** A local cloud of its own in a temporary directory, and the requests that tests make of it. */
export class TestCloud {
  readonly local: LocalCloud & { readonly faults: Faults };
  readonly #data: string;

  private constructor(local: TestCloud['local'], data: string) {
    this.local = local;
    this.#data = data;
  }

  /**
   * Schedules do not run, nor do event source mappings: tests invoke the functions, or ask for `streams`.
   *
   * @param options.data - a directory that another one left, to start over it. @default - a new one
   * @param options.fresh - whether the deployment itself is looked at. @default - it may be a copy of one, which starts faster
   */
  static async start(
    options: Partial<
      Pick<LocalCloudOptions, 'concurrency' | 'keyMaterial' | 'streams' | 'httpPort' | 'log' | 'region'>
    > & {
      readonly assembly?: string;
      readonly data?: string;
      readonly fresh?: boolean;
    } = {},
  ): Promise<TestCloud> {
    const { data = mkdtempSync(join(tmpdir(), 'fleetseal-test-')), fresh, ...others } = options;
    const httpPort = isAsUsual(options, data) ? await copyDeployed(data, deploy) : undefined;
    const faults = createFaults();
    const local = await startLocalCloud({
      ...AS_USUAL,
      intercept: faults.intercept,
      data,
      ...(httpPort === undefined ? {} : { httpPort }),
      ...others,
    });
    return new TestCloud({ ...local, faults }, data);
  }

  async stop(): Promise<void> {
    await this.local.stop();
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** Stops it and starts over its keys and records with another assembly, as a deployment of other settings does. */
  async redeploy(assembly: string): Promise<TestCloud> {
    await this.local.stop();
    // Certificates contain the port of the revocation data.
    const httpPort = Number(new URL(this.local.httpUrl ?? 'http://127.0.0.1:0').port);
    return TestCloud.start({ assembly, data: this.#data, httpPort });
  }

  /** All that the embedded DynamoDB has on disk, as text: what was ever stored, also where it is overwritten since. */
  stored(): string {
    const files = readdirSync(this.#data).filter((name) => name.startsWith('dynamodb.sqlite'));
    return files.map((name) => readFileSync(join(this.#data, name), 'latin1')).join('\n');
  }

  /** All certificate records of a name as they lie in the table, also what is RESERVED, which no listing has. */
  recorded(name: string): readonly CertificateItem[] {
    const database = new DatabaseSync(join(this.#data, 'dynamodb.sqlite'), { readOnly: true });
    try {
      return recordsIn(database).filter((record) => record.name === name);
    } finally {
      database.close();
    }
  }

  /** Moves the clock of everything forward to a moment, in milliseconds since 1970; never back. */
  advanceTo(moment: number): void {
    this.local.clock.advanceTo(moment);
  }

  /** What the event bus took, oldest first. */
  events(): readonly BusEvent[] {
    const file = join(this.#data, 'events.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  }

  /** Lets that many seconds pass for the functions, the emulated services and the signatures of administrators. */
  pass(seconds: number): void {
    this.local.clock.shift(this.#ahead() + seconds);
  }

  /** Seconds that the clock is ahead of the machine's. */
  #ahead(): number {
    return Math.round((this.local.clock.now() - Date.now()) / 1000);
  }

  /** The time of the cloud, in seconds since 1970. */
  seconds(): number {
    return Math.floor(this.local.clock.now() / 1000);
  }

  call(request: ApiRequest): Promise<ApiAnswer> {
    return callApi(this.local, { signingDate: new Date(this.local.clock.now()), ...request });
  }

  /** Runs the sweeper once, as its schedule does. */
  sweep(): Promise<unknown> {
    return this.local.invoke('sweep-reservations', {});
  }

  /** As the administrator, with all of the managed policies. */
  admin(
    method: string,
    path: string,
    body?: unknown,
    credentials: Credentials = this.local.admin,
  ): Promise<ApiAnswer> {
    return this.call({ method, path, credentials, ...(body === undefined ? {} : { body }) });
  }

  /** The secret form of a new token. */
  async token(changes: object = {}): Promise<string> {
    const body = { profile: 'agent', names: { commonName: 'host-*' }, ...changes };
    const answer = await this.admin('POST', '/v1/tokens', body);
    if (answer.status !== 201) throw new Error(`no token: ${answer.status} ${answer.text}`);
    return textAt(answer.json, 'token');
  }

  enroll(token: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return this.call({
      method: 'POST',
      path: '/v1/enroll',
      headers: { authorization: `Bearer ${token}`, ...headers },
      body,
    });
  }

  /** Uses of the token that are counted. */
  async uses(token: string): Promise<number> {
    return numberAt((await this.admin('GET', `/v1/tokens/${idOf(token)}`)).json, 'uses');
  }

  /** All certificate records, over all pages. */
  async certificates(query: Readonly<Record<string, string>> = {}): Promise<readonly CertificateItem[]> {
    const items: CertificateItem[] = [];
    let cursor: string | null = null;
    do {
      const parameters = new URLSearchParams({
        ...query,
        limit: '100',
        ...(cursor === null ? {} : { cursor }),
      });
      parameters.sort();
      const page = await this.admin('GET', `/v1/certificates?${parameters}`);
      if (page.status !== 200) throw new Error(`no listing: ${page.status} ${page.text}`);
      items.push(...(listAt(page.json, 'items') as readonly CertificateItem[]));
      cursor = at(page.json, 'cursor') as string | null;
    } while (cursor !== null);
    return items;
  }
}

const AS_USUAL = {
  assembly: ASSEMBLY,
  port: 0,
  keyMaterial: KEY_MATERIAL,
  schedules: false,
  streams: false,
  log: () => {},
} as const;

/** Whether the deployment is that of most tests, in a new directory. */
function isAsUsual(
  { assembly, fresh, httpPort, keyMaterial }: Parameters<typeof TestCloud.start>[0] & object,
  data: string,
): boolean {
  const own = [assembly, fresh, httpPort, keyMaterial, process.env['AWS_ENDPOINT_URL_DYNAMODB']];
  return own.every((one) => one === undefined) && !(existsSync(data) && readdirSync(data).length > 0);
}

async function deploy(data: string, httpPort: number): Promise<void> {
  const local = await startLocalCloud({ ...AS_USUAL, data, httpPort });
  await local.stop();
}

/** The certificate records of the one table, from its items in DynamoDB's JSON. */
function recordsIn(database: DatabaseSync): readonly CertificateItem[] {
  const tables =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'fleetseal-%' AND name NOT LIKE '%::%'";
  return database
    .prepare(tables)
    .all()
    .flatMap(({ name }) =>
      database
        .prepare(`SELECT item_json FROM "${name}" WHERE pk LIKE 'S:CERT#%'`)
        .all()
        .map(({ item_json: json }) => JSON.parse(String(json)))
        .map((item) => ({
          serialNumber: textAt(item, 'serialNumber.S'),
          name: textAt(item, 'name.S'),
          state: textAt(item, 'state.S'),
        })),
    );
}

/** An event as targets of the bus see it. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly time: string;
  readonly bus: string;
  readonly detail: { readonly id: string } & Readonly<Record<string, unknown>>;
}

export interface CertificateItem {
  readonly serialNumber: string;
  readonly name: string;
  readonly state: string;
}

/** The id in `fst_<id>_<secret>`. */
export function idOf(token: string): string {
  return token.split('_')[1] ?? '';
}

/** The body of an enrollment with a new P-256 key, under a name of its own unless given. */
export function enrollment(changes: { readonly name?: string } & Readonly<Record<string, unknown>> = {}) {
  const name = changes.name ?? `host-${randomBytes(6).toString('hex')}`;
  return { csr: makeCsr({ kind: 'p256' }).pem, ...changes, name };
}
