/** How compressed bodies begin, as the gateway hands octets on as text: U+FFFD stands for what is not UTF-8. */
const COMPRESSED: readonly { readonly begins: readonly string[]; readonly by: string }[] = [
  // RFC 1952 section 2.3.1
  { begins: ['\u001f\ufffd'], by: 'gzip' },
  // RFC 8878 section 3.1.1
  { begins: ['(\ufffd/\ufffd'], by: 'zstd' },
  // RFC 1950 section 2.2, which HTTP calls deflate; the second octet follows from the level.
  { begins: ['x\u0001', 'x^', 'x\ufffd'], by: 'deflate' },
];

/**
 * What a body is where it is not UTF-8 text: `compressed (gzip)`, `UTF-16 or UTF-32`. Undefined where it may be JSON.
 * Brotli has no mark of its own.
 */
export function foreignEncoding(text: string): string | undefined {
  const found = COMPRESSED.find(({ begins }) => begins.some((beginning) => text.startsWith(beginning)));
  if (found !== undefined) return `compressed (${found.by})`;
  // JSON begins with an ASCII character (RFC 8259 section 2), which has zero octets beside it in UTF-16 and UTF-32.
  return text.slice(0, 8).includes('\0') ? 'UTF-16 or UTF-32' : undefined;
}
