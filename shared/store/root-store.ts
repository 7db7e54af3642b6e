import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import type { Root } from '../domain/authority.ts';
import { AppError } from '../errors/app-error.ts';
import type { RootStore, RootTransition } from '../rotation/ports.ts';
import { root, rootItem } from './authority-item.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { names, values } from './expression.ts';
import { rootKey } from './keys.ts';
import { readAuthority } from './read-authority.ts';
import { transact } from './transact.ts';
import { updateItem } from './update-item.ts';

/** The life of roots in DynamoDB, on their items. */
export function dynamoRootStore(options: StoreOptions): RootStore {
  const context = storeContext(options);
  return {
    reserveNextRoot: (next) => reserveNextRoot(context, next),
    reserveCross: async (id, cross) => {
      const there = await update(context, id, {
        UpdateExpression: 'SET #cross = :cross',
        ConditionExpression: '#state = :issued AND attribute_not_exists(#cross)',
        ExpressionAttributeNames: names('state', 'cross'),
        ExpressionAttributeValues: values({ cross, issued: 'ISSUED' }),
      });
      if (there.cross === undefined) throw new AppError('internal', `${id} is ${there.state}, not ISSUED`);
      return there.cross;
    },
    commitCross: (id, certificate, change) =>
      update(context, id, {
        UpdateExpression: `SET #cross.#certificate = :certificate, ${CHANGE}`,
        ConditionExpression: '#state = :from AND attribute_exists(#cross)',
        ExpressionAttributeNames: names('state', 'changes', 'cross', 'certificate'),
        ExpressionAttributeValues: values({ certificate, ...changed({ id, from: 'ISSUED', change }) }),
      }),
    acknowledge: (id, acknowledgement) =>
      update(context, id, {
        UpdateExpression: 'SET #acknowledgement = :acknowledgement',
        ConditionExpression: '#state = :trusted',
        ExpressionAttributeNames: names('state', 'acknowledgement'),
        ExpressionAttributeValues: values({ acknowledgement, trusted: 'TRUSTED' }),
      }),
    changeRoots: (transitions) => changeRoots(context, transitions),
    noteBundle: (id, sha256) =>
      update(context, id, {
        UpdateExpression: 'ADD #bundles :bundles',
        ConditionExpression: 'attribute_exists(#state)',
        ExpressionAttributeNames: names('state', 'bundles'),
        ExpressionAttributeValues: { ':bundles': { SS: [sha256] } },
      }),
    noteAdoption: (id, adoption) =>
      update(context, id, {
        UpdateExpression: 'SET #adoption = :adoption',
        ConditionExpression: 'attribute_exists(#state)',
        ExpressionAttributeNames: names('state', 'adoption'),
        ExpressionAttributeValues: values({ adoption }),
      }),
  };
}

/** The item of the predecessor names the root, so that of two which are reserved at the same time one is refused. */
async function reserveNextRoot(
  context: StoreContext,
  next: Parameters<RootStore['reserveNextRoot']>[0],
): Promise<Root | undefined> {
  const { tableName: TableName } = context;
  const refusal = await transact(context, [
    {
      Put: {
        TableName,
        Item: rootItem(next),
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
    {
      Update: {
        TableName,
        Key: rootKey(next.predecessorId),
        UpdateExpression: 'SET #successorId = :id',
        ConditionExpression:
          'attribute_exists(#state) AND (attribute_not_exists(#successorId) OR #successorId = :id)',
        ExpressionAttributeNames: names('state', 'successorId'),
        ExpressionAttributeValues: values({ id: next.id }),
      },
    },
  ]);
  if (refusal === undefined) return next;
  const there = refusal[0]?.item;
  return there && root(there);
}

/** The root as it is then, changed or not. */
async function update(
  context: StoreContext,
  id: string,
  change: Omit<Parameters<typeof updateItem>[1], 'Key'>,
): Promise<Root> {
  const { item } = await updateItem(context, { Key: rootKey(id), ...change });
  if (item === undefined) throw new AppError('internal', `${id} is not recorded; reserve it first`);
  return root(item);
}

const CHANGE = '#state = :to, #changes = list_append(if_not_exists(#changes, :none), :change)';

function changed({ from, change }: RootTransition) {
  return { from, to: change.to, none: [], change: [change] };
}

async function changeRoots(
  context: StoreContext,
  transitions: readonly RootTransition[],
): Promise<readonly Root[] | undefined> {
  const updates = transitions.map(
    (transition): TransactWriteItem => ({
      Update: {
        TableName: context.tableName,
        Key: rootKey(transition.id),
        UpdateExpression: `SET ${CHANGE}`,
        ConditionExpression: '#state = :from',
        ExpressionAttributeNames: names('state', 'changes'),
        ExpressionAttributeValues: values(changed(transition)),
      },
    }),
  );
  const refusal = await transact(context, updates);
  return refusal === undefined ? (await readAuthority(context)).roots : undefined;
}
