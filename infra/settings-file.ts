import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ParseError, parse, printParseErrorCode, visit } from 'jsonc-parser';
import { didYouMean } from '../shared/errors/did-you-mean.ts';
import { readSettings, type Settings, SettingsError } from './settings/settings.ts';

/** The context value of CDK that names the file of settings. */
const CONTEXT = 'fleetseal';

/** The file beside cdk.json that is read where the context names no other one. */
const FILE = 'fleetseal.json';

/** The settings of a deployment, and where they came from. */
export interface DeploymentSettings {
  readonly settings: Settings;
  /** Path of the file. */
  readonly file: string;
}

/**
 * Reads the settings of a deployment: `fleetseal.json` beside cdk.json, or the file that the CDK context value `fleetseal`
 * names. A deployment is always of a file, so that what a mistyped or forgotten argument leaves is an error, never the
 * defaults.
 *
 * @param context all values of the CDK context
 * @param directory where cdk.json is; relative paths start there
 * @throws SettingsError for a missing or unreadable file, or that lists every wrong setting.
 */
export function deploymentSettings(
  context: Readonly<Record<string, unknown>>,
  directory: string,
): DeploymentSettings {
  const file = resolve(directory, fileOf(context));
  return { settings: readSettings(readSettingsFile(file)), file };
}

function fileOf(context: Readonly<Record<string, unknown>>): string {
  const given = context[CONTEXT] ?? FILE;
  if (typeof given !== 'string' || given === '')
    throw new SettingsError(
      `the context value ${CONTEXT} must be the path of a file: put the settings into ${FILE} beside cdk.json, or name another file with -c ${CONTEXT}=<file>`,
    );
  const mistyped = Object.keys(context).find((name) => name !== CONTEXT && isLike(name));
  if (mistyped !== undefined)
    throw new SettingsError(
      `the context value ${mistyped} is unknown. Did you mean "${CONTEXT}", as in -c ${CONTEXT}=<file>?`,
    );
  return given;
}

/** Names of CDK and of its plugins contain a colon or a slash. */
function isLike(name: string): boolean {
  return !/[:/]/.test(name) && didYouMean(name, [CONTEXT]) !== '';
}

/**
 * Reads a file of settings: JSON, with comments (`//`, `/* *\/`) and a comma behind the last member where one likes.
 *
 * @throws SettingsError with the line of what is wrong.
 */
export function readSettingsFile(file: string): unknown {
  const text = read(file);
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const problems = [
    ...errors.map(({ error, offset }) => `${words(printParseErrorCode(error))} at ${place(text, offset)}`),
    ...repeated(text),
  ];
  if (problems.length > 0) throw unreadable(file, problems.join('; '));
  return value;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw code === 'ENOENT' ? missing(file) : unreadable(file, message, cause);
  }
}

function missing(file: string): SettingsError {
  return new SettingsError(
    `there are no settings: ${file} does not exist. "npx fleetseal init" asks for what matters and writes ${FILE}; -c ${CONTEXT}=<file> names another file to cdk, FLEETSEAL_SETTINGS=<file> to npm start`,
  );
}

function unreadable(file: string, reason: string, cause?: unknown): SettingsError {
  return new SettingsError(`the settings of this deployment cannot be read from ${file}: ${reason}`, {
    cause,
  });
}

/** Members that stand twice in one object: readers of JSON take the last, without a word. */
function repeated(text: string): readonly string[] {
  const seen = new Set<string>();
  const problems: string[] = [];
  visit(text, {
    onObjectProperty: (name, offset, _length, _line, _character, path) => {
      const pointer = JSON.stringify([...path(), name]);
      if (seen.has(pointer)) problems.push(`${name} is set a second time at ${place(text, offset)}`);
      seen.add(pointer);
    },
  });
  return problems;
}

/** `CommaExpected` in words. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
