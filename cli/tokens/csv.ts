import type { NewTokenView } from '../api/views.ts';

const FIELDS = ['id', 'token', 'profile', 'name', 'maxUses', 'expiresAt', 'description'] as const;

/** RFC 4180, with the line ends of this machine's tools. */
export function csvHeader(): string {
  return `${FIELDS.join(',')}\n`;
}

export function csvRow({ names, ...token }: NewTokenView): string {
  const values = { ...token, name: names.commonName };
  return `${FIELDS.map((field) => quoted(String(values[field]))).join(',')}\n`;
}

/** A spreadsheet takes a text that begins like a formula for one; a space before it prevents that. */
function quoted(text: string): string {
  const harmless = /^[=+@\t\r-]/.test(text) ? ` ${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
