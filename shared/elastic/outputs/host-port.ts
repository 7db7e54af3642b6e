import { hostProblem } from '../deployment/host.ts';

/** The types of outputs whose hosts have no scheme. */
export type HostPortType = 'logstash' | 'kafka';

/** What a user may copy. */
export const EXAMPLE_HOSTS = {
  logstash: 'logstash.example.com:5044',
  kafka: 'kafka.example.com:9093',
} as const;

/** What is wrong with a host of such an output, as the end of a sentence that begins with it; undefined if nothing is. */
export function hostPortProblem(type: HostPortType, text: string): string | undefined {
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:/[\]]+):(\d{1,5})$/.exec(text) ?? [];
  const fits = Number(port) >= 1 && Number(port) <= 65535 && !(type === 'kafka' && host.startsWith('['));
  return fits ? hostProblem(host) : `must be host:port without a scheme, for example ${EXAMPLE_HOSTS[type]}`;
}
