import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import { brokenRules } from '../../../../shared/elastic/deployment-rules.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { certificateOf, ON_PREMISES } from '../rendering.ts';

const TYPES = ['logstash', 'kafka'] as const;
type Type = (typeof TYPES)[number];

const of = (type: Type, host: string) => ({
  ...ON_PREMISES,
  outputs: [
    { type, name: 'Main', hosts: [host], ...(type === 'kafka' ? { kafka: { topic: 'events' } } : {}) },
  ],
});

const refusals = (type: Type, host: string) =>
  brokenRules(of(type, host), { profile: 'agent', keyKind: 'rsa' }).map(({ detail }) => detail);

/** The host in every part of the kit that names it. */
function rendered(type: Type, host: string) {
  const deployment = checkDeployment(of(type, host), { profile: 'agent', keyKind: 'rsa' });
  const certificate = certificateOf({ name: 'web-01', keyKind: 'rsa' });
  const [output] = renderKit({ deployment, certificate }).outputs ?? [];
  const { kibanaApi, kibanaYml, standalone } = output ?? {};
  return { body: Object(kibanaApi?.create.body).hosts, yamls: [kibanaYml, standalone].join('\n') };
}

/** Whether Kibana takes the host (fleet/server/types/models/output.ts, validateLogstashHost and validateKafkaHost). */
const KIBANA: Readonly<Record<Type, (host: string) => boolean>> = {
  logstash: (host) => URL.canParse(`http://${host}`) && new URL(`http://${host}`).host === host.toLowerCase(),
  kafka: (host) => {
    const [name, port, ...rest] = host.split(':');
    return rest.length === 0 && name !== '' && Number(port) >= 1 && Number(port) <= 65_535;
  },
};

describe('a host of an output is written in the form that Kibana takes', () => {
  test.each([
    ['logstash', 'LS.Example.com:5044', 'ls.example.com:5044'],
    ['logstash', '[2001:DB8:0:0:0:0:0:1]:5044', '[2001:db8::1]:5044'],
    ['logstash', 'ls.example.com:443', 'ls.example.com:443'],
    ['kafka', 'Kafka.Example.com:9093', 'kafka.example.com:9093'],
    ['kafka', 'kafka.example.com:80', 'kafka.example.com:80'],
  ] as const)('%s %s as %s', (type, host, written) => {
    const { body, yamls } = rendered(type, host);
    expect(body).toEqual([written]);
    expect(yamls.split(written)).toHaveLength(3);
    expect(KIBANA[type](written)).toBe(true);
  });

  test.each([
    [
      'logstash',
      'ls.example.com:80',
      'has port 80, which Fleet refuses for Logstash in every form: let Logstash listen on another port, such as 5044',
    ],
    [
      'logstash',
      'ls.example.com:05044',
      'must have its port without leading zeros: write ls.example.com:5044',
    ],
    [
      'kafka',
      'kafka.example.com:09093',
      'must have its port without leading zeros: write kafka.example.com:9093',
    ],
    [
      'logstash',
      '192.0.2.010:5044',
      'must have its IPv4 address in the usual form, because programs read "192.0.2.010" differently: write 192.0.2.8',
    ],
    [
      'kafka',
      '[2001:db8::1]:9093',
      'must not be an IPv6 address, which Fleet refuses for Kafka: use a host name',
    ],
    [
      'logstash',
      '2001:db8::1:5044',
      'must be host:port without a scheme, an IPv6 address in brackets, for example logstash.example.com:5044',
    ],
    ['logstash', 'ls.example.com:0', 'must have a port from 1 to 65535'],
    ['kafka', 'kafka.example.com:65536', 'must have a port from 1 to 65535'],
  ] as const)('%s %s is refused with the form that works', (type, host, words) => {
    expect(refusals(type, host)).toEqual([`the host "${host}" ${words}`]);
  });

  test.each(TYPES)('whatever is accepted of %s, Kibana takes', (type) => {
    const part = fc.constantFrom(
      'a',
      'B',
      '.',
      '-',
      '_',
      '1',
      '0',
      '[',
      ']',
      '::1',
      '2001:DB8:0:0:0:0:0:1',
      ':80',
      ':5044',
      ':05044',
      '/',
      '%',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), (parts) => {
        const host = parts.join('');
        if (refusals(type, host).length > 0) return;
        const [written = ''] =
          checkDeployment(of(type, host), { profile: 'agent', keyKind: 'rsa' }).outputs[0]?.hosts ?? [];
        expect([host, written, KIBANA[type](written)]).toEqual([host, written, true]);
        expect(written).toBe(written.toLowerCase());
      }),
      { numRuns: 3000 },
    );
  });
});
