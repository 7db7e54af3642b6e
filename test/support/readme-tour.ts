import { readFileSync } from 'node:fs';
import { marked, type Token } from 'marked';

const README = new URL('../../README.md', import.meta.url);
const TOUR = '## Enroll with only openssl and curl';

/** What begins the blocks that revoke the certificate. */
const REVOKES = 'npx fleetseal --local certificates revoke';

/**
 * The commands of the README's tour as a reader of one profile pastes them, block by block: all but `npm start`, and of
 * the blocks that say what the host is to become the one of the profile, in the place of the first.
 *
 * @param options.revoke whether to go on to the end, which waits 10 seconds for the lists. @default true
 */
export function tourOf(profile: string, { revoke = true } = {}): readonly string[] {
  const [choices, commands] = partition(tourBlocks(), (block) => block.startsWith('profile='));
  const chosen = choices.find((block) => block.startsWith(`profile=${profile} `));
  if (chosen === undefined) throw new Error(`the README's tour has no block for profile ${profile}`);
  const [setUp, ...others] = commands.filter((block) => block !== 'npm start');
  const end = revoke ? others.length : others.findIndex((block) => block.startsWith(REVOKES));
  return [setUp ?? '', chosen, ...others.slice(0, end)];
}

/** The shell blocks of the tour, in their order. */
function tourBlocks(): readonly string[] {
  const text = readFileSync(README, 'utf8');
  const tour = text.slice(text.indexOf(TOUR));
  const end = tour.indexOf('\n## ');
  return marked.lexer(tour.slice(0, end)).flatMap(shellOf);
}

function shellOf(token: Token): readonly string[] {
  return token.type === 'code' && token['lang'] === 'sh' ? [String(token['text'])] : [];
}

function partition<T>(
  items: readonly T[],
  holds: (item: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
}
