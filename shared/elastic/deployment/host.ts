import { dnsNameProblem } from '../../domain/dns-name.ts';

/** The characters of names and IPv4 addresses; WHATWG URL and Go read hosts of them alike, but for numbers. */
const PLAIN = /^[a-z0-9.-]+$/i;

/** IPv4-mapped addresses, as URL writes them. */
const MAPPED = /^\[::ffff:[0-9a-f]{1,4}:[0-9a-f]{1,4}\]$/;

/**
 * What is wrong with a host of an address, as the end of a sentence that begins with the field's name; undefined if it is
 * a name or IP address that certificates of fleetseal may contain (domain/dns-name.ts, domain/ip-address.ts) and every
 * reader takes for the same. Upper case and a long form of an IPv6 address are allowed.
 *
 * @param host - an IPv6 address in brackets
 */
export function hostProblem(host: string): string | undefined {
  const read = readHost(host);
  if (host.startsWith('[')) return read === undefined ? mustBe('') : mappedProblem(read);
  if (read !== undefined && /^\d+(?:\.\d+){3}$/.test(read))
    return read === host
      ? undefined
      : `must have its IPv4 address in the usual form, because programs read "${host}" differently: write ${read}`;
  const problem = dnsNameProblem(host);
  if (problem !== undefined) return mustBe(`, not ${JSON.stringify(host.slice(0, 64))}, which ${problem}`);
  // URL takes a name that ends in a hexadecimal number for an IPv4 address.
  return read === host.toLowerCase() ? undefined : mustBe(`, not ${JSON.stringify(host)}`);
}

function mustBe(not: string): string {
  return `must have a host name of letters, digits, "-" and ".", an IPv4 address, or an IPv6 address in brackets${not}`;
}

function mappedProblem(read: string): string | undefined {
  return MAPPED.test(read)
    ? 'must not have an IPv4-mapped IPv6 address, which certificates do not contain: write the IPv4 address'
    : undefined;
}

/** As URL reads it: an IPv4 address from its many forms, IPv6 in its shortest. */
function readHost(host: string): string | undefined {
  const url = `https://${host}`;
  return (PLAIN.test(host) || /^\[[0-9a-f:.]+\]$/i.test(host)) && URL.canParse(url)
    ? new URL(url).hostname
    : undefined;
}
