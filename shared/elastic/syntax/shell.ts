/** Words without a character that is special in a POSIX shell, and that are not assignments (`NAME=value`). */
const PLAIN = /^(?![A-Za-z_][A-Za-z0-9_]*=)[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/**
 * One argument as a word of POSIX sh (POSIX.1-2024, Shell Command Language, section 2.2.2): within single quotes every
 * character stands for itself, and a single quote is written outside of them.
 *
 * @throws RangeError for a NUL character, which no argument can hold.
 */
export function shellWord(argument: string): string {
  if (argument.includes('\0')) throw new RangeError('an argument cannot hold a NUL character');
  return PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** A command line of POSIX sh that runs exactly these arguments, on one line if they contain no line break. */
export function shellCommand(argv: readonly string[]): string {
  return argv.map(shellWord).join(' ');
}
