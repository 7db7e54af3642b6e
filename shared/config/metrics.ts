/**
 * The metrics that functions emit, in the namespace `fleetseal/<authority>`: the one table, which the functions and the
 * alarms read. Each is a constant of its own, so that a function's bundle holds only those that it emits, which a test
 * compares with docs/metrics.md.
 *
 * A metric costs 0.30 dollars a month for each combination of its dimensions, by the hours in which it has values
 * (CloudWatch pricing, "Custom metrics"): hence few dimensions, and none with a value that a caller chooses.
 */

/** A metric. `Dimension` is the union of the names of its dimensions. */
export interface Metric<Dimension extends string = string> {
  readonly name: string;
  /** Of CloudWatch's units (API reference, MetricDatum). */
  readonly unit: 'Count' | 'Seconds' | 'Milliseconds';
  readonly dimensions: readonly Dimension[];
}

/** Names of the dimensions of a metric. */
export type DimensionOf<Of extends Metric> = Of['dimensions'][number];

export const CERTIFICATES_ISSUED = {
  name: 'CertificatesIssued',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;

export const SIGNATURES_PER_CERTIFICATE = {
  name: 'SignaturesPerCertificate',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;

export const READ_MILLISECONDS = {
  name: 'ReadMilliseconds',
  unit: 'Milliseconds',
  dimensions: [],
} as const satisfies Metric;

export const RESERVE_MILLISECONDS = {
  name: 'ReserveMilliseconds',
  unit: 'Milliseconds',
  dimensions: [],
} as const satisfies Metric;

export const SIGN_MILLISECONDS = {
  name: 'SignMilliseconds',
  unit: 'Milliseconds',
  dimensions: [],
} as const satisfies Metric;

export const COMMIT_MILLISECONDS = {
  name: 'CommitMilliseconds',
  unit: 'Milliseconds',
  dimensions: [],
} as const satisfies Metric;

export const REQUESTS_REFUSED = {
  name: 'RequestsRefused',
  unit: 'Count',
  dimensions: ['Code'],
} as const satisfies Metric;

/** Read from the access logs of the APIs: no function sees these requests. */
export const REQUESTS_THROTTLED = {
  name: 'RequestsThrottled',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;

export const SIGNING_THROTTLED = {
  name: 'SigningThrottled',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;

export const SIGNING_KEYS_UNUSABLE = {
  name: 'SigningKeysUnusable',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;

export const SIGNATURES_UNEXPLAINED = {
  name: 'SignaturesUnexplained',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;

export const ROOT_SIGNATURES_UNEXPLAINED = {
  name: 'RootSignaturesUnexplained',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;

export const RECONCILIATION_BEHIND_SECONDS = {
  name: 'ReconciliationBehindSeconds',
  unit: 'Seconds',
  dimensions: [],
} as const satisfies Metric;

export const ARCHIVE_BEHIND_SECONDS = {
  name: 'ArchiveBehindSeconds',
  unit: 'Seconds',
  dimensions: [],
} as const satisfies Metric;

export const SWEEP_BEHIND_SECONDS = {
  name: 'SweepBehindSeconds',
  unit: 'Seconds',
  dimensions: [],
} as const satisfies Metric;

export const ENDING_SERVER_CERTIFICATES = {
  name: 'EndingServerCertificates',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;

export const EXPIRING_CERTIFICATES = {
  name: 'ExpiringCertificates',
  unit: 'Count',
  dimensions: ['Profile', 'DaysLeft'],
} as const satisfies Metric;

export const OLDEST_LIST_SECONDS = {
  name: 'OldestListSeconds',
  unit: 'Seconds',
  dimensions: [],
} as const satisfies Metric;

export const OLDEST_ROOT_LIST_SECONDS = {
  name: 'OldestRootListSeconds',
  unit: 'Seconds',
  dimensions: [],
} as const satisfies Metric;

export const RESPONDER_SECONDS = {
  name: 'ResponderSeconds',
  unit: 'Seconds',
  dimensions: [],
} as const satisfies Metric;

export const ISSUANCE_SECONDS = {
  name: 'IssuanceSeconds',
  unit: 'Seconds',
  dimensions: [],
} as const satisfies Metric;

export const ROOT_KEYS_IN_WRONG_STATE = {
  name: 'RootKeysInWrongState',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;

export const TRUST_STORE_NOT_TAKEN = {
  name: 'TrustStoreNotTaken',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;

export const AGENTS_NOT_UNENROLLED = {
  name: 'AgentsNotUnenrolled',
  unit: 'Count',
  dimensions: [],
} as const satisfies Metric;
