import { randomUUID } from 'node:crypto';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { listen } from '../service/listener.ts';
import { readState, writeState } from '../template/state-file.ts';
import type { Resolved, Template } from '../template/template.ts';
import type { InvocationResult } from './instance.ts';
import type { LocalFunction } from './lambda.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What is kept of a custom resource between starts. */
interface Kept {
  readonly physicalResourceId: string;
  readonly properties: Properties;
  readonly data: Readonly<Record<string, string>>;
}

/**
 * Creates or updates the custom resources of the template, each with its function. Unchanged ones are left alone.
 *
 * @param file keeps what the functions returned, for the next start.
 */
export async function createCustom(
  template: Template,
  functions: ReadonlyMap<string, LocalFunction>,
  file: string,
): Promise<void> {
  const kept = await readState<Record<string, Kept>>(file, {});
  for (const custom of template.custom) {
    const resource = template.resolve(custom);
    const target = functions.get(String(resource.properties['ServiceToken']));
    if (target === undefined)
      throw new Error(`${custom.logicalId}: its ServiceToken is not the ARN of a function of the template`);
    const key = `${resource.stack}/${resource.logicalId}`;
    const made = await createOrUpdate(resource, target, kept[key]);
    kept[key] = made;
    await writeState(file, kept);
    template.answered(custom, { ref: made.physicalResourceId, attributes: made.data });
  }
}

async function createOrUpdate(resource: Resolved, target: LocalFunction, before?: Kept): Promise<Kept> {
  const properties = asStrings(resource.properties) as Properties;
  if (before !== undefined && isDeepStrictEqual(before.properties, properties)) return before;
  if (before !== undefined && before.properties['ServiceToken'] !== properties['ServiceToken'])
    throw new Error(
      `${resource.stack}/${resource.logicalId} (${resource.type}): ServiceToken never changes once the resource is created: CloudFormation refuses with "Modifying service token is not allowed"`,
    );
  const { Status, Reason, PhysicalResourceId, Data } = await request(resource, target, properties, before);
  if (Status !== 'SUCCESS' || PhysicalResourceId === undefined) {
    const change = before === undefined ? 'created' : 'updated';
    throw new Error(
      `${resource.logicalId} (${resource.type}) cannot be ${change}: ${Reason ?? 'no reason given'}`,
    );
  }
  return { physicalResourceId: PhysicalResourceId, properties, data: Data ?? {} };
}

/** CloudFormation passes all values as strings. */
function asStrings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asStrings);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asStrings(item)]));
  return String(value);
}

/** What the function puts to the URL of its event. */
interface Answer {
  readonly Status?: string;
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly Data?: Record<string, string>;
}

/** Invokes the function with an event of CloudFormation (its user guide, "Custom resource request objects"). */
async function request(
  { stack, logicalId, type, properties: { ServiceToken } }: Resolved,
  target: LocalFunction,
  ResourceProperties: Properties,
  before?: Kept,
): Promise<Answer> {
  const answered = Promise.withResolvers<Answer>();
  const listener = await listen(async (message, response) => {
    answered.resolve((await json(message)) as Answer);
    response.writeHead(200).end();
  });
  const RequestId = randomUUID();
  const event = {
    RequestType: before === undefined ? 'Create' : 'Update',
    ServiceToken,
    ResponseURL: `http://127.0.0.1:${listener.port}/${RequestId}`,
    StackId: `arn:aws:cloudformation:local:000000000000:stack/${stack}/local`,
    RequestId,
    LogicalResourceId: logicalId,
    ResourceType: type,
    ResourceProperties,
    ...(before && {
      PhysicalResourceId: before.physicalResourceId,
      OldResourceProperties: before.properties,
    }),
  };
  try {
    return await Promise.race([answered.promise, failureOf(target.invoke(event))]);
  } finally {
    await listener.close();
  }
}

/** Resolves when the function has failed, or has ended and sent nothing for 5 s. */
async function failureOf(invocation: Promise<InvocationResult>): Promise<Answer> {
  const { failed, payload } = await invocation;
  if (failed) return { Status: 'FAILED', Reason: `its function failed: ${payload}` };
  return wait(5000, { Status: 'FAILED', Reason: 'its function ended without an answer' }, { ref: false });
}
