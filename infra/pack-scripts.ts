import { brotliCompressSync } from 'node:zlib';
import * as hostScripts from '#host-scripts';

/**
 * The start of a module with packed texts: each is unpacked when it is first used, and zlib loaded, which most requests never
 * do. The texts are ASCII.
 */
const UNPACK = `const unpack = (packed) => {
  let text;
  return () => (text ??= process.getBuiltinModule('node:zlib').brotliDecompressSync(Buffer.from(packed, 'base64')).toString());
};
`;

/**
 * The module of host scripts as bundles have it: what `#host-scripts` exports, each script compressed (brotli, base64) if
 * that is shorter. The repository keeps them as text, which people can review. A bundler leaves out what a bundle does not
 * use, since each export is one pure call.
 *
 * @returns the source of an ES module.
 */
export function packedScripts(): string {
  const exported = Object.entries(hostScripts).map(
    ([name, value]) => `export const ${name} = ${source(value)};\n`,
  );
  return UNPACK + exported.join('');
}

function source(value: string | (() => string)): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const plain = `() => ${JSON.stringify(value())}`;
  const packed = `/* @__PURE__ */ unpack('${brotliCompressSync(value()).toString('base64')}')`;
  return packed.length < plain.length ? packed : plain;
}
