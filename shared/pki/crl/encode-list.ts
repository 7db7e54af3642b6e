import { createHash } from 'node:crypto';
import { caAlgorithmIdentifier } from '../ca-algorithm.ts';
import type { CaFacts } from '../ca-facts.ts';
import {
  contextConstructed,
  contextPrimitive,
  type Der,
  header,
  sequence,
  time,
  unsignedInteger,
} from '../der/write.ts';
import { authorityKeyIdentifier, type Extension, encodeExtension, generalName } from '../extensions.ts';
import { OID } from '../oids.ts';
import { EntryWriter } from './entry-writer.ts';
import type { EntryPages } from './expected-entries.ts';
import type { ListPlan, ListScope } from './list.ts';

/** To-be-signed bytes of a list. */
export interface EncodedList {
  readonly tbs: Der;
  /** Hex SHA-256 of all that it says but its number and dates: equal lists have equal ones. */
  readonly contentsSha256: string;
}

/** Version 2 in its INTEGER: v2(1). */
const VERSION_2 = unsignedInteger(Uint8Array.of(1));

/**
 * Writes a TBSCertList (RFC 5280 section 5.1): the same plan, CA and entries always give the same bytes.
 * @throws TypeError for a serial number that is not one of ours. What the pages throw passes through.
 */
export async function encodeList(plan: ListPlan, ca: CaFacts, pages: EntryPages): Promise<EncodedList> {
  const writer = new EntryWriter();
  for await (const page of pages) for (const entry of page) writer.add(entry);
  const before = [VERSION_2, caAlgorithmIdentifier(ca.keySpec), ca.subject];
  const updates = [time(plan.thisUpdate), time(plan.nextUpdate)];
  const revoked = wrapped(writer);
  const scope = plan.scope === undefined ? [] : [issuingDistributionPoint(plan.scope)];
  const constant = [authorityKey(ca.keyIdentifier), ...scope];
  const extensions = extensionsOf([...constant, listNumber(plan.number)]);
  return {
    tbs: joined(0x30, [...before, ...updates, ...revoked, extensions]),
    contentsSha256: sha256([...before, ...revoked, extensionsOf(constant)]),
  };
}

/** revokedCertificates, absent where there are none (RFC 5280 section 5.1.2.6). */
function wrapped({ chunks }: EntryWriter): readonly Uint8Array[] {
  const octets = total(chunks);
  return octets === 0 ? [] : [header(0x30, octets), ...chunks];
}

function joined(tag: number, parts: readonly Uint8Array[]): Der {
  return Buffer.concat([header(tag, total(parts)), ...parts]);
}

function total(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function sha256(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function extensionsOf(extensions: readonly Extension[]): Der {
  return contextConstructed(0, sequence(...extensions.map(encodeExtension)));
}

function authorityKey(keyIdentifier: Uint8Array): Extension {
  const value = authorityKeyIdentifier(keyIdentifier);
  return { oid: OID.authorityKeyIdentifier, critical: false, value };
}

function listNumber(number: bigint): Extension {
  const hex = number.toString(16);
  const octets = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return { oid: OID.cRLNumber, critical: false, value: unsignedInteger(octets) };
}

/** BOOLEAN TRUE as the contents of an IMPLICIT tag. */
const TRUE_CONTENTS = Uint8Array.of(0xff);

/** RFC 5280 section 5.2.5. distributionPoint is EXPLICIT, since it is a CHOICE (X.690 section 8.14). */
function issuingDistributionPoint({ url, otherUrls = [], only }: ListScope): Extension {
  const fullName = contextConstructed(0, ...[url, ...otherUrls].map(generalName.uri));
  const value = sequence(
    contextConstructed(0, fullName),
    contextPrimitive(only === 'leaves' ? 1 : 2, TRUE_CONTENTS),
  );
  return { oid: OID.issuingDistributionPoint, critical: true, value };
}
