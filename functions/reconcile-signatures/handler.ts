import { listOf, readEnvironment } from '../../shared/config/environment.ts';
import {
  RECONCILIATION_BEHIND_SECONDS,
  ROOT_SIGNATURES_UNEXPLAINED,
  SIGNATURES_UNEXPLAINED,
} from '../../shared/config/metrics.ts';
import { systemClock, toRfc3339 } from '../../shared/domain/instant.ts';
import { keyArnIn } from '../../shared/domain/key-arn.ts';
import type { Slot } from '../../shared/domain/slot.ts';
import { signatureRecords } from '../../shared/kms/signature-records.ts';
import { createLog } from '../../shared/observability/log.ts';
import { measured, metrics } from '../../shared/observability/measurement.ts';
import { eventBridgeClient, eventBus } from '../../shared/publish/event-bus.ts';
import {
  type Reconciliation,
  reconcileSignatures,
  type UnexplainedUse,
} from '../../shared/rotation/reconcile-signatures.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoReconciliationProgress } from '../../shared/store/reconciliation-progress.ts';
import { dynamoRecordedCertificates } from '../../shared/store/recorded-certificates.ts';
import { dynamoSlotStore } from '../../shared/store/slot-store.ts';

const environment = readEnvironment([
  'TABLE_NAME',
  'EVENT_BUS_NAME',
  'RESPONDER_KEY_ARN',
  'SIGNING_LOG_GROUPS',
]);
const log = createLog('reconcile-signatures');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const slots = dynamoSlotStore(table);
const functions = listOf(environment.SIGNING_LOG_GROUPS).map(signingFunction);
const deps = {
  records: signatureRecords({ functions }),
  // Each Region reconciles the uses of its own keys; also the passive one, whose keys nobody uses.
  progress: dynamoReconciliationProgress({ ...table, writesIn: 'either' }),
  certificates: dynamoRecordedCertificates({ ...table, writesIn: 'either' }),
  events: eventBus({ client: eventBridgeClient(), busName: environment.EVENT_BUS_NAME }),
  clock: systemClock,
  onUnexplained,
};

/**
 * Runs every hour: compares CloudTrail's records of the CA keys with what the signing functions logged.
 *
 * @throws Error where CloudTrail, the logs or the bus are out of reach: the next run begins where this one ended.
 */
export async function handler(
  _event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<Reconciliation> {
  const declared = await slots.readSlots();
  const region = await table.client.config.region();
  const here = ({ keyArn }: Pick<Slot, 'keyArn'>) => keyArnIn(region, keyArn);
  const result = await reconcileSignatures({
    ...deps,
    keys: {
      all: new Set([...declared, { keyArn: environment.RESPONDER_KEY_ARN }].map(here)),
      roots: new Set(declared.filter(({ kind }) => kind === 'root').map(here)),
    },
    remainingMilliseconds: () => context.getRemainingTimeInMillis(),
  });
  report(result);
  return result;
}

/** Its line carries the metrics of the alarms: it is written before anything else can fail. */
function onUnexplained({
  at,
  principal: caller,
  requestId: kmsRequestId,
  error: outcome,
  ofRoot,
  ...reason
}: UnexplainedUse): void {
  log.error(
    'signature not explained',
    {
      operation: 'Sign',
      caller,
      kmsRequestId,
      outcome: outcome ?? 'ok',
      reason: { ...reason, usedAt: toRfc3339(at) },
    },
    metrics(
      measured(SIGNATURES_UNEXPLAINED, 1),
      ...(ofRoot ? [measured(ROOT_SIGNATURES_UNEXPLAINED, 1)] : []),
    ),
  );
}

function report({ uses, unexplained, behindSeconds }: Reconciliation): void {
  // A metric costs in every hour in which it has a value, and zero says nothing that an alarm reads.
  const behind = behindSeconds > 0 ? [measured(RECONCILIATION_BEHIND_SECONDS, behindSeconds)] : [];
  log.info(
    'signatures reconciled',
    { counts: { uses, unexplained: unexplained.length } },
    metrics(...behind),
  );
}

/** `<function>=<log group>`. */
function signingFunction(text: string) {
  const [functionName = '', logGroupName = ''] = text.split('=');
  return { functionName, logGroupName };
}
