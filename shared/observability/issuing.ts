import {
  CERTIFICATES_ISSUED,
  COMMIT_MILLISECONDS,
  REQUESTS_REFUSED,
  SIGN_MILLISECONDS,
  SIGNATURES_PER_CERTIFICATE,
} from '../config/metrics.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { Log, LogFields } from './log.ts';
import { type Measurement, measured, metrics } from './measurement.ts';
import type { StepTimer } from './step-timer.ts';

/*
 * What every way to a certificate measures, and what its line in the log says: one line for a request, beside the one for
 * each attempt to sign.
 */

/** How a request that issues is measured: those that fail are counted by code. */
export const ISSUING = {
  metrics,
  refused: (code: ErrorCode) => [measured(REQUESTS_REFUSED, 1, { Code: code })],
};

/** What is timed of the ports of every way to a certificate. */
interface IssuingPorts {
  readonly store: { readonly commit: unknown };
  readonly signer: { readonly sign: unknown };
}

/** The same dependencies, with the time of their steps measured. @param steps methods of the store besides `commit` */
export function timeIssuing<Deps extends IssuingPorts>(
  timer: StepTimer,
  deps: Deps,
  steps: Parameters<typeof timer.timed<Deps['store']>>[1],
): Deps {
  return {
    ...deps,
    store: timer.timed(deps.store, { commit: COMMIT_MILLISECONDS, ...steps }),
    signer: timer.timed(deps.signer, { sign: SIGN_MILLISECONDS }),
  };
}

/** A certificate that was issued, or found. */
interface Issued {
  /** False where the request got the certificate of an earlier one. */
  readonly created: boolean;
  readonly record: {
    readonly serialNumber: string;
    readonly tokenId: string;
    readonly predecessor?: string;
    readonly issuerId: string;
    readonly profile: string;
    readonly name: string;
    readonly attempts: readonly unknown[];
  };
}

/** What the line of the request says of its certificate, and what it measures. */
export function issuedLine({ created, record }: Issued, timer: Pick<StepTimer, 'measurements'>) {
  const { serialNumber, tokenId, predecessor, issuerId, profile, name, attempts } = record;
  const way = predecessor === undefined ? 'issued' : 'renewed';
  const outcome = created ? way : 'repeated';
  const issued = [measured(CERTIFICATES_ISSUED, 1), measured(SIGNATURES_PER_CERTIFICATE, attempts.length)];
  const fields: LogFields = { outcome, serialNumber, tokenId, predecessor, issuerId, profile, name };
  const measurements: readonly Measurement[] = [...(created ? issued : []), ...timer.measurements()];
  return { fields, measurements };
}

/** Warns where the deployment that came with a request could not be recorded. */
export function warnOfUnrecorded(
  log: Pick<Log, 'warn'>,
  requestId: string,
  { record: { serialNumber }, ...issued }: Issued & { readonly unrecorded?: unknown },
): void {
  if ('unrecorded' in issued)
    log.warn('deployment not recorded', { requestId, serialNumber, error: issued.unrecorded });
}
