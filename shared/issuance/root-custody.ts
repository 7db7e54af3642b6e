import type { Ceremony } from '../domain/ceremony.ts';
import type { Clock } from '../domain/instant.ts';
import type { Slot } from '../domain/slot.ts';
import { type CaSigner, type CeremonyLog, type KeyStates, type Pause, SigningError } from './ports.ts';

/*
 * Roots whose keys are disabled between uses (setting `disabledBetweenUses`). Who uses such a key records the use, enables
 * the key, and disables it again when the use has ended and no other is under way. What is cut off in between is cleaned up
 * by the maintenance of the authority.
 */

/**
 * The longest that a recorded use is taken to be under way, in seconds: no function that uses a root runs longer than 120,
 * and their clocks may differ.
 */
export const LONGEST_USE_SECONDS = 180;

/**
 * How long KMS may take to show everybody the new state of a key, in seconds: usually a few, in some cases several minutes
 * (KMS developer guide, "AWS KMS eventual consistency"). Counted from the beginning of a use, which takes at most
 * {@link LONGEST_USE_SECONDS} of it; longer than the 5 minutes between two runs of the maintenance.
 */
export const SETTLING_SECONDS = 600;

/** As many uses as are read to find those under way: there are a few a month. */
const LAST_USES = 100;

/**
 * Pauses before KMS is asked again, in milliseconds: changes of a key's state take a few seconds. The three uses of two
 * roots that a request may need fit into its 28 seconds.
 */
const PAUSES = [250, 500, 1000, 2000, 2000];

/** What KMS says of a key that it does not yet know to be enabled, or that another use has disabled since. */
export const NOT_ENABLED = ['DisabledException', 'KMSInvalidStateException'] as const;

export interface RootCustodyDependencies {
  readonly slots: { readSlots(): Promise<readonly Slot[]> };
  /** Signs with these keys: it meets errors that are waited out. */
  readonly signer: CaSigner;
  readonly keys: Pick<KeyStates, 'enable' | 'disable'>;
  readonly ceremonies: Pick<CeremonyLog, 'lastCeremonies'>;
  readonly clock: Clock;
  readonly pause: Pause;
  /** Gets why a key could not be disabled. */
  readonly onLeftEnabled: (error: unknown) => void;
}

/** Keeps the keys of roots disabled between uses, where the deployment wants it. */
export interface RootCustody {
  readonly signer: CaSigner;
  /** Whether the key is one of these. */
  keeps(keyArn: string): Promise<boolean>;
  /**
   * Enables the key and makes the call; while KMS takes the key for disabled, both are repeated, for about 6 seconds.
   *
   * @throws NotYetEnabledError where that was not enough; SigningError
   */
  enabled<Result>(keyArn: string, call: () => Promise<Result>): Promise<Result>;
  /** Disables the key, unless a recorded use needs it. Never throws: the maintenance of the authority disables it then. */
  disable(keyArn: string): Promise<void>;
}

/**
 * @example
 *     const custody = rootCustody({ slots, signer, keys: kmsKeyStates(), ceremonies, clock, pause, onLeftEnabled });
 */
export function rootCustody({
  slots,
  signer,
  keys,
  ceremonies,
  clock,
  pause,
  onLeftEnabled,
}: RootCustodyDependencies): RootCustody {
  return {
    signer,

    async keeps(keyArn) {
      return (await slots.readSlots()).some(
        (slot) => slot.kind === 'root' && slot.keyArn === keyArn && slot.disabledBetweenUses === true,
      );
    },

    async enabled(keyArn, call) {
      for (let tried = 0; ; tried++) {
        await keys.enable(keyArn);
        try {
          return await call();
        } catch (error) {
          if (!(error instanceof SigningError && isNotEnabled(error))) throw error;
          const milliseconds = PAUSES[tried];
          if (milliseconds === undefined) throw new NotYetEnabledError(error);
          await pause(milliseconds);
        }
      }
    },

    async disable(keyArn) {
      try {
        const uses = await ceremonies.lastCeremonies(LAST_USES);
        if (!isNeeded(uses, keyArn, clock())) await keys.disable(keyArn);
      } catch (error) {
        onLeftEnabled(error);
      }
    },
  };
}

/**
 * KMS enabled the key, but takes it for disabled still. It stays enabled for the next try, for {@link SETTLING_SECONDS} at
 * most: with every try from the beginning, a root might never sign where KMS is slow.
 */
export class NotYetEnabledError extends SigningError {
  constructor({ message, attempts }: SigningError) {
    super(`${message}, although the key was enabled`, attempts, true, undefined);
  }
}

/**
 * Whether the key must stay enabled: a use of it is under way, or one found it disabled still, and none has succeeded since.
 *
 * @param uses from the one that began last.
 */
export function isNeeded(uses: readonly Ceremony[], keyArn: string, now: number): boolean {
  const own = uses.filter((use) => use.keyArn === keyArn);
  const last = own.find(({ outcome }) => outcome !== undefined && outcome !== 'failed');
  return (
    own.some(({ at, outcome }) => outcome === undefined && now - at < LONGEST_USE_SECONDS) ||
    (last?.outcome === 'not_enabled' && now - last.at < SETTLING_SECONDS)
  );
}

function isNotEnabled({ attempts }: SigningError): boolean {
  const outcome = attempts.at(-1)?.outcome;
  return NOT_ENABLED.some((name) => name === outcome);
}
