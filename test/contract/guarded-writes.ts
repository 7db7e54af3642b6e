import type {
  Delete,
  DeleteItemCommandInput,
  DynamoDBClient,
  Put,
  PutItemCommandInput,
  TransactWriteItemsCommandInput,
  Update,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

type Write = Put | Update | Delete | PutItemCommandInput | UpdateItemCommandInput | DeleteItemCommandInput;

/**
 * Writes without a condition of their own, covered by that of the record or name in the same transaction: giving a use
 * back, deleting an OCSP response, a block, or what a renewal wrote beside its record.
 */
const COVERED = { Update: /^USE#/, Delete: /^(OCSP#|BLOCK$|RESERVATION#\w+#\w$)/ };

/** Changes to what a record says of its successor, in whatever state: that successor must be the one that is meant. */
const OF_SUCCESSOR = ['SET #successorConfirmedAt = :at', 'REMOVE #successor, #successorKey'];

/** Keeps the block that is there. */
const FIRST_STAYS = 'SET #block = if_not_exists(#block, :block)';

/**
 * What is wrong with a request to DynamoDB: a write that a condition does not guard, or one to a certificate record that
 * neither asks for a new one nor for the state or the successor that it changes, so that it could overwrite what is issued.
 */
export function unguardedWrites(command: string, input: object): readonly string[] {
  return writesOf(command, input).flatMap((write) => {
    const key = ('Item' in write ? write.Item : 'Key' in write ? write.Key : undefined)?.['pk']?.S ?? '';
    const condition = write.ConditionExpression ?? '';
    if (key.startsWith('CERT#'))
      return isOfSuccessor(write) ||
        /attribute_not_exists\(#pk\)|#state = :|attribute_exists\(#state\)/.test(condition)
        ? onlyAttempts(write, condition)
        : [`${command} of ${key} asks for no state`];
    if (key.startsWith('DEPLOYMENT#'))
      return checksOf(input).includes(`${key.replace('DEPLOYMENT#', 'CERT#')}: #state = :issued`)
        ? []
        : [`${command} of ${key} does not check its record`];
    return condition === '' && !isCovered(write, key) ? [`${command} of ${key} has no condition`] : [];
  });
}

function isOfSuccessor(write: Write): boolean {
  const change = 'UpdateExpression' in write ? (write.UpdateExpression ?? '') : '';
  return (
    (write.ConditionExpression ?? '').startsWith('#successor = :successor') && OF_SUCCESSOR.includes(change)
  );
}

function isCovered(write: Write, key: string): boolean {
  if ('Item' in write) return false;
  if (!('UpdateExpression' in write)) return COVERED.Delete.test(key);
  return write.UpdateExpression === FIRST_STAYS || COVERED.Update.test(key);
}

/** A write to a record in whatever state may note attempts, and nothing else. */
function onlyAttempts(write: Write, condition: string): readonly string[] {
  const anyState = condition === 'attribute_exists(#state)';
  const change = 'UpdateExpression' in write ? write.UpdateExpression : undefined;
  return anyState && change !== 'ADD #attempts :attempts' ? [`in any state: ${change}`] : [];
}

/** What a transaction only looks at: `CERT#1: #state = :issued`. */
function checksOf(input: object): readonly string[] {
  return ((input as Partial<TransactWriteItemsCommandInput>).TransactItems ?? []).map(
    ({ ConditionCheck }) => `${ConditionCheck?.Key?.['pk']?.S}: ${ConditionCheck?.ConditionExpression}`,
  );
}

function writesOf(command: string, input: object): readonly Write[] {
  if (command === 'TransactWriteItemsCommand')
    return ((input as TransactWriteItemsCommandInput).TransactItems ?? []).flatMap(
      ({ Put, Update, Delete }) => Put ?? Update ?? Delete ?? [],
    );
  return /^(Put|Update|Delete)ItemCommand$/.test(command) ? [input as Write] : [];
}

/** Has a client refuse what {@link unguardedWrites} finds: whatever suite runs on it shows that there is none. */
export function refuseUnguardedWrites(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const [first] = unguardedWrites(String(commandName), args.input);
        if (first !== undefined) throw new Error(`unguarded: ${first}`);
        return next(args);
      },
    { step: 'initialize', name: 'refuseUnguardedWrites', override: true },
  );
}
