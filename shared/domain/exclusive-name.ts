import type { CommonName } from './common-name.ts';
import type { DnsName } from './dns-name.ts';
import { addHolder, type Holder, lastHolder, removeHolder } from './holders.ts';
import type { Instant } from './instant.ts';
import type { IpAddress } from './ip-address.ts';
import type { SerialNumber } from './serial-number.ts';

/** A DNS name or an IP address of certificates: `dns:web-01.example.com`, `ip:192.0.2.7`. */
export type AlternativeName = `dns:${string}` | `ip:${string}`;

interface Names {
  readonly dnsNames: readonly DnsName[];
  readonly ipAddresses: readonly IpAddress[];
}

/** The DNS names and IP addresses of a certificate, each once. */
export function alternativeNames({ dnsNames, ipAddresses }: Names): readonly AlternativeName[] {
  return [...new Set([...dnsNames.map(dnsKey), ...ipAddresses.map(ipKey)])];
}

export function dnsKey(name: DnsName): AlternativeName {
  return `dns:${name}`;
}

export function ipKey(address: IpAddress): AlternativeName {
  return `ip:${address}`;
}

/** A certificate that claimed an alternative name. */
export interface ExclusiveHolder extends Holder {
  /** Of the certificate's holder; the alternative name belongs to it. */
  readonly name: CommonName;
}

/**
 * Who claimed an alternative name (tokens with `exclusiveDns`). It belongs to the holder's name, in every profile and
 * with every key: who may use that name is guarded by its own record. Written only if `version` is still the one that was
 * read; holders are in order of claim.
 */
export interface ExclusiveName {
  readonly alternativeName: AlternativeName;
  /** 0 where it was never claimed; each write adds 1. */
  readonly version: number;
  readonly holders: readonly ExclusiveHolder[];
}

/** The name to which the alternative name belongs at `now`; undefined where it is not claimed. */
export function exclusiveOwner({ holders }: ExclusiveName, now: Instant): CommonName | undefined {
  return lastHolder(holders, now)?.name;
}

/** The record after `holder` claimed it. */
export function claimExclusively(
  record: ExclusiveName,
  holder: ExclusiveHolder,
  now: Instant,
): ExclusiveName {
  const holders = addHolder(record.holders, holder, now, () => true);
  return { ...record, version: record.version + 1, holders };
}

/** The record after the claim of `serialNumber` was given up; undefined where it holds no such claim. */
export function releaseExclusively(
  record: ExclusiveName,
  serialNumber: SerialNumber,
): ExclusiveName | undefined {
  const holders = removeHolder(record.holders, serialNumber);
  return holders.length === record.holders.length
    ? undefined
    : { ...record, version: record.version + 1, holders };
}
