import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * The module that brings the scripts of `shared/hosts` into bundles, which contain no other files. A script is a file of
 * its own, so that an editor, shellcheck and PSScriptAnalyzer can read it; in the module it is one text:
 *
 *   . ./parts/log.sh          a line like this becomes the contents of that file
 *   # shellcheck ...          left out: it is for editors
 *   @version@                 the version of the package
 *   # ...                     left out of what people paste: an interactive zsh knows no comments; and of kit.sh, a part of a response
 */

const ROOT = join(import.meta.dirname, '../../..');
const SCRIPTS = join(ROOT, 'shared/hosts');

const INCLUDE = /^\. \.\/(parts\/[a-z-]+\.(?:sh|ps1))$/;
const FOR_EDITORS = /^ *# shellcheck /;

/** What kits have as commands, and not as files; and the script that a kit becomes. */
export const PASTED: readonly string[] = [
  'encrypt-key.ps1',
  'encrypt-key.sh',
  'fill.awk',
  'kibana-policy.sh',
  'kibana-save.sh',
  'kibana-send.sh',
  'kit.sh',
  'pod-hourly.sh',
  'request-certificate.sh',
];

const HEADER = `// Generated from the scripts beside this file by \`npm run docs\`: change those.`;

/** The names of the scripts: `bootstrap.sh`. */
export function scriptNames(): readonly string[] {
  return readdirSync(SCRIPTS)
    .filter((name) => /\.(awk|ps1|sh)$/.test(name))
    .sort();
}

/**
 * A script as a host gets it.
 *
 * @throws Error for a part that does not exist.
 */
export function scriptText(name: string): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const text = `${expand(name).join('\n').trim()}\n`.replaceAll('@version@', version);
  return PASTED.includes(name) ? text.replace(/^ *#.*\n/gm, '') : text;
}

function expand(name: string): readonly string[] {
  const lines = readFileSync(join(SCRIPTS, name), 'utf8').split('\n');
  return lines
    .filter((line) => !FOR_EDITORS.test(line))
    .flatMap((line) => {
      const part = INCLUDE.exec(line)?.[1];
      return part === undefined ? [line] : expand(part);
    });
}

/**
 * The module: a constant for each script, `BOOTSTRAP_SH`, a line of source for each line, so that changes can be read. A
 * sum of strings, which a bundler folds, and leaves out where a bundle does not use it.
 */
export function scriptsModule(): string {
  const constants = scriptNames().map((name) => {
    const lines = scriptText(name).trimEnd().split('\n');
    const source = lines.map((line) => `  ${JSON.stringify(`${line}\n`)}`).join(' +\n');
    return `export const ${constantName(name)} =\n${source};\n`;
  });
  const hash = createHash('sha256').update(scriptText('bootstrap.sh')).digest('hex');
  const sha256 = `/** Hex, of {@link BOOTSTRAP_SH}. */\nexport const BOOTSTRAP_SH_SHA256 = '${hash}';\n`;
  return [`${HEADER}\n`, ...constants, sha256].join('\n');
}

function constantName(script: string): string {
  return script.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}
