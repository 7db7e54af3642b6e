/**
 * A DNS host name in lower case: letters, digits and hyphens in labels of 1 to 63, at most 253 in all (RFC 1034
 * section 3.5, RFC 1123 section 2.1); no trailing dot, no wildcard, no underscore. A name whose last label is all
 * digits is refused, since verifiers read such a name as an IP address (RFC 1123 section 2.1).
 */
export type DnsName = string & { readonly __brand: 'DnsName' };

export const DNS_NAME_RULE = 'a host name of letters, digits and hyphens, with no wildcard or trailing dot';

/** What the rule says, as a pattern that JSON Schema takes. */
export const DNS_NAME_FORM = namesOf('A-Za-z0-9');

/** The same for a pattern of names, in which `*` stands for one or more characters of a label. */
export const DNS_PATTERN_FORM = new RegExp(`^(?!.*\\*\\*)${namesOf('A-Za-z0-9*').source.slice(1)}`);

/** The length comes first, which bounds the time of all that follows. */
function namesOf(characters: string): RegExp {
  const label = `[${characters}](?:[${characters}-]{0,61}[${characters}])?`;
  return new RegExp(`^(?=.{1,253}$)(?!(?:.*\\.)?[0-9]+$)${label}(?:\\.${label})*$`);
}

/** Reads a name in either case; undefined where it breaks the rule. */
export function parseDnsName(text: string): DnsName | undefined {
  // Tested before lower-casing: the Kelvin sign, for one, would become a plain "k".
  return DNS_NAME_FORM.test(text) ? (text.toLowerCase() as DnsName) : undefined;
}

/** What the rule refuses, with what to say of it; what remains ends in a number. */
const PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'is empty'],
  [/^.{254}/, 'is longer than 253 characters'],
  [/[^.]{64}/, 'has a label longer than 63 characters'],
  [/\.$/, 'ends in a dot'],
  [/^\.|\.\./, 'has an empty label'],
  [/(?:^|\.)-|-(?:\.|$)/, 'has "-" at the start or end of a label'],
];

/**
 * What is wrong with a name, as the end of a sentence that begins with it; undefined where it keeps the rule.
 *
 * @example dnsNameProblem('fleet_server') // 'contains "_"'
 */
export function dnsNameProblem(text: string): string | undefined {
  if (DNS_NAME_FORM.test(text)) return undefined;
  const [character] = /[^A-Za-z0-9.-]/u.exec(text) ?? [];
  if (character !== undefined) return `contains ${JSON.stringify(character)}`;
  const [, problem] = PROBLEMS.find(([form]) => form.test(text)) ?? [];
  return problem ?? 'ends in a number, as only an IP address does';
}
