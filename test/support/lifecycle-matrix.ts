import { createHash } from 'node:crypto';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect } from '@jest/globals';
import type { Call } from '../../infra/local/service/calls.ts';
import { PARTITIONS, TABLE_KEY } from '../../shared/config/table.ts';
import type { ApiAnswer } from './api-client.ts';
import { callsOf, type Point, pointsAtEndsOfRows, reportPoints, signatures, strike } from './crash-matrix.ts';
import type { Item, RestorableCloud } from './restorable-cloud.ts';

/** A step in the life of roots and issuers. */
export interface LifecycleStep {
  readonly what: string;
  /** A part of the name of the function that does it. */
  readonly fn: string;
  /** Does it. @throws Error where it did not succeed. */
  readonly run: () => Promise<void>;
  /** An action: calls later than the one after its last are not cut off. @default - all are */
  readonly upTo?: string;
}

/**
 * Cuts a step off at the calls that it makes of AWS, in every way, and does it again: each time the records end as they do
 * where nothing goes wrong, with no more signatures than were lost on the way. Then does it once more, to stay.
 */
export async function expectSafeToCutOff(world: RestorableCloud, step: LifecycleStep): Promise<void> {
  const { cloud } = world;
  const restore = await world.keep();
  const calls = await callsOf(cloud, step.run, step.fn);
  const made = signatures(cloud);
  const done = await world.items();
  const expected = contents(done);
  const rootKeys = done.filter(isUse).map(({ keyArn }) => keyArn?.S ?? '');
  const last = step.upTo === undefined ? calls.length : lastOf(calls, step.upTo) + 2;
  const points = pointsAtEndsOfRows(calls).filter(({ nth }) => nth <= last);
  for (const point of points) {
    await restore();
    await strike(cloud, step.fn, point, () => step.run().catch(() => undefined));
    await step.run();
    const items = await world.items();
    expect({ point, contents: contents(items) }).toEqual({ point, contents: expected });
    expectSignedAsRecorded(items);
    expect({ point, signatures: signatures(cloud) }).toEqual({
      point,
      signatures: made + (losesSignature(calls, rootKeys, point) ? 1 : 0),
    });
  }
  await restore();
  await step.run();
  reportPoints(step.what, points);
}

function lastOf(calls: readonly Call[], action: string): number {
  return calls.findLastIndex((call) => call.action === action);
}

/** What follows the signature of a root: its record, and for a key that is disabled between uses, the others and its state. */
const END_OF_USE = ['UpdateItem', 'Query', 'DisableKey'];

/**
 * Whether a signature is made that nobody could record: it is made again, over the same bytes. After one by a root, the use
 * of its key is recorded first, and the step goes on where that fails.
 */
function losesSignature(calls: readonly Call[], rootKeys: readonly string[], { nth, does }: Point): boolean {
  const isSign = (index: number) => calls[index]?.action === 'Sign';
  const endsUse = (index: number) => {
    const sign = calls.slice(0, Math.max(0, index)).findLastIndex(({ action }) => action === 'Sign');
    const isRoot = calls[sign]?.resources.some((arn) => rootKeys.includes(arn)) === true;
    return isRoot && calls.slice(sign + 1, index + 1).every(({ action }, at) => action === END_OF_USE[at]);
  };
  const last = does === 'kill-before' ? nth - 2 : nth - 1;
  return isSign(last) || (does !== 'lose' && endsUse(last));
}

/**
 * What the records say, without what differs between two runs: random numbers, moments, and the bytes made of them; of the
 * uses of roots, what each was for: one that was cut off has a record too, and is made again.
 */
function contents(items: readonly Item[]): unknown {
  const [uses, others] = [true, false].map((wanted) => items.filter((item) => isUse(item) === wanted));
  const records = (others ?? []).map((item) => {
    const key = Object.values(TABLE_KEY).map((name) => item[name]?.S);
    return [key.join(' ').replaceAll(RANDOM, '<random>'), withoutRandom(unmarshall({ ...item }))];
  });
  const signed = (uses ?? []).filter(({ outcome }) => outcome?.S === 'signed');
  const purposes = signed.map(({ rootId, purpose, by }) =>
    [rootId, purpose, by].map((value) => value?.S).join(', '),
  );
  return { records: Object.fromEntries(records), uses: [...new Set(purposes)].sort() };
}

function isUse(item: Item): boolean {
  return item[TABLE_KEY.partition]?.S === PARTITIONS.ceremony;
}

/** Serial numbers and hashes. */
const RANDOM = /\b[0-9a-f]{36,64}\b/g;

function withoutRandom(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(RANDOM, '<random>');
  if (typeof value === 'number') return '<number>';
  if (value instanceof Uint8Array) return '<bytes>';
  if (value instanceof Set) return [...value].map(withoutRandom).sort();
  if (Array.isArray(value)) return value.map(withoutRandom);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutRandom(inner)]));
}

/** Each certificate of a CA is over the bytes that were recorded before it was signed. */
function expectSignedAsRecorded(items: readonly Item[]): void {
  const cas = items.flatMap((item) => [item, item['cross']?.M ?? {}]);
  for (const { certificate, tbsSha256 } of cas)
    if (certificate?.B !== undefined)
      expect(sha256(firstElement(contentOf(certificate.B)))).toBe(tbsSha256?.S);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The content of an element of DER. */
function contentOf(der: Uint8Array): Uint8Array {
  return der.subarray(headerLength(der));
}

/** The first element in some DER, with its header. */
function firstElement(der: Uint8Array): Uint8Array {
  const header = headerLength(der);
  const octets = header === 2 ? der.subarray(1, 2) : der.subarray(2, header);
  return der.subarray(0, header + octets.reduce((length, octet) => length * 256 + octet, 0));
}

function headerLength(der: Uint8Array): number {
  const first = der[1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

/** A step of the API. @param done - the statuses of success, of the first request and of repetitions */
export function request(ask: () => Promise<ApiAnswer>, done: readonly number[] = [200, 201]) {
  return async (): Promise<void> => {
    const answer = await ask();
    if (!done.includes(answer.status)) throw new Error(`${answer.status} ${answer.text}`);
  };
}
