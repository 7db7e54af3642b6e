import { hostProblem } from './host.ts';

/** The types of outputs whose hosts have no scheme. */
export type HostPortType = 'logstash' | 'kafka';

/** What a user may copy. */
export const EXAMPLE_HOSTS = {
  logstash: 'logstash.example.com:5044',
  kafka: 'kafka.example.com:9093',
} as const;

const HOST_AND_PORT = /^(\[[^\]]*\]|[^:/[\]]+):(\d{1,5})$/;

/**
 * What is wrong with a host of such an output, as the end of a sentence that begins with it; undefined if Kibana takes its
 * {@link canonicalHostPort} (fleet/server/types/models/output.ts). For Logstash, Kibana compares the text with what URL
 * reads, which leaves out port 80; for Kafka, it splits the text at its colons.
 */
export function hostPortProblem(type: HostPortType, text: string): string | undefined {
  const [, host, port = ''] = HOST_AND_PORT.exec(text) ?? [];
  if (host === undefined)
    return `must be host:port without a scheme${type === 'kafka' ? '' : ', an IPv6 address in brackets'}, for example ${EXAMPLE_HOSTS[type]}`;
  const problem = hostProblem(host);
  if (problem !== undefined) return problem;
  if (type === 'kafka' && host.startsWith('['))
    return 'must not be an IPv6 address, which Fleet refuses for Kafka: use a host name';
  if (Number(port) < 1 || Number(port) > 65_535) return 'must have a port from 1 to 65535';
  if (port.startsWith('0')) return `must have its port without leading zeros: write ${host}:${Number(port)}`;
  return type === 'logstash' && port === '80'
    ? 'has port 80, which Fleet refuses for Logstash in every form: let Logstash listen on another port, such as 5044'
    : undefined;
}

/** In lower case, and an IPv6 address in its shortest form. A text that breaks the rule stays as it is. */
export function canonicalHostPort(text: string): string {
  const [, host = '', port = ''] = HOST_AND_PORT.exec(text) ?? [];
  const url = `https://${host}`;
  return URL.canParse(url) ? `${new URL(url).hostname}:${port}` : text;
}
