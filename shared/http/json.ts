import { fieldError } from '../errors/app-error.ts';
import { pointerOf } from './pointer.ts';

/** Deeper than any request of ours; a limit keeps hostile nesting away from everything that recurses. */
const MAX_DEPTH = 32;

/**
 * Reads JSON (RFC 8259) where every object has each name once, written without escapes: what two readers could
 * understand differently is refused, as is the name `__proto__`.
 *
 * @throws AppError `malformed_request`; its words never repeat the text, which may hold a secret.
 */
export function parseJson(text: string): unknown {
  const value = parse(text);
  refuseAmbiguous(text);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1];
    const where = position === undefined ? '' : ` (near character ${position})`;
    const why = position === undefined ? undefined : describeControl(text[Number(position)]);
    const detail = `The body is not valid JSON${where}. ${why ?? 'Send one JSON object.'}`;
    throw fieldError('malformed_request', '#', detail);
  }
}

/** Between the tokens of JSON line breaks are white space: where a parser stumbles over one, it is inside a string. */
function describeControl(character: string | undefined): string | undefined {
  if (character === '\n' || character === '\r')
    return 'A string contains a line break, which JSON writes as \\n. Let a tool write the JSON, for example: jq -Rs \'{csr: ., name: "web-01"}\' agent.csr';
  return character !== undefined && character < ' '
    ? 'A string contains a control character, which JSON writes as \\t or \\u00...'
    : undefined;
}

interface Level {
  /** Names seen; undefined for a list. */
  readonly names: Set<string> | undefined;
  /** Where the walk is: the current name, or the index. */
  at: string | number;
  expectsName: boolean;
}

/** Walks over the tokens of valid JSON. */
function refuseAmbiguous(text: string): void {
  const levels: Level[] = [];
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') open(levels, token);
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',' && level) next(level);
    else if (level?.expectsName) takeName(levels, level, token);
  }
}

function open(levels: Level[], token: '{' | '['): void {
  if (levels.length >= MAX_DEPTH)
    throw fieldError(
      'malformed_request',
      '#',
      `The body is nested deeper than ${MAX_DEPTH} levels. Send a flatter one.`,
    );
  levels.push(
    token === '{'
      ? { names: new Set(), at: '', expectsName: true }
      : { names: undefined, at: 0, expectsName: false },
  );
}

function next(level: Level): void {
  if (level.names) level.expectsName = true;
  else level.at = Number(level.at) + 1;
}

/** @param token the name as it is written, in quotes. */
function takeName(levels: readonly Level[], level: Level, token: string): void {
  const name = String(JSON.parse(token));
  level.at = name;
  level.expectsName = false;
  const pointer = pointerOf(levels.map(({ at }) => at));
  if (name === '__proto__')
    throw fieldError('malformed_request', pointer, 'A field must not be named "__proto__".');
  if (level.names?.has(name))
    throw fieldError('malformed_request', pointer, 'The field appears more than once. Send it once.');
  // V8 takes some escaped names for others that it read before (nodejs/node issue 63785, Node 24): the value of one
  // field would go to another.
  if (token.includes('\\'))
    throw fieldError(
      'malformed_request',
      pointer,
      'The name of a field contains a backslash. Write names without escapes; no field needs one.',
    );
  level.names?.add(name);
}
