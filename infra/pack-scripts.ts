import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import * as hostScripts from '#host-scripts';

/** The module in the repository, where people can review the scripts as text. */
const TEXTS = join(import.meta.dirname, '../shared/hosts/scripts.generated.ts');

/** What stays text: scripts that are served alone, so that a function that has them needs one with every request. */
const SERVED = /^(?:bootstrap|rotate)/i;

/**
 * The module of host scripts as bundles have it: what `#host-scripts` exports, with the scripts of kits compressed (brotli,
 * base64), all in one, since they resemble each other. They are unpacked, and zlib is loaded, when the first of them is used,
 * which most requests never do.
 *
 * @returns the source of an ES module, of which a bundler leaves out what a bundle does not use.
 */
export function packedScripts(): string {
  const names = Object.keys(hostScripts);
  const served = names.filter((name) => SERVED.test(name));
  const kits = names.filter((name) => !SERVED.test(name));
  return [
    `export { ${served.join(', ')} } from ${JSON.stringify(TEXTS)};`,
    'let scripts;',
    `const unpacked = () => (scripts ??= JSON.parse(process.getBuiltinModule('node:zlib').brotliDecompressSync(Buffer.from('${packed(kits)}', 'base64'))));`,
    ...kits.map((name) => `export const ${name} = () => unpacked().${name};`),
    '',
  ].join('\n');
}

/** An object of texts, as base64 of compressed JSON. */
function packed(names: readonly string[]): string {
  const texts = Object.entries(hostScripts).flatMap(([name, script]) =>
    names.includes(name) && typeof script === 'function' ? [[name, script()]] : [],
  );
  return brotliCompressSync(JSON.stringify(Object.fromEntries(texts))).toString('base64');
}
