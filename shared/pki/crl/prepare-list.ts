import { verify } from 'node:crypto';
import { SIGNATURE_ALGORITHMS } from '../../domain/signature-algorithm.ts';
import { assembleSigned } from '../assemble-signed.ts';
import { caFacts } from '../ca-facts.ts';
import type { CaCertificate } from '../certificate.ts';
import { sameBytes } from '../lint/rule.ts';
import { type Prepared, prepare } from '../prepared.ts';
import { encodeList } from './encode-list.ts';
import { type EntryPages, ExpectedEntries } from './expected-entries.ts';
import { lintList } from './lint/lint-list.ts';
import type { ListPlan } from './list.ts';
import { splitList } from './parse-list.ts';

/** A list that may be signed. */
export interface PreparedList {
  readonly prepared: Prepared<'revocation list'>;
  /** How many certificates it lists. */
  readonly entries: number;
  /** Hex SHA-256 of all that it says but its number and dates: equal lists have equal ones. */
  readonly contentsSha256: string;
}

/**
 * Writes a list, reads it back and lints it.
 *
 * @param pages entries in ascending order of serial number, without duplicates; read once.
 * @throws AppError `internal` naming the rules in `internal`: entries out of order are found so too. What the pages throw
 * passes through.
 */
export async function prepareList(
  plan: ListPlan,
  ca: CaCertificate,
  pages: EntryPages,
): Promise<PreparedList> {
  const facts = caFacts(ca);
  const expected = new ExpectedEntries();
  const { tbs, contentsSha256 } = await encodeList(plan, facts, expected.observe(pages));
  const entries = expected.count;
  const prepared = prepare({
    kind: 'revocation list',
    tbs,
    signer: facts,
    about: { number: plan.number.toString(), entries, url: plan.scope?.url ?? 'full' },
    checks: { lint: () => lintList(tbs, { plan, ca: facts, expected }) },
    assemble: (signature) => assembleSigned(tbs, facts.keySpec, signature),
    verify: (der, publicKey) => {
      const list = splitList(der);
      const { hash } = SIGNATURE_ALGORITHMS[facts.keySpec];
      return sameBytes(list.tbs, tbs) && verify(hash, list.tbs, publicKey, list.signature);
    },
  });
  return { prepared, entries, contentsSha256 };
}
