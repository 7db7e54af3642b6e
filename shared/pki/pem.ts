/** One PEM block (RFC 7468): 64 characters per line, `\n` at the end of each line, the last one too. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
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
