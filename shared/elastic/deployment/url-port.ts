import { urlProblem } from './url.ts';

/** What each reader of an address without a port takes, where they differ, and the port that is usual. */
const READERS = {
  // kibana hosts_utils.ts, elastic-agent remote/client.go; enroll_cmd.go, defaultFleetServerPort.
  fleetServer: { usual: 8220, meanings: 'agents connect to 443, and Fleet Server listens on 8220' },
  // kibana hosts_utils.ts; beats libbeat/outputs/elasticsearch, fleet-server config/output.go.
  elasticsearch: {
    usual: 9200,
    meanings: 'agents in Fleet connect to 443, but standalone agents and Fleet Server to 9200',
  },
} as const;

/**
 * What is wrong with the address of a server that programs of Elastic connect to, as the end of a sentence that begins
 * with the field's name; undefined if all of them read it alike: it keeps {@link urlProblem} and has a port.
 */
export function serverUrlProblem(url: string, server: keyof typeof READERS): string | undefined {
  const problem = urlProblem(url, ['https:']);
  if (problem !== undefined || portOf(url) !== undefined) return problem;
  const { usual, meanings } = READERS[server];
  return `must have a port: without one, ${meanings}. Write ${canonicalUrl(url, usual)} or ${canonicalUrl(url)}`;
}

/**
 * An address in the one form that every reader takes alike: scheme and host in lower case (Beats and Fleet Server take
 * `HTTPS:` for a host, fleet-server config/output.go), the shortest IPv6 address, a port, and no slash right after it. A
 * text that breaks {@link urlProblem}, which a rule reports, may stay as it is.
 *
 * @param port - of an address without one. @default 443, where every reader takes that
 */
export function canonicalUrl(url: string, port = 443): string {
  if (!URL.canParse(url)) return url;
  const { protocol, hostname, pathname } = new URL(url);
  return `${protocol}//${hostname}:${portOf(url) ?? port}${pathname === '/' ? '' : pathname}`;
}

/** The port as it is written: URL leaves out that of the scheme. */
export function portOf(url: string): string | undefined {
  return /^[^/]*\/\/[^/]*:(\d+)(?:\/|$)/.exec(url)?.[1];
}
