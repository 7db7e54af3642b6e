import type { Declaration } from '../domain/declaration.ts';
import { keyIdOf, primaryRegionOf } from '../domain/key-arn.ts';
import type { LedgerState } from '../domain/ledger.ts';
import type { Slot } from '../domain/slot.ts';
import { AppError } from '../errors/app-error.ts';

export interface ReadPrimaryDependencies {
  /** ARN of the stream of this Region's replica; undefined where there is no replica, or no stream. */
  streamArn(): Promise<string | undefined>;
  slots: { readSlots(): Promise<readonly Slot[]> };
  ledger: { readState(): Promise<LedgerState | undefined> };
}

/** Every multi-Region key id begins with it. */
const PREFIX = 'mrk-';

/**
 * What the templates of the standby Region need of the primary one, read from the standby's own replica of the ledger: so a
 * deployment of the standby calls no other Region. Key ids are without `mrk-`, and names without hyphens, because
 * CloudFormation takes 4,096 bytes of a custom resource, and there are up to 71 keys.
 *
 * @returns `StreamArn`, and by the name of each key, such as `issuer1`, its id.
 * @throws AppError `internal` where something is missing: the primary's stacks have to be deployed first.
 */
export async function readPrimary(
  { streamArn, slots, ledger }: ReadPrimaryDependencies,
  { roots, issuers }: Pick<Declaration, 'roots' | 'issuers'>,
): Promise<Readonly<Record<string, string>>> {
  const stream = await streamArn();
  if (stream === undefined) throw missing('the replica of the table');
  const [recorded, state] = [await slots.readSlots(), await ledger.readState()];
  const keyArns = new Map([
    ...recorded.map(({ id, keyArn }) => [id, keyArn] as const),
    ['responder-1', state?.responderKeyArn ?? ''] as const,
  ]);
  const declared = [
    ...roots.filter(({ kind }) => kind === 'kms').map(({ id }) => id),
    ...issuers.map(({ id }) => id),
    'responder-1',
  ];
  const absent = declared.filter((id) => primaryRegionOf(keyArns.get(id) ?? '') === undefined);
  if (absent.length > 0) throw missing(`the multi-Region key of ${absent.join(', ')}`);
  return {
    StreamArn: stream,
    ...Object.fromEntries(
      declared.map((id) => [attributeOf(id), keyIdOf(keyArns.get(id) ?? '')?.slice(PREFIX.length) ?? '']),
    ),
  };
}

/** `issuer-1` becomes `issuer1`. */
function attributeOf(id: string): string {
  return id.replaceAll('-', '');
}

function missing(what: string): AppError {
  return new AppError(
    'internal',
    `the standby Region does not have ${what} yet. Deploy the stacks of the primary Region with the same settings first, then these again`,
  );
}
