import { type ParsedTbs, parseTbs } from '../parse-tbs.ts';
import type { LintContext, Rule } from './rule.ts';
import { RULES } from './rules.ts';

export interface Finding {
  /** Name of the rule; `structure` where the octets are no TBSCertificate. */
  readonly rule: string;
  readonly detail: string;
}

/** All that is wrong with to-be-signed bytes: an empty list allows the signature. */
export function lint(tbs: Uint8Array, context: LintContext): readonly Finding[] {
  let parsed: ParsedTbs;
  try {
    parsed = parseTbs(tbs);
  } catch (error) {
    return [{ rule: 'structure', detail: String(error) }];
  }
  return RULES[context.kind].flatMap((rule) => apply(rule, parsed, context));
}

/** Applies one rule; a rule that can't read what it looks at has found something, too. */
function apply(rule: Rule, tbs: ParsedTbs, context: LintContext): readonly Finding[] {
  try {
    const detail = rule.check(tbs, context);
    return detail === undefined ? [] : [{ rule: rule.name, detail }];
  } catch (error) {
    return [{ rule: rule.name, detail: `not readable: ${String(error)}` }];
  }
}
