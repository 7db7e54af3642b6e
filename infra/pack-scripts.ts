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
  const kits = Object.entries(hostScripts).flatMap(([name, script]) =>
    served.includes(name) || typeof script === 'string' ? [] : [{ name, text: script() }],
  );
  // Texts contain no NUL.
  const packed = brotliCompressSync(kits.map(({ text }) => text).join('\0')).toString('base64');
  return [
    `export { ${served.join(', ')} } from ${JSON.stringify(TEXTS)};`,
    'let scripts;',
    `const unpacked = () => (scripts ??= process.getBuiltinModule('node:zlib').brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString().split('\\0'));`,
    ...kits.map(({ name }, index) => `export const ${name} = () => unpacked()[${index}];`),
    '',
  ].join('\n');
}
