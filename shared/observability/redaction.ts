/**
 * The redaction list: everything that must never reach a log, in one place. It works on whatever is about to be
 * written, by type, by name of field and by pattern in any text, error messages and causes included. It is the last
 * line: code should not pass secrets to the log in the first place.
 */

const REDACTED = '[redacted]';

/** Deeper or longer than this is cut: log lines are not for documents. */
const LIMITS = { depth: 8, entries: 50, text: 4096 } as const;

/** Fields whose value is a secret whatever it looks like. Ids and counts of tokens are not secrets. */
const SECRET_NAME =
  /^(?!(?:token|secret|key|credential)s?(?:id|ids|count|kind|arn|spec|sha256)$)(?!.*(?:tokenid|sha256|fingerprint)$).*(?:token|secret|passphrase|password|passwd|authorization|cookie|credential|privatekey|apikey|signature)/;

/** Secrets by their form, with what stays of them. */
const SECRET_FORMS: readonly (readonly [RegExp, string])[] = [
  // PEM private keys of every kind (RFC 7468), also where the end is cut off.
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, REDACTED],
  // The start cut off: base64 lines up to the end of a private key.
  [/(?<![A-Za-z0-9+/=\s\\])[A-Za-z0-9+/=\s\\]{16,}-----END [A-Z0-9 ]*PRIVATE KEY-----/g, REDACTED],
  // Our bootstrap tokens: the id may be known, the secret may not.
  [/fst_([0-9A-Za-z]{16})_[0-9A-Za-z]+/g, `fst_$1_${REDACTED}`],
  // Anything else that begins like one.
  [/fst_(?![0-9A-Za-z]{16}_\[redacted\])[^\s"'\\,;]+/g, `fst_${REDACTED}`],
  // A secret on its own: 43 base62 characters (SHA-256 in hex has 64, a serial number 36).
  [/(?<![0-9A-Za-z])[0-9A-Za-z]{43}(?![0-9A-Za-z])/g, REDACTED],
  // HTTP credentials (RFC 9110 section 11.4), with or without the header's name.
  [/\b(Bearer|Basic|ApiKey)\s+[^\s"'\\,]+/gi, `$1 ${REDACTED}`],
  [/\b(AWS4-HMAC-SHA256)\s[^"\r\n]+/g, `$1 ${REDACTED}`],
  // A named secret inside text: JSON, YAML, query string, environment, command line flag.
  [
    /((?<![\w-])(?:[\w-]*(?:token|secret|passphrase|password|passwd|authorization|credential|api[_-]?key|signature)[\w-]*)["']?\s*[=:]\s*)(?!\[redacted\])(?:\\?"[^"]*"|'[^']*'|[^\s"',;&}]+)/gi,
    `$1${REDACTED}`,
  ],
];

/** The text without secrets, cut at 4096 characters. */
export function redactText(text: string): string {
  return SECRET_FORMS.reduce((rest, [form, replacement]) => rest.replace(form, replacement), cut(text));
}

/** Cut before the patterns run, which bounds their time; the word that the cut would split goes too. */
function cut(text: string): string {
  if (text.length <= LIMITS.text) return text;
  return `${text.slice(0, LIMITS.text).replace(/(?<!\S)\S*$/, '')}[cut, ${text.length} characters]`;
}

/**
 * A copy that is fit for the log: plain data without secrets, bytes, keys, functions or cycles. Errors become their
 * name, message, stack, cause and own fields, all redacted.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return redactText(value.toString());
  if (typeof value === 'symbol' || typeof value === 'function') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} octets]`;
  if (depth >= LIMITS.depth) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, LIMITS.entries).map((item) => redact(item, depth + 1));
  if (value instanceof Error) return redactFields(errorFields(value), depth);
  if (value instanceof Map || value instanceof Set) return redact([...value], depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  // Class instances that are no plain data (key objects, streams, clients) may hold anything.
  if (prototype !== Object.prototype && prototype !== null)
    return `[${redactText(value.constructor?.name ?? 'object')}]`;
  return redactFields(value, depth);
}

function redactFields(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .slice(0, LIMITS.entries)
      .map(([name, value]) => [redactText(name), isSecretName(name) ? REDACTED : redact(value, depth + 1)]),
  );
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
}

/** What `Object.entries` would not show of an error, and what it would. */
function errorFields(error: Error): object {
  const { name, message, stack, cause } = error;
  return {
    ...error,
    name,
    message,
    stack,
    ...(cause === undefined ? {} : { cause }),
    ...(error instanceof AggregateError ? { errors: error.errors } : {}),
  };
}
