import { isUrl } from '../url.ts';

/** Where a server listens: a lower-case name, or an address (IPv6 in brackets), and a port. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  /** Whether `host` is a name, so that a client says it in its hello (SNI is for names alone, RFC 6066 section 3). */
  readonly named: boolean;
}

const NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const ADDRESS = /^(?:[0-9.]+|\[[0-9a-f:.]+\])$/;

/**
 * The origin of an `https://` address that is nothing but one: no user, path, query or fragment, and a host whose letters
 * mean nothing to nginx, HAProxy, Envoy or YAML. Undefined for any other text.
 */
export function originOf(text: string): Origin | undefined {
  if (!isUrl(text, ['https:'])) return undefined;
  const { hostname: host, port, pathname } = new URL(text);
  const named = !ADDRESS.test(host);
  if (pathname !== '/' || (named && !NAME.test(host)) || port === '0') return undefined;
  return { host, port: port === '' ? 443 : Number(port), named };
}
