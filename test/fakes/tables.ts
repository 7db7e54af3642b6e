import type { Issuer, Root } from '../../shared/domain/authority.ts';
import type { BootstrapToken } from '../../shared/domain/bootstrap-token.ts';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import type { CommonName } from '../../shared/domain/common-name.ts';
import type { AlternativeName, ExclusiveName } from '../../shared/domain/exclusive-name.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import type { NameRecord } from '../../shared/domain/name-record.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';

/** A use counter of a token. */
export interface UseSlot {
  used: number;
  readonly capacity: number;
}

/** All that the fake store holds. */
export interface Tables {
  readonly roots: Map<string, Root>;
  readonly issuers: Map<string, Issuer>;
  readonly tokens: Map<string, { token: BootstrapToken; readonly slots: readonly UseSlot[] }>;
  /** By `<token id>/<public-key hash>`. */
  readonly reservations: Map<string, { readonly serialNumber: SerialNumber; readonly followUntil: Instant }>;
  readonly records: Map<SerialNumber, CertificateRecord>;
  /** What administrators sent. */
  readonly deployments: Map<SerialNumber, string>;
  readonly names: Map<CommonName, NameRecord>;
  readonly exclusive: Map<AlternativeName, ExclusiveName>;
  readonly blockedKeys: Set<string>;
}

export function emptyTables(): Tables {
  return {
    roots: new Map(),
    issuers: new Map(),
    tokens: new Map(),
    reservations: new Map(),
    records: new Map(),
    deployments: new Map(),
    names: new Map(),
    exclusive: new Map(),
    blockedKeys: new Set(),
  };
}
