import { readFileSync } from 'node:fs';
import { pathOf } from '../api/client.ts';
import { additionalRootView, read } from '../api/views.ts';
import { CommandError } from '../command-error.ts';
import { confirm } from '../output/confirm.ts';
import { renderDetails } from '../output/details.ts';
import { plain } from '../output/plain.ts';
import { timeWithDistance } from '../output/time.ts';
import { reasonOf } from '../reason.ts';
import type { Session } from '../session.ts';

/** Verifiers that follow the trust bundle accept certificates of the other CA from then on. */
export async function addRoot(session: Session, file: string): Promise<void> {
  const body = { pem: readText(file) };
  const json = await session.api.call('/roots', { method: 'POST', body, repeatable: true });
  session.show(json, () => {
    const { sha256, subject, notAfter } = read(additionalRootView, json);
    return renderDetails([
      ['Added', plain(subject.replaceAll('\n', ', '))],
      ['SHA-256', sha256],
      ['Not after', timeWithDistance(notAfter, session.terminal.now())],
    ]);
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CommandError('usage', `"${plain(file)}" cannot be read: ${reasonOf(cause)}`, { cause });
  }
}

export async function removeRoot(
  session: Session,
  sha256: string,
  { yes = false }: { readonly yes?: boolean | undefined },
): Promise<void> {
  const plan = `Verifiers that follow the trust bundle will refuse certificates of the CA ${plain(sha256)}.`;
  await confirm(session.terminal, plan, yes);
  await session.api.call(pathOf`/roots/${sha256}`, { method: 'DELETE' });
  session.show({ sha256 }, () => 'The root is no longer in the trust bundle.\n');
}
