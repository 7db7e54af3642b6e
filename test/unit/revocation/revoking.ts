import type { CertificateRecord } from '../../../shared/domain/certificate-record.ts';
import type { CommonName } from '../../../shared/domain/common-name.ts';
import { lastHolder } from '../../../shared/domain/holders.ts';
import { isOver } from '../../../shared/domain/instant.ts';
import type { RevocationRequest } from '../../../shared/revocation/revoke-certificate.ts';
import type { RevokeNameDependencies } from '../../../shared/revocation/revoke-name.ts';
import type { RevokeTokenDependencies } from '../../../shared/revocation/revoke-token.ts';
import type { World } from '../issuance/world.ts';

export const ADMIN = 'arn:aws:iam::111122223333:user/admin';

export class Killed extends Error {}

export function request(changes: Partial<RevocationRequest> = {}): RevocationRequest {
  return { reason: 'cessationOfOperation', comment: 'decommissioned', by: ADMIN, ...changes };
}

/** What revokes in a world, with as much time as `remaining` says. */
export function revoking(
  { store, clock, random, pause }: World,
  remaining: () => number = () => 28_000,
): RevokeNameDependencies & RevokeTokenDependencies {
  return {
    ledger: store,
    listing: store,
    tokens: store,
    clock,
    random,
    pause,
    remainingMilliseconds: remaining,
  };
}

/** A certificate of a token of its own. */
export async function issued(
  world: World,
  changes: Parameters<World['request']>[1] = {},
  token: Parameters<World['token']>[0] = {},
): Promise<CertificateRecord> {
  return (await world.enroll(world.request(await world.token(token), changes))).record;
}

/** A reservation whose request died before it was signed, with its request. */
export async function reserved(world: World, token: Parameters<World['token']>[0] = {}) {
  const request = world.request(await world.token(token));
  world.store.failNext('commit', { error: new Killed(), when: 'before' });
  await world.enroll(request).catch(() => undefined);
  const record = [...world.store.tables.records.values()].find(({ state }) => state === 'RESERVED');
  if (record === undefined) throw new Error('nothing is reserved');
  return { request, record };
}

/** What the world holds of a certificate, as someone who checks revocation sees it. */
export function seen(
  { store: { tables } }: World,
  { serialNumber }: Pick<CertificateRecord, 'serialNumber'>,
) {
  const record = tables.records.get(serialNumber);
  return {
    state: record?.state,
    revocation: record?.revocation,
    onList: tables.revoked.has(serialNumber),
    events: (tables.history.get(serialNumber) ?? []).map(({ event }) => event),
  };
}

/** Revocation is final and complete: record, list, history and names agree on every certificate. */
export function disagreements({ store: { tables } }: World): readonly string[] {
  const holders = (name: CommonName) =>
    tables.names.get(name)?.holders.map(({ serialNumber }) => serialNumber) ?? [];
  return [...tables.records.values()].flatMap((record) => {
    const { serialNumber, state, revocation, name } = record;
    const isRevoked = state === 'REVOKED' || state === 'VOID';
    const entry = tables.revoked.get(serialNumber);
    const ofRevocations = (tables.history.get(serialNumber) ?? []).length;
    const problems = [
      ...(isRevoked === (revocation !== undefined) ? [] : ['state and revocation']),
      ...(isRevoked === (entry !== undefined) ? [] : ['record and list']),
      ...(entry?.revokedAt === revocation?.revokedAt ? [] : ['time on the list']),
      ...(entry?.reason === revocation?.reason ? [] : ['reason on the list']),
      ...(ofRevocations === (isRevoked ? 1 : 0) ? [] : [`${ofRevocations} events`]),
      ...(isRevoked && holders(name).includes(serialNumber) ? ['a revoked holder'] : []),
    ];
    return problems.map((problem) => `${serialNumber} (${state}): ${problem}`);
  });
}

/** The serial number of the certificate that holds a name. */
export function holderOf({ store: { tables }, now }: World, name: string): string | undefined {
  const record = [...tables.names.values()].find((one) => one.name === name);
  return record && lastHolder(record.holders, now, (holder) => !isOver(holder.notAfter, now))?.serialNumber;
}
