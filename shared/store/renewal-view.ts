import { INDEXES } from '../config/table.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { type AlternativeName, alternativeNames } from '../domain/exclusive-name.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { RenewalQuery, RenewalView } from '../rotation/ports.ts';
import { additionalRoots, issuer, root } from './authority-item.ts';
import { certificateRecord } from './certificate-item.ts';
import type { StoreContext } from './context.ts';
import { exclusiveName } from './exclusive-name-item.ts';
import { type Item, names, values } from './expression.ts';
import {
  additionalRootsKey,
  alternativeNameKey,
  blockedKeyKey,
  certificateKey,
  issuerKey,
  type Key,
  ledgerKey,
  nameKey,
  rootKey,
  serialNumberOf,
} from './keys.ts';
import { checkOpen } from './ledger-state.ts';
import { nameRecord } from './name-item.ts';
import { queryOnce } from './query-items.ts';
import { readItems } from './read-items.ts';

/** Finds an item among those that were read; undefined where there is none. */
type Find = (key: Key) => Item | undefined;

/**
 * All that a renewal decides on, in one BatchGetItem where the record has the names that are likely and no successor yet;
 * else in two: what belongs to a record is known once it is read. A thumbprint takes a query before.
 */
export async function readForRenewal(
  context: StoreContext,
  authority: { readonly rootIds: readonly string[]; readonly issuerIds: readonly string[] },
  { reference, publicKeySha256, likely }: RenewalQuery,
): Promise<RenewalView | undefined> {
  const serialNumber =
    'serialNumber' in reference
      ? reference.serialNumber
      : await findByThumbprint(context, reference.thumbprint);
  if (serialNumber === undefined) {
    await checkOpen(context, (await readItems(context, [ledgerKey]))(ledgerKey));
    return undefined;
  }
  const roots = authority.rootIds.map(rootKey);
  const issuers = authority.issuerIds.map(issuerKey);
  const guessed = [
    ...(likely.name === undefined ? [] : [nameKey(likely.name)]),
    ...alternativeNames(likely).map(alternativeNameKey),
  ];
  const found = await readItems(context, [
    ...[certificateKey(serialNumber), blockedKeyKey(publicKeySha256), additionalRootsKey, ledgerKey],
    ...[...guessed, ...roots, ...issuers],
  ]);
  await checkOpen(context, found(ledgerKey));
  const item = found(certificateKey(serialNumber));
  if (item === undefined) return undefined;
  const record = certificateRecord(item);
  const rest = await readRest(context, record, found, guessed);
  return {
    record,
    ...rest,
    issuers: issuers.map(found).filter(exists).map(issuer),
    roots: roots.map(found).filter(exists).map(root),
    additionalRoots: additionalRoots(found(additionalRootsKey)),
    newKeyBlocked: found(blockedKeyKey(publicKeySha256)) !== undefined,
  };
}

/** What is read of a record that is known: in no round trip where it was guessed, in one otherwise. */
async function readRest(
  context: StoreContext,
  record: CertificateRecord,
  first: Find,
  guessed: readonly Key[],
): Promise<Pick<RenewalView, 'successor' | 'name' | 'exclusive' | 'keyBlocked'>> {
  const { successor, publicKeySha256 } = record;
  const claimed = alternativeNames(record);
  const wanted = [nameKey(record.name), ...claimed.map(alternativeNameKey)];
  const known = new Set(guessed.map(textOf));
  const isEnough = successor === undefined && wanted.every((key) => known.has(textOf(key)));
  const keys = isEnough
    ? []
    : [
        ...[...wanted, blockedKeyKey(publicKeySha256)],
        ...(successor === undefined ? [] : [certificateKey(successor.serialNumber)]),
      ];
  const find = isEnough ? first : await readItems(context, keys);
  const renewed = successor && find(certificateKey(successor.serialNumber));
  return {
    successor: renewed && certificateRecord(renewed),
    name: nameRecord(record.name, find(nameKey(record.name))),
    exclusive: claimed.map((name: AlternativeName) => exclusiveName(name, find(alternativeNameKey(name)))),
    keyBlocked: !isEnough && find(blockedKeyKey(publicKeySha256)) !== undefined,
  };
}

function textOf(key: Key): string {
  return JSON.stringify(key);
}

function exists(item: Item | undefined): item is Item {
  return item !== undefined;
}

async function findByThumbprint(
  context: StoreContext,
  thumbprint: string,
): Promise<SerialNumber | undefined> {
  const { name, partition } = INDEXES.certificatesByThumbprint;
  const { items } = await queryOnce(context, {
    IndexName: name,
    KeyConditionExpression: `#${partition} = :thumbprint`,
    ExpressionAttributeNames: names(partition),
    ExpressionAttributeValues: values({ thumbprint }),
    Limit: 1,
  });
  const [item] = items;
  return item && serialNumberOf(item);
}
