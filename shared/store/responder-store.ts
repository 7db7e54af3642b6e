import { TABLE_KEY } from '../config/table.ts';
import type { Responder } from '../domain/responder.ts';
import type { Validity } from '../domain/validity.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { ResponderStore } from '../revocation/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, toItem, values } from './expression.ts';
import { responderKey, responderPartition } from './keys.ts';
import { advance, putNew } from './put-new.ts';
import { queryOnce } from './query-items.ts';

/** The certificates of OCSP responders in DynamoDB: one partition for each CA. */
export function dynamoResponderStore(options: StoreOptions): ResponderStore {
  const context = storeContext(options);
  return {
    responders: (caId) => responders(context, caId),
    reserveResponder: async (wanted) => responder(await putNew(context, responderItem(wanted))),
    commitResponder: async ({ caId, sequence }, certificate) =>
      responder(await advance(context, responderKey(caId, sequence), ['RESERVED', 'ISSUED'], certificate)),
  };
}

/** The newest, and enough of those before it: whichever is in use is among them. */
const LAST = 3;

async function responders(context: StoreContext, caId: string): Promise<readonly Responder[]> {
  const { items } = await queryOnce(context, {
    KeyConditionExpression: '#pk = :partition',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ExpressionAttributeValues: values({ partition: responderPartition(caId) }),
    ConsistentRead: true,
    ScanIndexForward: false,
    Limit: LAST,
  });
  return items.map(responder);
}

function responderItem({ validity, ...rest }: Responder): Item {
  return { ...responderKey(rest.caId, rest.sequence), ...toItem({ ...rest, ...validity }) };
}

function responder(item: Item): Responder {
  const stored = fromItem<Omit<Responder, 'validity'> & Validity>(item);
  return withoutUndefined({
    caId: stored.caId,
    sequence: stored.sequence,
    state: stored.state,
    serialNumber: stored.serialNumber,
    validity: { notBefore: stored.notBefore, notAfter: stored.notAfter },
    publicKey: stored.publicKey,
    keySpec: stored.keySpec,
    caHashes: stored.caHashes,
    tbsSha256: stored.tbsSha256,
    createdAt: stored.createdAt,
    certificate: stored.certificate,
  });
}
