import { hostProblem } from './host.ts';

/** Any scheme, and after `//` an authority and a path: query and fragment are refused before. */
const PARTS = /^([a-z][a-z0-9+.-]*:)\/\/([^/]*)(\/.*)?$/i;

/** An authority without its login: a host, or an address in brackets, and a port. */
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:[\]]*)(?::([^:]*))?$/;

/** The schemes of a forward proxy that an agent connects through. */
export const PROXY_SCHEMES = ['http:', 'https:', 'socks5:'] as const;

/**
 * What is wrong with an address, as the end of a sentence that begins with the field's name; undefined if every parser
 * reads it alike: printable ASCII, one of the schemes, a host, no query or fragment, and the parts as written are those
 * that the WHATWG URL parser reads. The case of scheme and host does not count, the default port and the first slash of
 * the path are optional, and an IPv6 address may be written in full.
 *
 * The parser repairs much: `https:h`, `https:///h`, `https:\\h` and `https://@h` all read as `https://h/`, where a
 * shell, Go's net/url or a person reads something else. No message repeats a login.
 *
 * @param schemes - with their colons: `https:`
 * @param allowUser - whether it may hold a login. @default false
 */
export function urlProblem(text: string, schemes: readonly string[], allowUser = false): string | undefined {
  const [, scheme = '', authority = '', path = '/'] = PARTS.exec(text) ?? [];
  const at = authority.lastIndexOf('@');
  const place = authority.slice(at + 1);
  const [, host = '', port] = HOST_AND_PORT.exec(place) ?? ['', place];
  return (
    characterProblem(text) ??
    schemeProblem(scheme, schemes) ??
    loginProblem(authority.slice(0, at + 1), allowUser) ??
    (host === '' ? 'must have a host name or IP address right after "//"' : hostProblem(host)) ??
    portProblem(port) ??
    pathProblem(path)
  );
}

function characterProblem(text: string): string | undefined {
  if (text.length > 2048) return 'must not be longer than 2048 characters';
  if (/[^\x21-\x7e]/.test(text))
    return 'must be printable ASCII without spaces: write an international host name as xn--..., and percent-encode other characters';
  if (/[?#]/.test(text)) return 'must not have a query or fragment: remove everything from "?" or "#" on';
  if (text.includes('$$'))
    return 'must not contain "$$", which programs of Elastic replace: write each dollar sign as %24';
  const [forbidden] = /["\\<>^`{|}]/.exec(text) ?? [];
  return forbidden === undefined
    ? undefined
    : `must not contain ${forbidden}: remove it, or percent-encode it`;
}

function schemeProblem(scheme: string, schemes: readonly string[]): string | undefined {
  if (schemes.includes(scheme.toLowerCase())) return undefined;
  const all = schemes.map((each) => `${each}//`);
  return `must start with ${all.join(' or ')}${all.includes('http://') ? '' : ', because TLS is required'}`;
}

/** @param login - with the `@` behind it; empty if there is none */
function loginProblem(login: string, allowUser: boolean): string | undefined {
  if (login === '') return undefined;
  if (!allowUser) return 'must not contain a user or password: remove everything between "//" and the host';
  const { username, password } = parsed(`https://${login}h`) ?? { username: '', password: '' };
  return username !== '' && login === `${username}${password && `:${password}`}@`
    ? undefined
    : 'must have its login as user@ or user:password@, neither of them empty, with special characters percent-encoded: correct the login, or remove it with its "@"';
}

function portProblem(port: string | undefined): string | undefined {
  return port === undefined || (/^[1-9][0-9]{0,4}$/.test(port) && Number(port) <= 65_535)
    ? undefined
    : 'must have a port from 1 to 65535 without leading zeros after the ":", or neither';
}

function pathProblem(path: string): string | undefined {
  const read = parsed(`https://h${path}`)?.pathname;
  return path === read ? undefined : `must have a path without "." and "..": write ${read}`;
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
