import { describe, expect, test } from '@jest/globals';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { DeploymentSubject } from '../../../../shared/elastic/deployment/subject.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { certificateOf, PEM } from '../rendering.ts';

type Subject = Partial<DeploymentSubject>;

const FLEET = {
  model: 'on-premises',
  os: 'linux',
  fleetUrl: 'https://fleet.example.com:8220',
  fleetServer: { policyId: 'p', elasticsearchUrl: 'https://es.example.com:9200' },
};

const PROXY = {
  model: 'cloud-proxy',
  os: 'linux',
  proxy: {
    fleetUrl: 'https://fleet-proxy.example.com:8220',
    elasticsearchUrl: 'https://es-proxy.example.com:9200',
    upstream: { fleetUrl: 'https://f.cloud.example', elasticsearchUrl: 'https://e.cloud.example' },
  },
};

const at = (fleetUrl: string): Deployment => ({ ...FLEET, fleetUrl });
const served = (...hosts: string[]): Deployment => ({
  model: 'on-premises',
  os: 'linux',
  outputs: [{ type: 'logstash', hosts }],
});

/** Every rule that is broken, as `pointer: detail`. */
function broken(deployment: Deployment, subject: Subject): readonly string[] {
  try {
    checkDeployment(deployment, { profile: 'fleet-server', keyKind: 'rsa', ...subject });
    return [];
  } catch (error) {
    if (error instanceof AppError) return error.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`);
    throw error;
  }
}

const missing = (host: string, held: string) =>
  `agents reach this Fleet Server as ${host}, which is not among the certificate's DNS names and IP addresses (${held})`;

describe('a server gets no kit with a certificate that its clients refuse', () => {
  const proxy: Subject = { profile: 'proxy' };
  const output: Subject = { profile: 'output-server' };
  const rows: readonly {
    readonly name: string;
    readonly deployment?: Deployment;
    readonly subject: Subject;
    readonly words: readonly string[];
  }[] = [
    {
      name: 'no names',
      subject: { dnsNames: [] },
      words: [
        `#/dnsNames: ${missing('fleet.example.com', 'it has none')}: add it to dnsNames (and to names.dns of the token), or correct fleetUrl`,
      ],
    },
    {
      name: 'other names',
      subject: { dnsNames: ['fleet.example.org', 'example.com'], ipAddresses: ['192.0.2.7'] },
      words: [
        `#/dnsNames: ${missing('fleet.example.com', 'it has fleet.example.org, example.com, 192.0.2.7')}: add it to dnsNames (and to names.dns of the token), or correct fleetUrl`,
      ],
    },
    {
      name: 'an address that only a name holds',
      deployment: at('https://192.0.2.7:8220'),
      subject: { dnsNames: ['fleet.example.com'] },
      words: [
        `#/ipAddresses: ${missing('192.0.2.7', 'it has fleet.example.com')}: add it to ipAddresses (and to names.ip of the token), or correct fleetUrl`,
      ],
    },
    {
      name: 'an IPv6 address',
      deployment: at('https://[2001:db8::7]:8220'),
      subject: { dnsNames: [], ipAddresses: ['2001:db8::8'] },
      words: [
        `#/ipAddresses: ${missing('2001:db8::7', 'it has 2001:db8::8')}: add it to ipAddresses (and to names.ip of the token), or correct fleetUrl`,
      ],
    },
    {
      name: 'of a certificate that is issued',
      subject: { dnsNames: [], request: 'kit' },
      words: [
        `#/serialNumber: ${missing('fleet.example.com', 'it has none')}: enroll again with it in dnsNames (and in names.dns of the token), or correct fleetUrl`,
      ],
    },
    {
      name: 'of a host that moves over',
      deployment: { ...FLEET, agent: { alreadyEnrolled: true } },
      subject: { dnsNames: ['localhost'] },
      words: [
        `#/dnsNames: ${missing('fleet.example.com', 'it has localhost')}: add it to dnsNames (and to names.dns of the token), or correct fleetUrl`,
      ],
    },
    {
      name: 'one of two names of a proxy',
      deployment: PROXY,
      subject: { ...proxy, dnsNames: ['fleet-proxy.example.com'] },
      words: [
        "#/dnsNames: clients reach the proxy as es-proxy.example.com, which is not among the certificate's DNS names and IP addresses (it has fleet-proxy.example.com): add it to dnsNames (and to names.dns of the token), or correct proxy.elasticsearchUrl",
      ],
    },
    {
      name: 'none of the hosts of an output',
      deployment: served('logstash-1.example.com:5044', 'logstash-2.example.com:5044'),
      subject: { ...output, dnsNames: ['logstash-3.example.com'] },
      words: [
        "#/dnsNames: agents reach this server as logstash-1.example.com or logstash-2.example.com, which is not among the certificate's DNS names and IP addresses (it has logstash-3.example.com): add it to dnsNames (and to names.dns of the token), or correct outputs[0].hosts",
      ],
    },
  ];
  test.each(rows)('$name', ({ deployment = FLEET, subject, words }) => {
    expect(broken(deployment, subject)).toEqual(words);
  });

  const fits: readonly { readonly name: string; deployment?: Deployment; subject: Subject }[] = [
    { name: 'the name', subject: { dnsNames: ['a.example.com', 'fleet.example.com'] } },
    {
      name: 'the name in other letters',
      deployment: at('https://Fleet.Example.com:8220'),
      subject: { dnsNames: ['fleet.example.com'] },
    },
    {
      name: 'the address',
      deployment: at('https://192.0.2.7:8220'),
      subject: { dnsNames: [], ipAddresses: ['192.0.2.7'] },
    },
    {
      name: 'the IPv6 address, written in full',
      deployment: at('https://[2001:DB8:0:0:0:0:0:7]:8220'),
      subject: { dnsNames: [], ipAddresses: ['2001:db8::7'] },
    },
    { name: 'names that are not known', subject: {} },
    {
      name: 'a listener with a certificate of another CA',
      deployment: {
        ...FLEET,
        fleetServer: {
          ...FLEET.fleetServer,
          listenerCertificatePath: '/pki/fleet.crt',
          listenerKeyPath: '/pki/fleet.key',
        },
        trust: { fleetServer: { pem: PEM.other } },
      },
      subject: { dnsNames: [] },
    },
    {
      name: 'both names of a proxy',
      deployment: PROXY,
      subject: { ...proxy, dnsNames: ['fleet-proxy.example.com', 'es-proxy.example.com'] },
    },
    {
      name: 'one of several hosts of an output',
      deployment: served('logstash-1.example.com:5044', '[2001:db8::7]:5044'),
      subject: { ...output, dnsNames: ['x'], ipAddresses: ['2001:db8::7'] },
    },
    { name: 'an output without hosts', deployment: served(), subject: { ...output, dnsNames: ['x'] } },
    {
      name: 'an agent, which is no server',
      deployment: { model: 'on-premises', os: 'linux', fleetUrl: FLEET.fleetUrl },
      subject: { profile: 'agent', dnsNames: [] },
    },
  ];
  test.each(fits)('but with $name', ({ deployment = FLEET, subject }) => {
    expect(broken(deployment, subject).filter((line) => !line.includes('/hosts: '))).toEqual([]);
  });
});

describe('the note on the names of a server', () => {
  const noted = (deployment: Deployment, subject: Subject, code: string) => {
    const of: DeploymentSubject = { profile: 'fleet-server', keyKind: 'rsa', ...subject };
    const { notes } = renderKit({
      deployment: checkDeployment(deployment, of),
      certificate: certificateOf({ name: 'server-01', keyKind: 'rsa', dnsNames: of.dnsNames }),
    });
    return notes.find((note) => note.code === code)?.message;
  };
  const both = { ...PROXY.proxy, elasticsearchUrl: 'https://192.0.2.9:9200' };

  test.each([
    {
      name: 'of Fleet Server, a name',
      deployment: FLEET,
      subject: {},
      code: 'fleet_url_in_certificate',
      message:
        'Enroll with fleet.example.com in dnsNames (and in names.dns of the token), and with every other name by which agents reach this host: they refuse it under any name that is not in its certificate.',
    },
    {
      name: 'of Fleet Server, an address',
      deployment: at('https://[2001:db8::7]:8220'),
      subject: {},
      code: 'fleet_url_in_certificate',
      message:
        'Enroll with 2001:db8::7 in ipAddresses (and in names.ip of the token), and with every other name by which agents reach this host: they refuse it under any name that is not in its certificate.',
    },
    {
      name: 'of Fleet Server, known and right',
      deployment: FLEET,
      subject: { dnsNames: ['fleet.example.com'] },
      code: 'fleet_url_in_certificate',
      message: undefined,
    },
    {
      name: 'of a proxy',
      deployment: { ...PROXY, proxy: both },
      subject: { profile: 'proxy' } as const,
      code: 'proxy_certificate_names',
      message:
        'Enroll with fleet-proxy.example.com in dnsNames (and in names.dns of the token), 192.0.2.9 in ipAddresses (and in names.ip of the token): clients refuse the proxy if they reach it under a name that its certificate does not contain.',
    },
    {
      name: 'of a proxy, known and right',
      deployment: PROXY,
      subject: {
        profile: 'proxy',
        dnsNames: ['fleet-proxy.example.com', 'es-proxy.example.com'],
      } as const,
      code: 'proxy_certificate_names',
      message: undefined,
    },
  ])('$name', ({ deployment, subject, code, message }) => {
    expect(noted(deployment, subject, code)).toBe(message);
  });
});
