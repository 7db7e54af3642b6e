import { TABLE_KEY } from '../config/table.ts';
import { names, values } from './expression.ts';

/** The condition that the item is still in this state, or does not exist. */
export function stillIn(state: string | undefined) {
  if (state === undefined)
    return {
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    };
  return {
    ConditionExpression: '#state = :state',
    ExpressionAttributeNames: names('state'),
    ExpressionAttributeValues: values({ state }),
  };
}
