import type { NameBlock } from '../domain/block.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { type BlockDependencies, blockName } from './block-name.ts';
import {
  type RevocationRequest,
  type RevokeDependencies,
  revokeWithUnconfirmed,
} from './revoke-certificate.ts';
import type { RevokedInTime } from './revoke-in-time.ts';

export interface RevokeSerialDependencies extends RevokeDependencies {
  readonly ledger: RevokeDependencies['ledger'] & BlockDependencies['ledger'];
}

export interface RevokedSerial extends RevokedInTime {
  /** Where the name was to be blocked. */
  readonly block?: NameBlock;
}

/**
 * Revokes one certificate; where its key is compromised, an unconfirmed successor too. With `block`, its name is blocked first, so that its host cannot get another.
 *
 * @returns undefined where it is not recorded. @throws AppError `try_again`.
 */
export async function revokeSerial(
  deps: RevokeSerialDependencies,
  serialNumber: SerialNumber,
  { block, ...request }: RevocationRequest & { readonly block: boolean },
): Promise<RevokedSerial | undefined> {
  const record = await deps.ledger.certificate(serialNumber);
  if (record === undefined) return undefined;
  const blocked = block ? { block: await blockName(deps, record, request) } : {};
  return { ...blocked, revoked: await revokeWithUnconfirmed(deps, record, request), complete: true };
}
