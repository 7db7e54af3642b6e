/**
 * Words that PowerShell takes as they are. What begins with `-` is quoted unless it is `--` and letters: it would be read
 * as a parameter and split at `.` or `:` (PowerShell/PowerShell#6291), and `-in` is an operator too.
 */
const PLAIN = /^(?:[A-Za-z][A-Za-z0-9-]*|--[A-Za-z][A-Za-z-]*|\.\\[A-Za-z0-9.-]+|\/[a-z]+:[a-z])$/;

/** PowerShell reads typographic single quotes as single quotes (about_Quoting_Rules), so all of them are doubled. */
const SINGLE_QUOTES = /['\u2018\u2019\u201A\u201B]/g;

/**
 * Whether an argument reaches a program unchanged from every PowerShell. Windows PowerShell 5.1 passes double quotes
 * and a final backslash after white space on unescaped, and drops empty arguments (about_Parsing, "Passing arguments
 * that contain quote characters"), so such arguments are refused.
 */
export function isPowershellSafe(argument: string): boolean {
  return argument !== '' && !/["\p{Cc}]/u.test(argument) && !(/\s/.test(argument) && argument.endsWith('\\'));
}

/** @throws RangeError for an argument that is not {@link isPowershellSafe}. */
export function powershellWord(argument: string): string {
  if (!isPowershellSafe(argument)) throw new RangeError('PowerShell cannot pass this argument unchanged');
  return PLAIN.test(argument) ? argument : powershellLiteral(argument);
}

/** Any text as a string of a script. */
export function powershellLiteral(text: string): string {
  return `'${text.replace(SINGLE_QUOTES, '$&$&')}'`;
}

/** A PowerShell command line that runs exactly these arguments; a quoted program is called with `&`. */
export function powershellCommand(argv: readonly [string, ...string[]]): string {
  const [program, ...rest] = argv.map(powershellWord) as [string, ...string[]];
  return [...(program.startsWith("'") ? ['&'] : []), program, ...rest].join(' ');
}
