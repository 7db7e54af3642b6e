import {
  type AdditionalRootChange,
  type AdditionalRoots,
  NO_ADDITIONAL_ROOTS,
} from '../../shared/domain/additional-root.ts';
import type { Issuer, Root } from '../../shared/domain/authority.ts';
import type { KeyBlock, NameBlock } from '../../shared/domain/block.ts';
import type { BootstrapToken } from '../../shared/domain/bootstrap-token.ts';
import type { Ceremony } from '../../shared/domain/ceremony.ts';
import type { CertificateEvent } from '../../shared/domain/certificate-event.ts';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import type { CommonName } from '../../shared/domain/common-name.ts';
import type { AlternativeName, ExclusiveName } from '../../shared/domain/exclusive-name.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import type { NameRecord } from '../../shared/domain/name-record.ts';
import type { CertIdHash, StoredResponse } from '../../shared/domain/ocsp.ts';
import type { Replacement } from '../../shared/domain/replacement.ts';
import type { Responder } from '../../shared/domain/responder.ts';
import type { RevokedEntry } from '../../shared/domain/revocation.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import type { Slot } from '../../shared/domain/slot.ts';
import type { PublishedEvents } from '../../shared/rotation/ports.ts';

/** A use counter of a token. */
export interface UseSlot {
  used: number;
  readonly capacity: number;
}

/** All that the fake store holds. */
export interface Tables {
  readonly roots: Map<string, Root>;
  readonly issuers: Map<string, Issuer>;
  readonly slots: Map<string, Slot>;
  /** By time and digest. */
  readonly ceremonies: Map<string, Ceremony>;
  additionalRoots: AdditionalRoots;
  readonly eventLog: { readonly changes: AdditionalRootChange[]; published: PublishedEvents };
  readonly tokens: Map<string, { token: BootstrapToken; readonly slots: readonly UseSlot[] }>;
  /** By `<token id>/<public-key hash>`. */
  readonly reservations: Map<string, { readonly serialNumber: SerialNumber; readonly followUntil: Instant }>;
  readonly records: Map<SerialNumber, CertificateRecord>;
  /** What administrators sent. */
  readonly deployments: Map<SerialNumber, string>;
  readonly names: Map<CommonName, NameRecord>;
  readonly exclusive: Map<AlternativeName, ExclusiveName>;
  /** What the revocation lists are made of. */
  readonly revoked: Map<SerialNumber, RevokedEntry & { readonly issuerId: string; readonly shard: number }>;
  readonly history: Map<SerialNumber, readonly CertificateEvent[]>;
  /** By `<profile>/<name>`. */
  readonly nameBlocks: Map<string, NameBlock>;
  /** By public-key hash. */
  readonly keyBlocks: Map<string, KeyBlock>;
  readonly ocsp: Map<SerialNumber, StoredResponses>;
  /** By id of the CA, oldest first. */
  readonly responders: Map<string, readonly Responder[]>;
  /** The lowest number of days that was reported of the expiry of a certificate. */
  readonly expiry: Map<SerialNumber, number>;
  /** By id. */
  readonly replacements: Map<string, Replacement>;
}

/** The stored OCSP responses of a certificate, and who may sign the next one. */
export interface StoredResponses {
  readonly responses: Partial<Readonly<Record<CertIdHash, StoredResponse>>>;
  readonly lease?: { readonly owner: string; readonly until: Instant };
}

export function emptyTables(): Tables {
  return {
    roots: new Map(),
    issuers: new Map(),
    slots: new Map(),
    ceremonies: new Map(),
    additionalRoots: NO_ADDITIONAL_ROOTS,
    eventLog: { changes: [], published: { version: 0, ids: [] } },
    tokens: new Map(),
    reservations: new Map(),
    records: new Map(),
    deployments: new Map(),
    names: new Map(),
    exclusive: new Map(),
    revoked: new Map(),
    history: new Map(),
    nameBlocks: new Map(),
    keyBlocks: new Map(),
    ocsp: new Map(),
    responders: new Map(),
    expiry: new Map(),
    replacements: new Map(),
  };
}
