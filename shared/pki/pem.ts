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
  readonly der: Uint8Array;
}

const BLOCK = /^\s*-----BEGIN ([A-Z0-9 ]+)-----[ \t]*\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----\s*$/;

/**
 * Reads text that is one PEM block and nothing else. Lines may end with CRLF and have any length; headers, text around
 * the block and a second block are refused. Undefined where `text` is anything else.
 */
export function readPem(text: string): PemBlock | undefined {
  const match = BLOCK.exec(text);
  const der = match?.[2] === undefined ? undefined : readBase64(match[2]);
  return match?.[1] === undefined || der === undefined ? undefined : { label: match[1], der };
}

/** Reads base64 with its padding; line breaks are allowed, nothing else is. Undefined for other text. */
export function readBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/[\r\n]/g, '');
  const bytes = Buffer.from(compact, 'base64');
  return compact !== '' && bytes.toString('base64') === compact ? bytes : undefined;
}
