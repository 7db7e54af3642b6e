import { randomUUID } from 'node:crypto';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LocalStacks } from '../cloudformation/stacks.ts';
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

/** A custom resource of the template, and what it was before this start. */
interface Change {
  readonly key: string;
  readonly resource: Resolved;
  readonly target: LocalFunction;
  readonly properties: Properties;
  readonly before: Kept | undefined;
}

/**
 * Creates or updates the custom resources of the template, each with its function. Unchanged ones are left alone. If one
 * fails, those of an earlier start are updated back, as CloudFormation rolls back.
 *
 * @param file keeps what the functions returned, for the next start.
 */
export async function createCustom(
  template: Template,
  functions: ReadonlyMap<string, LocalFunction>,
  stacks: LocalStacks,
  file: string,
): Promise<void> {
  const kept = await readState<Record<string, Kept>>(file, {});
  const isUpdate = Object.keys(kept).length > 0;
  const changes: Change[] = [];
  try {
    for (const custom of template.custom) {
      const change = changeOf(template.resolve(custom), functions, kept);
      refuseOtherFunction(change);
      if (!isUnchanged(change)) changes.push(change);
      const made = await createOrUpdate(change, stacks);
      kept[change.key] = made;
      await writeState(file, kept);
      template.answered(custom, { ref: made.physicalResourceId, attributes: made.data });
    }
  } catch (error) {
    if (isUpdate) await rollBack(changes, stacks, { file, kept });
    throw error;
  }
  stacks.status = 'UPDATE_COMPLETE';
}

function changeOf(
  resource: Resolved,
  functions: ReadonlyMap<string, LocalFunction>,
  kept: Readonly<Record<string, Kept>>,
): Change {
  const target = functions.get(String(resource.properties['ServiceToken']));
  if (target === undefined)
    throw new Error(`${resource.logicalId}: its ServiceToken is not the ARN of a function of the template`);
  const key = `${resource.stack}/${resource.logicalId}`;
  const properties = asStrings(resource.properties) as Properties;
  return { key, resource, target, properties, before: kept[key] };
}

function isUnchanged({ before, properties }: Change): boolean {
  return before !== undefined && isDeepStrictEqual(before.properties, properties);
}

/** Neither function is asked, so there is nothing to roll back. */
function refuseOtherFunction({ resource, properties, before }: Change): void {
  if (before !== undefined && before.properties['ServiceToken'] !== properties['ServiceToken'])
    throw new Error(
      `${resource.stack}/${resource.logicalId} (${resource.type}): ServiceToken never changes once the resource is created: CloudFormation refuses with "Modifying service token is not allowed"`,
    );
}

async function createOrUpdate(change: Change, stacks: LocalStacks): Promise<Kept> {
  const { resource, properties, before } = change;
  if (before !== undefined && isUnchanged(change)) return before;
  const answer = await request(change, stacks, {
    RequestType: before === undefined ? 'Create' : 'Update',
    ResourceProperties: properties,
    ...(before && {
      PhysicalResourceId: before.physicalResourceId,
      OldResourceProperties: before.properties,
    }),
  });
  const { Status, Reason, PhysicalResourceId, Data } = answer;
  if (Status !== 'SUCCESS' || PhysicalResourceId === undefined) {
    const change = before === undefined ? 'created' : 'updated';
    throw new Error(
      `${resource.logicalId} (${resource.type}) cannot be ${change}: ${Reason ?? 'no reason given'}`,
    );
  }
  return { physicalResourceId: PhysicalResourceId, properties, data: Data ?? {} };
}

/** Updates what was there before this start back, and deletes what it created. */
async function rollBack(
  changes: readonly Change[],
  stacks: LocalStacks,
  { file, kept }: { readonly file: string; readonly kept: Record<string, Kept> },
): Promise<void> {
  stacks.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  for (const change of changes) {
    const { key, properties, before, resource } = change;
    const PhysicalResourceId = (before ?? kept[key])?.physicalResourceId ?? key;
    const { Status, Reason } = await request(change, stacks, {
      PhysicalResourceId,
      ...(before === undefined
        ? { RequestType: 'Delete', ResourceProperties: properties }
        : {
            RequestType: 'Update',
            ResourceProperties: before.properties,
            OldResourceProperties: properties,
          }),
    });
    if (Status !== 'SUCCESS')
      throw new Error(
        `${resource.logicalId} (${resource.type}) cannot be rolled back: ${Reason ?? 'no reason given'}`,
      );
    if (before === undefined) delete kept[key];
    else kept[key] = before;
    await writeState(file, kept);
  }
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
  { resource: { stack, logicalId, type, properties }, target }: Change,
  stacks: LocalStacks,
  members: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const answered = Promise.withResolvers<Answer>();
  const listener = await listen(async (message, response) => {
    answered.resolve((await json(message)) as Answer);
    response.writeHead(200).end();
  });
  const RequestId = randomUUID();
  const event = {
    ServiceToken: properties['ServiceToken'],
    ResponseURL: `http://127.0.0.1:${listener.port}/${RequestId}`,
    StackId: stacks.idOf(stack),
    RequestId,
    LogicalResourceId: logicalId,
    ResourceType: type,
    ...members,
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
