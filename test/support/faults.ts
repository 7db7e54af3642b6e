import { type Answer, AwsError, type ServiceName } from '../../infra/local/service/aws-service.ts';
import type { AllowedCall, Intercept } from '../../infra/local/service/gate.ts';
import { matchesPart } from '../../infra/local/service/names.ts';
import { randomSequence } from './random-sequence.ts';

/**
 * - `drop`: the connection is reset before the call has any effect.
 * - `lose`: the call takes effect, its answer is lost.
 * - `throttle`, `conflict`: refused as the service does under load or contention, without effect.
 * - `refuse`: refused as KMS does for a key that is about to be deleted, without effect.
 * - `kill-before`, `kill-after`: the instance that called ends, before or after the effect.
 */
export type FaultEffect = 'drop' | 'lose' | 'throttle' | 'conflict' | 'refuse' | 'kill-before' | 'kill-after';

/** What goes wrong, and where. Every part that is given must match the call. */
export interface Fault {
  readonly service?: ServiceName;
  /** Without prefix: `Sign`. */
  readonly action?: string;
  /** Name of the calling function, or a part of it: `enroll`. */
  readonly function?: string;
  /** Only the nth call that matches, counted from 1. @default every one */
  readonly nth?: number;
  /** Strikes with this probability, 0 to 1. @default 1 */
  readonly probability?: number;
  /** Of the random sequence, so that a run can be repeated. @default 1 */
  readonly seed?: number;
  readonly does: FaultEffect;
}

export interface Faults {
  /** @returns takes the fault away again. */
  add(fault: Fault): () => void;
  clear(): void;
}

interface Armed {
  readonly fault: Fault;
  readonly random: () => number;
  seen: number;
}

/** Faults of the calls that pass a gate. */
export function createFaults(): Faults & { readonly intercept: Intercept } {
  const armed = new Set<Armed>();
  return {
    add(fault) {
      const entry = { fault, random: randomSequence(fault.seed ?? 1), seen: 0 };
      armed.add(entry);
      return () => void armed.delete(entry);
    },
    clear: () => armed.clear(),
    intercept: (call, perform) => applyEffects(call, perform, effectsOn(call, armed)),
  };
}

function effectsOn(call: AllowedCall, armed: ReadonlySet<Armed>): readonly FaultEffect[] {
  const striking = [...armed].filter((entry) => {
    if (!matches(entry.fault, call)) return false;
    entry.seen += 1;
    if (entry.fault.nth !== undefined && entry.fault.nth !== entry.seen) return false;
    return entry.fault.probability === undefined || entry.random() < entry.fault.probability;
  });
  return striking.map(({ fault }) => fault.does);
}

async function applyEffects(
  call: AllowedCall,
  perform: Parameters<Intercept>[1],
  effects: readonly FaultEffect[],
): Promise<Answer | string> {
  if (effects.includes('kill-before')) {
    await call.kill();
    return 'killed-before';
  }
  if (effects.includes('drop')) return 'dropped';
  if (effects.includes('throttle')) throw throttled(call.service);
  if (effects.includes('refuse'))
    throw new AwsError('KMSInvalidStateException', 'The key is pending deletion.');
  if (effects.includes('conflict'))
    throw conflicted(call.action, (call.input['TransactItems'] as unknown[] | undefined)?.length ?? 1);
  const answer = await perform();
  if (effects.includes('kill-after')) {
    await call.kill();
    return 'killed-after';
  }
  return effects.includes('lose') ? 'lost' : answer;
}

function matches(fault: Fault, where: AllowedCall): boolean {
  return (
    (fault.service ?? where.service) === where.service &&
    (fault.action ?? where.action) === where.action &&
    (fault.function === undefined || matchesPart(where.function ?? '', fault.function)) &&
    (fault.does !== 'conflict' || canConflict(where))
  );
}

/** Reads of single items, queries and scans never meet a transaction conflict (DynamoDB guide, "transaction conflict handling"). */
function canConflict({ service, action }: AllowedCall): boolean {
  if (service === 's3') return action === 'PutObject';
  return service === 'dynamodb' && /^(Transact|PutItem|UpdateItem|DeleteItem)/.test(action);
}

/** The refusal of a throttled call, in the service's words. */
function throttled(service: ServiceName): AwsError {
  const [code, message] = THROTTLED[service];
  return new AwsError(code, message);
}

const THROTTLED: Readonly<Record<ServiceName, readonly [code: string, message: string]>> = {
  kms: [
    'ThrottlingException',
    'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
  ],
  dynamodb: [
    'com.amazonaws.dynamodb.v20120810#ThrottlingException',
    'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
  ],
  s3: ['SlowDown', 'Please reduce your request rate.'],
  secretsmanager: ['ThrottlingException', 'Rate exceeded'],
  events: ['ThrottlingException', 'Rate exceeded'],
  cloudtrail: ['ThrottlingException', 'Rate exceeded'],
  logs: ['ThrottlingException', 'Rate exceeded'],
  cloudformation: ['Throttling', 'Rate exceeded'],
  apigateway: ['TooManyRequestsException', 'Too Many Requests'],
};

/** The refusal of a write that met another transaction; in a transaction, its first item did. */
function conflicted(action: string, items: number): AwsError {
  if (action === 'PutObject')
    return new AwsError(
      'ConditionalRequestConflict',
      'The conditional request cannot succeed due to a conflicting operation against this resource.',
    );
  if (!action.startsWith('Transact'))
    return new AwsError(
      'com.amazonaws.dynamodb.v20120810#TransactionConflictException',
      'Transaction is ongoing for the item',
    );
  const conflict = { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };
  const reasons = [conflict, ...Array(items - 1).fill({ Code: 'None' })];
  return new AwsError(
    'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map((reason) => reason.Code).join(', ')}]`,
    { CancellationReasons: reasons },
  );
}
