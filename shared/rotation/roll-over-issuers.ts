import { SERVICE } from '../domain/revocation.ts';
import { isActive } from '../domain/root-states.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import { type CertifyNextIssuerDependencies, certifyNextIssuer } from './certify-next-issuer.ts';
import { changeIssuer } from './change-issuer.ts';
import { issuanceSeconds, planRollover, type RolloverStep } from './issuer-schedule.ts';
import { issuerSlots } from './issuer-slots.ts';

export interface RollOverDependencies extends CertifyNextIssuerDependencies {
  readonly authority: CertifyNextIssuerDependencies['authority'] & Pick<AuthorityStore, 'changeIssuers'>;
}

/** What was done, and for how long issuance is provided for. */
export interface RolloverReport {
  /** `certify issuer-2`, and so on. */
  readonly done: readonly string[];
  /** What could not be done: the next run tries again. */
  readonly failed: readonly { readonly what: string; readonly error: unknown }[];
  /** For how long certificates can be issued without an operator; 0 where the issuers could not be read. */
  readonly issuanceSeconds: number;
}

/**
 * Does what is due in the life of the issuers: certifies the next one ahead of time, has it take over early enough that no
 * certificate outlives its issuer, and retires what is over. May run twice, at the same time, and be cut off anywhere. What
 * fails does not stop the rest.
 *
 * @example
 * const { done, failed, issuanceSeconds } = await rollOverIssuers({ slots, authority, signer, clock, random });
 */
export async function rollOverIssuers(deps: RollOverDependencies): Promise<RolloverReport> {
  const done: string[] = [];
  const failed = new Map<string, unknown>();
  try {
    for (;;) {
      const { issuers, slots } = await read(deps);
      const due = planRollover(issuers, slots, deps.clock());
      const step = due.find((one) => !done.includes(nameOf(one)) && !failed.has(nameOf(one)));
      if (step === undefined) {
        const left = issuanceSeconds(issuers, slots, deps.clock());
        return { done, failed: [...failed].map(([what, error]) => ({ what, error })), issuanceSeconds: left };
      }
      try {
        await take(deps, step);
        done.push(nameOf(step));
      } catch (error) {
        failed.set(nameOf(step), error);
      }
    }
  } catch (error) {
    return { done, failed: [{ what: 'rollover', error }], issuanceSeconds: 0 };
  }
}

async function read({ authority, slots }: RollOverDependencies) {
  const [{ roots, issuers }, declared] = await Promise.all([authority.readAuthority(), slots.readSlots()]);
  // Issuers below an external root are certified elsewhere, by people: no slot is filled by itself.
  const isExternal = roots.some((root) => root.kind === 'external' && isActive(root));
  return { issuers, slots: isExternal ? [] : issuerSlots(declared) };
}

function nameOf({ action, id }: RolloverStep): string {
  return `${action} ${id}`;
}

async function take(deps: RollOverDependencies, { action, id }: RolloverStep): Promise<void> {
  if (action === 'certify') await certifyNextIssuer(deps, { id, by: SERVICE });
  else await changeIssuer(deps, { id, action, by: SERVICE });
}
