/**
 * The id of a token from an argument: the id itself, or the whole token as a host has it. The secret goes nowhere, since a
 * path is written to logs.
 */
export function tokenId(text: string): string {
  return /^fst_([0-9A-Za-z]+)_/.exec(text)?.[1] ?? text;
}
