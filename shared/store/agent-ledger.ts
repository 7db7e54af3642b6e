import type { AgentLedger } from '../revocation/ports.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { putEvent } from './history.ts';
import { dynamoRevocationLedger } from './revoke.ts';
import { transact } from './transact.ts';

/** The agents of revoked certificates in DynamoDB. */
export function dynamoAgentLedger(options: StoreOptions): AgentLedger {
  const context = storeContext(options);
  const { certificate, history } = dynamoRevocationLedger(options);
  return {
    certificate,
    history,
    note: async (serialNumber, event) => {
      // Refused where the event is there.
      await transact(context, [{ Put: putEvent(context, serialNumber, event) }]);
    },
  };
}
