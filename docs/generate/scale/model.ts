import { COLD_TABLE, readSettings, signingRates } from '../../../infra/settings/settings.ts';
import { useSlotCount } from '../../../shared/domain/bootstrap-token.ts';
import { BUCKET_SHARDS, OPEN_SHARDS, RESERVATION_PARTITIONS } from '../../../shared/store/keys.ts';
import { measuredUnits } from '../cost/units.ts';

/** Units a second of one partition (DynamoDB developer guide, "Best practices for designing and using partition keys"). */
const PARTITION = { reads: 3000, writes: 1000 } as const;

/** A write in a transaction counts twice. */
const TRANSACTED = 2;

/** Something that takes so many enrollments a second, and no more. */
export interface Limit {
  readonly what: string;
  readonly perSecond: number;
  /** What raises it. */
  readonly raise: string;
}

/** All limits of a deployment with the default settings, the first to throttle first. */
export function limits(): readonly Limit[] {
  return [...ofAccount(), ...ofTable()].sort((a, b) => a.perSecond - b.perSecond);
}

function ofAccount(): readonly Limit[] {
  const { throttle, quotas } = readSettings({ authority: 'fleet' });
  return [
    {
      what: 'API Gateway, throttle of enrollments; renewals have as much again',
      perSecond: signingRates(throttle, quotas.kmsSignaturesPerSecond).enroll,
      raise: 'settings `throttle` and `quotas`, once the quota of KMS is raised',
    },
    {
      what: 'KMS, signatures of one key family',
      perSecond: quotas.kmsSignaturesPerSecond,
      raise: 'Service Quotas, then the setting `quotas`',
    },
  ];
}

function ofTable(): readonly Limit[] {
  const { readUnits, authorityReadUnits, tableWriteUnits, indexWriteUnits } = measuredUnits();
  const { openByAge = 0, certificatesByExpiry = 0 } = indexWriteUnits;
  const spread = 'spread by the service; nothing to set';
  return [
    {
      what: 'a table without traffic before, writes',
      perSecond: COLD_TABLE.writeUnitsPerSecond / tableWriteUnits,
      raise: 'setting `warmThroughput`; DynamoDB widens it by itself as traffic grows',
    },
    {
      what: 'a table without traffic before, reads',
      perSecond: COLD_TABLE.readUnitsPerSecond / readUnits,
      raise: 'setting `warmThroughput`',
    },
    {
      what: 'the partition of roots and issuers, reads',
      perSecond: PARTITION.reads / authorityReadUnits,
      raise: 'DynamoDB splits a partition that stays hot; fewer issuer slots',
    },
    {
      what: 'the partition of one token, reads',
      perSecond: PARTITION.reads,
      raise: 'more tokens',
    },
    {
      what: 'the counters of one token of 128 uses or more, writes',
      perSecond: (useSlotCount(10_000) * PARTITION.writes) / TRANSACTED,
      raise: 'more tokens',
    },
    {
      what: 'the reservations of one token, writes',
      perSecond: (RESERVATION_PARTITIONS.length * PARTITION.writes) / TRANSACTED,
      raise: 'more tokens',
    },
    {
      what: 'the index of open reservations, writes',
      perSecond: (OPEN_SHARDS * PARTITION.writes) / openByAge,
      raise: spread,
    },
    {
      what: 'the index of expiry, one month, writes',
      perSecond: (BUCKET_SHARDS * PARTITION.writes) / certificatesByExpiry,
      raise: spread,
    },
  ];
}

/** A fleet whose certificates are valid for 30 days and renewed after two thirds of that. */
export interface FleetLoad {
  readonly agents: number;
  /** On average, where hosts spread their renewals, as the service has them do. */
  readonly renewalsPerSecond: number;
  /** Minutes until all of them are enrolled, where all begin at once. */
  readonly enrollmentMinutes: number;
  /** Size of the table and its indexes after a year. */
  readonly gigabytesAfterYear: number;
}

const RENEWED_AFTER_DAYS = 20;

export function fleetLoad(agents: number): FleetLoad {
  const [slowest] = limits();
  const perSecond = Math.floor(slowest?.perSecond ?? 1);
  const records = agents * (1 + 365 / RENEWED_AFTER_DAYS);
  return {
    agents,
    renewalsPerSecond: agents / (RENEWED_AFTER_DAYS * 86_400),
    enrollmentMinutes: agents / perSecond / 60,
    gigabytesAfterYear: (records * measuredUnits().storedBytes) / 1024 ** 3,
  };
}

/** Entries of one shard's revocation list, where one of a hundred live certificates is revoked. */
export function entriesOfShard(agents: number): number {
  return agents / 100 / readSettings({ authority: 'fleet' }).revocation.crlShards;
}
