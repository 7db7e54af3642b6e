/** One PEM block (RFC 7468): 64 characters per line, `\n` at the end of each line, the last one too. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

const LINE = 64;

/** {@link toPem} of what may be long, as octets: it makes no string for each line. */
export function toPemBytes(label: string, der: Uint8Array): Uint8Array {
  const base64 = Buffer.from(
    Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64'),
    'latin1',
  );
  const lines = Buffer.alloc(base64.length + Math.ceil(base64.length / LINE), '\n');
  for (let from = 0, to = 0; from < base64.length; from += LINE)
    to += 1 + base64.copy(lines, to, from, Math.min(from + LINE, base64.length));
  return Buffer.concat([
    Buffer.from(`-----BEGIN ${label}-----\n`),
    lines,
    Buffer.from(`-----END ${label}-----\n`),
  ]);
}

export interface PemBlock {
  readonly label: string;
  /** What is between the two lines, as it is; undefined where the last line is missing. */
  readonly contents: string | undefined;
}

/**
 * The blocks of a text that may have other text around them, which RFC 7468 section 2 has readers ignore
 * (`openssl req -text` writes a description before).
 */
export function findPemBlocks(text: string): readonly PemBlock[] {
  const beginnings = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,64})-----/g)];
  return beginnings.map(({ 0: line, 1: label = '', index }, i) => {
    const rest = text.slice(index + line.length, beginnings[i + 1]?.index);
    const end = rest.indexOf(`-----END ${label}-----`);
    return { label, contents: end < 0 ? undefined : rest.slice(0, end) };
  });
}

/** Reads base64 with its padding; blanks and line breaks are allowed, nothing else is. Undefined for other text. */
export function readBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/[ \t\r\n]/g, '');
  const bytes = Buffer.from(compact, 'base64');
  return compact !== '' && bytes.toString('base64') === compact ? bytes : undefined;
}
