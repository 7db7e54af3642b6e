import { type Instant, parseRfc3339, toRfc3339 } from '../domain/instant.ts';

/** What is known of a list beside its bytes, from the metadata that are published with it. */
export interface ListState {
  /** CRLNumber. */
  readonly number: bigint;
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant;
  readonly entries: number;
  /** Hex SHA-256 of all that it says but its number and dates. */
  readonly contentsSha256: string;
}

/** Metadata of a published list, by which the next builder knows it. */
export function listMetadata(state: ListState): Readonly<Record<string, string>> {
  return {
    'crl-number': state.number.toString(),
    'this-update': toRfc3339(state.thisUpdate),
    'next-update': toRfc3339(state.nextUpdate),
    entries: state.entries.toString(),
    'contents-sha256': state.contentsSha256,
  };
}

/** Undefined for an object that is not one of ours: the next list replaces it. */
export function readListState(metadata: Readonly<Record<string, string>>): ListState | undefined {
  const number = metadata['crl-number'] ?? '';
  const entries = metadata['entries'] ?? '';
  const thisUpdate = parseRfc3339(metadata['this-update'] ?? '');
  const nextUpdate = parseRfc3339(metadata['next-update'] ?? '');
  const contentsSha256 = metadata['contents-sha256'] ?? '';
  const whole = /^[0-9]+$/;
  if (!whole.test(number) || !whole.test(entries)) return undefined;
  if (thisUpdate === undefined || nextUpdate === undefined) return undefined;
  return { number: BigInt(number), entries: Number(entries), thisUpdate, nextUpdate, contentsSha256 };
}
