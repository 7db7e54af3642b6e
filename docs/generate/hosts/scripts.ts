import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * The module that brings the scripts of `shared/hosts` into bundles, which contain no other files. A script is a file of
 * its own, so that an editor, shellcheck and PSScriptAnalyzer can read it; in the module it is one text:
 *
 *   . ./parts/log.sh          a line like this becomes the contents of that file, in which there may be others
 *   # shellcheck ...          left out: it is for editors
 *   @version@                 the version of the package
 *   # ...                     left out of what people paste: an interactive zsh knows no comments; and of what is a part of
 *                             responses: a kit has no room for what is in the repository
 *   indentation               left out of awk, for the same reason
 */

const ROOT = join(import.meta.dirname, '../../..');
const SCRIPTS = join(ROOT, 'shared/hosts');

const INCLUDE = /^\. \.\/(parts\/[a-z-]+\.(?:sh|ps1))\n/m;
const FOR_EDITORS = /^ *# shellcheck .*\n/gm;

/** What kits have as commands. */
export const PASTED: readonly string[] = [
  'encrypt-key.ps1',
  'encrypt-key.sh',
  'fill.awk',
  'kibana-merge.awk',
  'kibana-policy.sh',
  'kibana-save.sh',
  'kibana-send.sh',
  'request-certificate.sh',
  'service-variable-macos.sh',
  'service-variable.ps1',
  'service-variable.sh',
];

/** Besides, what kits have as files, and the script that a kit becomes. */
const UNCOMMENTED: readonly string[] = [
  ...PASTED,
  'kit.ps1',
  'kit.sh',
  'pod-enroll.sh',
  'pod-hourly.sh',
  'pod-keep.sh',
  'refresh-lists.sh',
  'renew-secret.sh',
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
  const plain = UNCOMMENTED.includes(name);
  return segmentsOf(name)
    .map((segment) => ('part' in segment ? partText(segment.part, plain) : uncommented(segment.text, plain)))
    .join('');
}

/** A stretch of a script: its own lines, or a part of several scripts, which includes no other. */
type Segment = { readonly text: string } | { readonly part: string };

function segmentsOf(name: string): readonly Segment[] {
  const own = (name.endsWith('.awk') ? read(name).replace(/^ +/gm, '') : read(name)).split(INCLUDE);
  return own.flatMap((piece, index): readonly Segment[] => {
    if (index % 2 === 1) return INCLUDE.test(read(piece)) ? segmentsOf(piece) : [{ part: piece }];
    // Nothing is left of what stood between two parts for editors.
    return piece === '' ? [] : [{ text: piece }];
  });
}

/** A file without what is for editors. */
function read(name: string): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const text = readFileSync(join(SCRIPTS, name), 'utf8');
  return text.replace(FOR_EDITORS, '').replaceAll('@version@', version);
}

/** A blank line separates what people read. */
function partText(part: string, plain: boolean): string {
  return plain ? uncommented(read(part), plain) : `${read(part)}\n`;
}

function uncommented(text: string, plain: boolean): string {
  return plain ? text.replace(/^ *#.*\n/gm, '') : text;
}

/**
 * The module: a function for each script, `bootstrapSh`, that returns it, and a constant for each part; a line of source for
 * each line, so that changes can be read. Bundles that render kits have the scripts compressed (infra/pack-scripts.ts), hence
 * functions: each is unpacked when it is used.
 */
export function scriptsModule(): string {
  const scripts = scriptNames().map((name) => ({
    name,
    plain: UNCOMMENTED.includes(name),
    segments: segmentsOf(name),
  }));
  const parts = new Map(
    scripts.flatMap(({ plain, segments }) =>
      segments.flatMap((segment) =>
        'part' in segment ? [[partName(segment.part, plain), partText(segment.part, plain)] as const] : [],
      ),
    ),
  );
  const functions = scripts.map(({ name, plain, segments }) => {
    const values = segments.map((segment) =>
      'part' in segment ? partName(segment.part, plain) : source(uncommented(segment.text, plain)),
    );
    const [only = ''] = values;
    const value = values.length === 1 ? only : `[\n${values.join(',\n')},\n].join('')`;
    return `export const ${functionName(name)} = () =>\n${value};\n`;
  });
  const hash = createHash('sha256').update(scriptText('bootstrap.sh')).digest('hex');
  const sha256 = `/** Hex, of {@link bootstrapSh}. */\nexport const BOOTSTRAP_SH_SHA256 = '${hash}';\n`;
  const shared = [...parts].sort().map(([name, text]) => `const ${name} =\n${source(text)};\n`);
  return [`${HEADER}\n`, ...shared, ...functions, sha256].join('\n');
}

function source(text: string): string {
  return text
    .split(/(?<=\n)/)
    .map((line) => `  ${JSON.stringify(line)}`)
    .join(' +\n');
}

function partName(part: string, plain: boolean): string {
  return `${part.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}${plain ? '_PLAIN' : ''}`;
}

/** `kibana-merge.awk`: `kibanaMergeAwk`. */
function functionName(script: string): string {
  return script.replaceAll(/[^a-z0-9]([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
