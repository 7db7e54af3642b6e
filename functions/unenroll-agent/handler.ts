import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { AGENTS_NOT_UNENROLLED } from '../../shared/config/metrics.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import { secretApiKey, secretsClient } from '../../shared/kibana/api-key.ts';
import { kibanaFleetAgents } from '../../shared/kibana/fleet-agents.ts';
import { createLog } from '../../shared/observability/log.ts';
import { measured, metrics } from '../../shared/observability/measurement.ts';
import { isUnenrollmentDue, unenrollAgent } from '../../shared/revocation/unenroll-agent.ts';
import { activeRegionElsewhere } from '../../shared/store/active-region.ts';
import { dynamoAgentLedger } from '../../shared/store/agent-ledger.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { type ManualEvent, revokedIn } from './request.ts';

const environment = readEnvironment(['TABLE_NAME', 'KIBANA_URL', 'API_KEY_SECRET_ARN']);
const log = createLog('unenroll-agent');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const deps = {
  ledger: dynamoAgentLedger(table),
  fleet: kibanaFleetAgents({
    url: environment.KIBANA_URL,
    apiKey: secretApiKey(secretsClient(), environment.API_KEY_SECRET_ARN),
  }),
  clock: systemClock,
};

/** The longest that one agent may take: two calls of Kibana, each tried four times. */
const LONGEST_MILLISECONDS = 150_000;

/**
 * Reads the queue of the events `certificate.revoked`: unenrolls the agents of revoked certificates, one after the other.
 * An operator may invoke it with `{ "serialNumbers": [...] }`. In the passive one of two Regions it leaves in the queue what
 * the other one has not dealt with, so that nothing is lost when the work moves.
 *
 * @returns what Lambda has to leave in the queue (its developer guide, "Using Lambda with Amazon SQS").
 * @throws Error where one that an operator named failed, after all others were dealt with.
 */
export async function handler(
  event: SQSEvent | ManualEvent,
  context: { getRemainingTimeInMillis(): number },
): Promise<SQSBatchResponse> {
  const failed: string[] = [];
  const isPassive = (await activeRegionElsewhere(table)) !== undefined;
  const deal = isPassive ? isDealtWith : unenroll;
  for (const { id, serialNumber } of revokedIn(event)) {
    const late = context.getRemainingTimeInMillis() < LONGEST_MILLISECONDS;
    if (late || !(await deal(serialNumber))) failed.push(id);
  }
  if (failed.length > 0 && !('Records' in event))
    throw new Error(`${failed.length} agents could not be unenrolled`);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Whether the other Region has. */
async function isDealtWith(serialNumber: SerialNumber | undefined): Promise<boolean> {
  return serialNumber !== undefined && !(await isUnenrollmentDue(deps.ledger, serialNumber));
}

/** Logs how it ended. @returns false where it has to be tried again. */
async function unenroll(serialNumber: SerialNumber | undefined): Promise<boolean> {
  try {
    if (serialNumber === undefined) throw new Error('there is no serial number in the event');
    const ended = await unenrollAgent(deps, serialNumber);
    if (ended.outcome === 'unenrolled')
      log.info('agent unenrolled', { serialNumber, agentId: ended.agentId });
    if (ended.outcome === 'kept')
      log.warn(
        'agent not unenrolled',
        { serialNumber, reason: ended.reason },
        metrics(measured(AGENTS_NOT_UNENROLLED, 1)),
      );
    return true;
  } catch (error) {
    log.error('agent not unenrolled, to be tried again', { serialNumber, error });
    return false;
  }
}
