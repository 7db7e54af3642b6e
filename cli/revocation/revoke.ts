import { setTimeout } from 'node:timers/promises';
import type { RevocationView } from '../api/views.ts';
import { CommandError } from '../command-error.ts';
import { confirm } from '../output/confirm.ts';
import { reasonOf } from '../reason.ts';
import type { Session } from '../session.ts';
import { tokenId } from '../tokens/token-id.ts';
import { type Plan, planName, planSerials, planToken } from './plan.ts';
import { renderRevoked } from './render.ts';
import { NoProgress, type Pause, type RevocationBody, type Steps } from './request.ts';

export interface RevokeOptions extends RevocationBody {
  readonly name?: string | undefined;
  readonly profile?: string | undefined;
  readonly token?: string | undefined;
  readonly yes?: boolean | undefined;
}

/** Revokes certificates by serial number, by name or by token, once somebody has seen and confirmed which. */
export async function revokeCertificates(
  session: Session,
  serialNumbers: readonly string[],
  options: RevokeOptions,
  pause: Pause = setTimeout,
): Promise<void> {
  const plan = await planOf(session, serialNumbers, options);
  await confirm(session.terminal, plan.says, options.yes ?? false);
  await carryOut(session, plan.steps(pause));
}

function planOf(session: Session, serialNumbers: readonly string[], options: RevokeOptions): Promise<Plan> {
  const { name, profile, token, yes: _yes, ...body } = options;
  const given = [serialNumbers.length > 0, name !== undefined, token !== undefined].filter(Boolean).length;
  if (given !== 1)
    throw new CommandError(
      'usage',
      'Say what to revoke by one of: serial numbers, --name <name>, or --token <id>.',
    );
  if (body.block && serialNumbers.length !== 1 && name === undefined)
    throw new CommandError(
      'usage',
      '--block goes with one serial number or with --name: it blocks the name.',
    );
  if (name !== undefined) return planName(session, name, profile, body);
  if (profile !== undefined) throw new CommandError('usage', '--profile goes with --name.');
  return token === undefined
    ? planSerials(session, serialNumbers, body)
    : planToken(session, tokenId(token), body);
}

/** Shows what was revoked even where a later step failed. */
async function carryOut(session: Session, steps: Steps): Promise<void> {
  const done = {
    revoked: [] as RevocationView['revoked'][number][],
    count: 0,
    effect: {} as RevocationView['effect'],
  };
  let failure: unknown;
  try {
    for await (const { revoked, count, effect } of steps) {
      done.revoked.push(...revoked);
      done.count += count;
      done.effect = effect;
      session.terminal.progress(`${done.count} revoked`);
    }
  } catch (error) {
    if (done.count === 0 && !(error instanceof NoProgress)) throw error;
    failure = error;
  }
  session.terminal.progress('');
  if (failure === undefined || done.count > 0)
    session.show(done, () => renderRevoked(done, session.terminal));
  if (failure !== undefined) throw unfinished(done.count, failure);
}

function unfinished(count: number, cause: unknown): CommandError {
  const done =
    count === 0
      ? '0 were revoked, and the service has not finished.'
      : `${count} were revoked, and are in the output; the rest was not.`;
  const says = `${done} Run the same command again: it goes on. ${reasonOf(cause)}`;
  return new CommandError('partial', says, { cause });
}
