/** Placeholders for a login, without braces, which an address cannot contain. */
const PROXY_USER = 'PROXY_USER';
const PROXY_PASSWORD = 'PROXY_PASSWORD';

/** What precedes the login of an address, and the login; URLs of http and https need no slashes (WHATWG URL). */
export function loginOf(url: string): readonly (string | undefined)[] {
  return (/^([a-z][a-z0-9+.-]*:[/\\]*)([^/\\?#]*)@/i.exec(url) ?? []).slice(1);
}

/** An address with placeholders for its login: rules refuse most logins, this removes all. */
export function withoutLogin(url: string): string {
  const [before = '', login] = loginOf(url);
  if (login === undefined) return url;
  const placeholder = login.includes(':') ? `${PROXY_USER}:${PROXY_PASSWORD}` : PROXY_USER;
  return `${before}${placeholder}${url.slice(before.length + login.length)}`;
}
