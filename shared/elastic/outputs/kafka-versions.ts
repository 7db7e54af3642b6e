/**
 * The versions of Kafka's protocol, oldest first: `kafkaSupportedVersions` of Fleet, the same in all its versions (kibana,
 * fleet/common/constants/output.ts). Agents know no others (beats, libbeat/common/kafka/version.go).
 */
const VERSIONS: readonly string[] =
  '0.8.2.0 0.8.2.1 0.8.2.2 0.9.0.0 0.9.0.1 0.10.0.0 0.10.0.1 0.10.1.0 0.10.1.1 0.10.2.0 0.10.2.1 0.10.2.2 0.11.0.0 0.11.0.1 0.11.0.2 0.11.0.3 1.0.0 1.0.1 1.0.2 1.1.0 1.1.1 2.0.0 2.0.1 2.1.0 2.1.1 2.2.0 2.2.1 2.2.2 2.3.0 2.3.1 2.4.0 2.4.1 2.5.0 2.5.1 2.6.0'.split(
    ' ',
  );

/** What Fleet sets where none is given, in every version (kibana, fleet/server/services/output.ts, create). */
const DEFAULT = '1.0.0';

/** The oldest version that brokers of Kafka 4 speak (KIP-896). */
export const KAFKA_FOUR_NEEDS = '2.1.0';

/** Whether Fleet and agents know the version. */
export function isKafkaVersion(version: string): boolean {
  return VERSIONS.includes(version);
}

/** Whether brokers of Kafka 4 refuse the version. */
export function isTooOldForKafkaFour(version = DEFAULT): boolean {
  return VERSIONS.indexOf(version) < VERSIONS.indexOf(KAFKA_FOUR_NEEDS);
}
