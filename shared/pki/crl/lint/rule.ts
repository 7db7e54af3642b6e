import type { CaFacts } from '../../ca-facts.ts';
import type { ExpectedEntries } from '../expected-entries.ts';
import type { ListPlan } from '../list.ts';
import type { ListExtension, ParsedList } from '../parse-list.ts';

/** What a list is meant to be: rules derive from it what must be in the bytes, by themselves. */
export interface ListContext {
  readonly plan: ListPlan;
  readonly ca: CaFacts;
  /** What it must list. */
  readonly expected: Pick<ExpectedEntries, 'count' | 'samples'>;
}

export interface ListRule {
  /** Snake case, as in the log. */
  readonly name: string;
  /** The clause that it enforces. */
  readonly citation: string;
  /** What is wrong, or undefined. May throw where octets are not readable at all: that counts as wrong, too. */
  check(list: ParsedList, context: ListContext): string | undefined;
}

/** Contents of the OBJECT IDENTIFIERs, hex, written out so that no rule believes the writer's table. */
export const EXTENSIONS = {
  crlNumber: '551d14',
  issuingDistributionPoint: '551d1c',
  authorityKeyIdentifier: '551d23',
} as const;

/** The first extension with this identifier; that there is one only is a rule of its own. */
export function extensionOf(
  { extensions }: ParsedList,
  name: keyof typeof EXTENSIONS,
): ListExtension | undefined {
  return extensions.find(({ oid }) => oid === EXTENSIONS[name]);
}
