import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { listen, readBody } from '../service/listener.ts';
import type { Physical } from '../template/physical.ts';
import type { Resolved, Template } from '../template/template.ts';
import type { LocalFunction } from './lambda.ts';

/** What is kept of a custom resource between starts. */
interface Kept {
  readonly physicalResourceId: string;
  readonly properties: unknown;
  readonly data: Readonly<Record<string, string>>;
}

/** Creates or updates the custom resources of the template, each with its function. @param file keeps what was answered, for the next start. */
export async function createCustom(
  template: Template,
  functions: ReadonlyMap<string, LocalFunction>,
  file: string,
): Promise<void> {
  const create = createCustomResources(file);
  for (const custom of template.custom) {
    const resource = template.resolve(custom);
    const target = functions.get(String(resource.properties['ServiceToken']));
    if (target === undefined)
      throw new Error(`${custom.logicalId}: its ServiceToken is no function of the template`);
    template.answered(custom, await create(resource, target));
  }
}

/**
 * Creates or updates custom resources as CloudFormation does (its user guide, "Custom resource request objects"): the
 * function gets an event and puts its answer to a URL. A resource whose properties are what they were is left alone.
 */
function createCustomResources(file: string) {
  return async (resource: Resolved, target: LocalFunction): Promise<Physical> => {
    const all = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Record<string, Kept>;
    const key = `${resource.stack}/${resource.logicalId}`;
    const properties = asStrings(resource.properties);
    const before = all[key];
    if (before !== undefined && JSON.stringify(before.properties) === JSON.stringify(properties))
      return physicalOf(before);
    if (before !== undefined && tokenOf(before.properties) !== tokenOf(properties))
      throw new Error(
        `${key} (${resource.type}): ServiceToken never changes once the resource is made: CloudFormation answers "Modifying service token is not allowed"`,
      );
    const kept = await request(resource, target, properties, before);
    await writeFile(`${file}.tmp`, JSON.stringify({ ...all, [key]: kept }, undefined, 2), { mode: 0o600 });
    await rename(`${file}.tmp`, file);
    return physicalOf(kept);
  };
}

function tokenOf(properties: unknown): unknown {
  return (properties as Readonly<Record<string, unknown>>)['ServiceToken'];
}

function physicalOf({ physicalResourceId, data }: Kept): Physical {
  return { ref: physicalResourceId, attributes: data };
}

/** CloudFormation hands all values over as strings. */
function asStrings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asStrings);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asStrings(item)]));
  return String(value);
}

interface Answer {
  readonly Status?: string;
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly Data?: Record<string, string>;
}

async function request(
  resource: Resolved,
  target: LocalFunction,
  properties: unknown,
  before?: Kept,
): Promise<Kept> {
  let received: (answer: Answer) => void;
  const answered = new Promise<Answer>((resolve) => {
    received = resolve;
  });
  const listener = await listen(async (message, response) => {
    received(JSON.parse(String(await readBody(message, 4096 * 4))) as Answer);
    response.writeHead(200).end();
  });
  try {
    const RequestId = randomUUID();
    const event = {
      RequestType: before === undefined ? 'Create' : 'Update',
      ServiceToken: resource.properties['ServiceToken'],
      ResponseURL: `http://127.0.0.1:${listener.port}/${RequestId}`,
      StackId: `arn:aws:cloudformation:local:000000000000:stack/${resource.stack}/local`,
      RequestId,
      LogicalResourceId: resource.logicalId,
      ResourceType: resource.type,
      ResourceProperties: properties,
      ...(before === undefined
        ? {}
        : { PhysicalResourceId: before.physicalResourceId, OldResourceProperties: before.properties }),
    };
    const failure = target.invoke(event).then((result): Answer | Promise<Answer> => {
      if (result.failed) return { Status: 'FAILED', Reason: `its function failed: ${result.payload}` };
      // A function answers before it returns; one that returns without an answer never will.
      return new Promise((resolve) =>
        setTimeout(resolve, 5000, {
          Status: 'FAILED',
          Reason: 'its function ended without an answer',
        }).unref(),
      );
    });
    const { Status, Reason, PhysicalResourceId, Data = {} } = await Promise.race([answered, failure]);
    if (Status !== 'SUCCESS' || PhysicalResourceId === undefined)
      throw new Error(
        `${resource.logicalId} (${resource.type}) cannot be created: ${Reason ?? 'no reason given'}`,
      );
    return { physicalResourceId: PhysicalResourceId, properties, data: Data };
  } finally {
    await listener.close();
  }
}
