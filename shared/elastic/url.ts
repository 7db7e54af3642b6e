/** The parts of an address as it is written: scheme, login, host, port, path. No query and no fragment. */
const PARTS = /^([a-z][a-z0-9+.-]*:)\/\/(?:([^/@:][^/@]*)@)?(\[[^\]/]+\]|[^/:@[\]]+)(?::([0-9]+))?(\/.*)?$/i;

/** A host name, in the widest form that DNS and container networks have, or an IPv4 or bracketed IPv6 address. */
const HOST =
  /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?|\[[0-9a-f:.]+\])$/i;

/**
 * Whether a text is an address of one of the schemes that every parser reads alike: printable ASCII, a host, no query or
 * fragment, and the parts as written are those that the WHATWG URL parser reads. The case of scheme and host does not
 * count, the usual port and the first slash of the path may be there or not, and an IPv6 address may be written in full.
 *
 * The parser mends much: `https:h`, `https:///h`, `https:\\h` and `https://@h` all read as `https://h/`, where a shell,
 * Go's net/url or a person reads something else.
 *
 * @param schemes - with their colons: `https:`
 * @param allowUser - whether it may hold a login. @default false
 */
export function isUrl(text: string, schemes: readonly string[], allowUser = false): boolean {
  if (!/^[\x21-\x7e]{1,2048}$/.test(text) || /["\\<>^`{|}?#]/.test(text) || !URL.canParse(text)) return false;
  const [, scheme = '', login, host = '', port, path = '/'] = PARTS.exec(text) ?? [];
  if (!HOST.test(host) || port === '0' || (login !== undefined && !allowUser)) return false;
  const url = new URL(text);
  return (
    schemes.includes(url.protocol) &&
    same(scheme, url.protocol) &&
    login === loginOf(url) &&
    (same(host, url.hostname) || host.startsWith('[')) &&
    isPort(port, url) &&
    path === (url.pathname || '/')
  );
}

function same(written: string, parsed: string): boolean {
  return written.toLowerCase() === parsed.toLowerCase();
}

/** Undefined where there is none: so an `@` with nothing before it differs from what was written. */
function loginOf({ username, password }: URL): string | undefined {
  if (password !== '') return `${username}:${password}`;
  return username === '' ? undefined : username;
}

/** The parser drops the usual port of a scheme, and leading zeros. */
function isPort(written: string | undefined, { protocol, port }: URL): boolean {
  const usual = { 'https:': '443', 'http:': '80' }[protocol];
  return port === '' ? written === undefined || written === usual : written === port;
}
