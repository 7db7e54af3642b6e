import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { Ceremony } from '../domain/ceremony.ts';
import type { CeremonyLog } from '../issuance/ports.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, names, toItem, values } from './expression.ts';
import { ceremonyKey } from './keys.ts';
import { putNew } from './put-new.ts';
import { queryOnce } from './query-items.ts';
import { updateItem } from './update-item.ts';

/** The uses of the roots' keys in DynamoDB: one partition, by time; nothing leaves it. */
export function dynamoCeremonyLog(options: StoreOptions): CeremonyLog {
  const context = storeContext(options);
  return {
    begin: async (ceremony) => {
      await putNew(context, { ...ceremonyKey(ceremony), ...toItem(ceremony) });
    },
    end: async (ceremony, outcome, kmsRequestIds) => {
      await updateItem(context, {
        Key: ceremonyKey(ceremony),
        UpdateExpression:
          'SET #outcome = :outcome, #kmsRequestIds = list_append(if_not_exists(#kmsRequestIds, :none), :kmsRequestIds)',
        ConditionExpression: 'attribute_exists(#keyArn)',
        ExpressionAttributeNames: names('outcome', 'kmsRequestIds', 'keyArn'),
        ExpressionAttributeValues: values({ outcome, kmsRequestIds: [...kmsRequestIds], none: [] }),
      });
    },
    lastCeremonies: async (count) => {
      const { items } = await queryOnce(context, {
        KeyConditionExpression: '#pk = :ceremony',
        ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
        ExpressionAttributeValues: values({ ceremony: PARTITIONS.ceremony }),
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: count,
      });
      return items.map(ceremony);
    },
  };
}

/** Without the item's key. */
function ceremony(item: Item): Ceremony {
  const { [TABLE_KEY.partition]: _pk, [TABLE_KEY.sort]: _sk, ...rest } = item;
  return fromItem<Ceremony>(rest);
}
