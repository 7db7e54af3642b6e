import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { DraftedIssuer, Issuer, IssuerChange, IssuerRevocation } from '../domain/authority.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { AppError } from '../errors/app-error.ts';
import type { IssuerTransition } from '../issuance/ports.ts';
import { issuer } from './authority-item.ts';
import type { StoreContext } from './context.ts';
import { names, values } from './expression.ts';
import { issuerKey, ocspKey } from './keys.ts';
import { transact } from './transact.ts';
import { updateItem } from './update-item.ts';

/** PENDING becomes READY with its certificate. Returns the issuer that is there then. */
export async function commitIssuer(
  context: StoreContext,
  id: string,
  certificate: Uint8Array,
  change: IssuerChange,
): Promise<Issuer> {
  const { item } = await updateItem(context, changing({ id, from: 'PENDING', change }, { certificate }));
  if (item === undefined) throw new AppError('internal', `${id} is not recorded; reserve it first`);
  return issuer(item);
}

/** One transaction; authorities have at most 60 issuers, and a transaction takes 100 items. */
export async function changeIssuers(
  context: StoreContext,
  transitions: readonly IssuerTransition[],
  unchanged: readonly Pick<Issuer, 'id' | 'state'>[] = [],
): Promise<'changed' | 'refused'> {
  const { tableName: TableName } = context;
  const updates = transitions.map(
    (transition): TransactWriteItem => ({
      Update: { TableName, ...changing(transition, transition.set) },
    }),
  );
  const checks = unchanged.map(
    ({ id, state }): TransactWriteItem => ({
      ConditionCheck: {
        TableName,
        Key: issuerKey(id),
        ConditionExpression: '#state = :state',
        ExpressionAttributeNames: names('state'),
        ExpressionAttributeValues: values({ state }),
      },
    }),
  );
  return (await transact(context, [...updates, ...checks])) === undefined ? 'changed' : 'refused';
}

/** An earlier deadline stays. */
const EARLIER = '(attribute_not_exists(#revokeAt) OR #revokeAt > :revokeAt)';

/** The update of an issuer that is still in the state that it leaves. */
function changing(
  { id, from, change }: Omit<IssuerTransition, 'set'>,
  more: IssuerTransition['set'] & Partial<Pick<Issuer, 'certificate'>> = {},
) {
  const set = Object.keys(more).map((attribute) => `, #${attribute} = :${attribute}`);
  return {
    Key: issuerKey(id),
    UpdateExpression: `SET #state = :to, #changes = list_append(if_not_exists(#changes, :none), :change)${set.join('')}`,
    ConditionExpression: ['#state = :from', ...(more.revokeAt === undefined ? [] : [EARLIER])].join(' AND '),
    ExpressionAttributeNames: names('state', 'changes', ...Object.keys(more)),
    ExpressionAttributeValues: values({ ...more, from, to: change.to, none: [], change: [change] }),
  };
}

/** In one transaction with the deletion of the stored OCSP response, which ends its lease too. */
export async function revokeIssuer(
  context: StoreContext,
  { id, serialNumber }: Pick<DraftedIssuer, 'id' | 'serialNumber'>,
  revocation: IssuerRevocation,
): Promise<boolean> {
  const { tableName: TableName } = context;
  const update = {
    TableName,
    Key: issuerKey(id),
    UpdateExpression: 'SET #revocation = :revocation',
    ConditionExpression: '#state = :compromised AND attribute_not_exists(#revocation)',
    ExpressionAttributeNames: names('state', 'revocation'),
    ExpressionAttributeValues: values({ compromised: 'COMPROMISED', revocation }),
  };
  const response = { TableName, Key: ocspKey(serialNumber as SerialNumber) };
  return (await transact(context, [{ Update: update }, { Delete: response }])) === undefined;
}
