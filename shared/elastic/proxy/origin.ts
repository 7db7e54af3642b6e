import { urlProblem } from '../deployment/url.ts';

/** Where a server listens: a lower-case name, or an address (IPv6 in brackets), and a port. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  /** Whether `host` is a name, which a client sends in its hello (SNI is only for names, RFC 6066 section 3). */
  readonly named: boolean;
}

const ADDRESS = /^(?:[0-9.]+|\[[0-9a-f:.]+\])$/;

/**
 * The origin of an `https://` address that is only an origin: no user, path, query or fragment, and a host whose letters
 * have no meaning in YAML or the configuration of any proxy. Undefined for any other text.
 */
export function originOf(text: string): Origin | undefined {
  if (originProblem(text) !== undefined) return undefined;
  const { hostname: host, port } = new URL(text);
  return { host, port: port === '' ? 443 : Number(port), named: !ADDRESS.test(host) };
}

/** Why a text is not an origin, as the end of a sentence that begins with the field's name; undefined if it is one. */
export function originProblem(text: string): string | undefined {
  const problem = urlProblem(text, ['https:']);
  if (problem !== undefined) return problem;
  return new URL(text).pathname === '/'
    ? undefined
    : 'must not have a path: remove everything after the host and port';
}
