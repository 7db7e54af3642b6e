/** When the prices were read at their sources. */
export const PRICES_READ = '2026-11-28';

/** Prices of AWS in us-east-1, in US dollars, without free tiers, taxes and discounts. Update one together with its date. */
export const PRICES = {
  kms: {
    source: 'https://aws.amazon.com/kms/pricing/',
    keyMonth: 1,
    /** RSA_3072, RSA_4096 and ECC. */
    millionSignatures: 15,
  },
  dynamodb: {
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    millionWriteUnits: 0.625,
    millionReadUnits: 0.125,
    gigabyteMonth: 0.25,
    /** Continuous backups, for point-in-time recovery. */
    backupGigabyteMonth: 0.2,
  },
  s3: {
    source: 'https://aws.amazon.com/s3/pricing/',
    /** Standard, the first 50 TB. */
    gigabyteMonth: 0.023,
    /** PUT. */
    thousandWrites: 0.005,
  },
  apiGateway: {
    source: 'https://aws.amazon.com/api-gateway/pricing/',
    /** REST API, the first 333 million a month. */
    millionRequests: 3.5,
  },
  lambda: {
    source: 'https://aws.amazon.com/lambda/pricing/',
    millionRequests: 0.2,
    gigabyteSecond: 0.0000166667,
  },
  cloudwatch: {
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    /** For each metric that an alarm reads. */
    alarmMetricMonth: 0.1,
    logGigabyte: 0.5,
    /** Of the first 10,000; by the hours in which a metric has values. */
    metricMonth: 0.3,
  },
  events: {
    source: 'https://aws.amazon.com/eventbridge/pricing/',
    /** Custom events, in chunks of 64 KB. */
    millionEvents: 1,
  },
  scheduler: {
    source: 'https://aws.amazon.com/eventbridge/pricing/',
    millionInvocations: 1,
  },
  privateCa: {
    source: 'https://aws.amazon.com/private-ca/pricing/',
    generalMonth: 400,
    /** Certificates of at most 7 days. */
    shortLivedMonth: 50,
    shortLivedCertificate: 0.058,
    /** Price of each certificate of a month up to that number; the last holds for all above. */
    generalTiers: [
      { upTo: 1000, each: 0.75 },
      { upTo: 10_000, each: 0.35 },
      { upTo: Number.POSITIVE_INFINITY, each: 0.001 },
    ],
  },
} as const;
