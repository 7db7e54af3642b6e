import { InvalidArgumentError } from '@commander-js/extra-typings';
import { type ReplacementView, read, replacementView } from '../api/views.ts';
import { durationSeconds } from '../arguments/duration.ts';
import { CommandError } from '../command-error.ts';
import { confirm } from '../output/confirm.ts';
import { renderDetails } from '../output/details.ts';
import { plain } from '../output/plain.ts';
import { timeIn, timeWithDistance } from '../output/time.ts';
import type { Session } from '../session.ts';

export interface CreateReplacementOptions {
  readonly issuer?: string | undefined;
  readonly profile?: string | undefined;
  readonly expiringBefore?: string | undefined;
  /** RFC 3339, or a duration from now. */
  readonly by: string;
  readonly yes?: boolean | undefined;
}

/** Hosts learn of it when they next ask when to renew, within six hours. */
export async function createReplacement(session: Session, options: CreateReplacementOptions): Promise<void> {
  const { terminal } = session;
  const selector = selectorOf(options);
  const now = terminal.now();
  const by = timeOf(options.by, now);
  const plan = `All certificates of ${selectionText(selector)} are to be renewed by ${timeWithDistance(by, now)}.`;
  await confirm(terminal, plan, options.yes ?? false);
  const json = await session.api.call('/replacements', { method: 'POST', body: { selector, by } });
  session.show(json, () => {
    const replacement = read(replacementView, json);
    return renderDetails([
      ['Replacement', plain(replacement.id)],
      ['Certificates of', selectionText(replacement.selector)],
      ['By', timeWithDistance(replacement.by, now)],
    ]);
  });
}

/** One line for people. */
export function selectionText(selector: ReplacementView['selector']): string {
  const words = Object.entries(selector).map(([name, value]) => `${name} ${plain(value)}`);
  return words.join(', ');
}

function selectorOf({ issuer, profile, expiringBefore }: CreateReplacementOptions): Record<string, string> {
  const given = { issuer, profile, notAfterBefore: expiringBefore };
  const selector = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  if (selector.length > 0) return Object.fromEntries(selector);
  throw new CommandError(
    'usage',
    'Say which certificates: --issuer, --profile or --expiring-before, or more than one of them.',
  );
}

function timeOf(text: string, now: number): string {
  try {
    return timeIn(durationSeconds(text), now);
  } catch (error) {
    if (error instanceof InvalidArgumentError) return text;
    throw error;
  }
}
