import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { kitFor, OUTPUTS, outputOf } from './kits.ts';

const ELASTICSEARCH = { ...OUTPUTS.elasticsearch, form: 'path' } as const;
const CLIENT = { profile: 'output-client' } as const;
const FILES = {
  certificate: '/etc/fleetseal/output-client.crt',
  key: '/etc/fleetseal/output-client.key',
};
const CA = '/etc/fleetseal/ca.crt';
const hosts = ['https://es.example.com:9200'];

describe('clients that Elasticsearch refuses without a certificate', () => {
  test('Kibana presents it for its users too', () => {
    const { clients } = outputOf(ELASTICSEARCH, {}, CLIENT);
    expect(parse(clients?.kibanaYml ?? '')).toEqual({
      'elasticsearch.hosts': hosts,
      'elasticsearch.ssl.certificateAuthorities': [CA],
      'elasticsearch.ssl.certificate': FILES.certificate,
      'elasticsearch.ssl.key': FILES.key,
      'elasticsearch.ssl.alwaysPresentCertificate': true,
    });
  });

  test('Beats and APM Server, with a passphrase where there is one', () => {
    const keyPassphraseFile = '/etc/fleetseal/output-client.pass';
    const ssl = { certificate_authorities: [CA], ...FILES };
    const beatsOf = (deployment = {}) =>
      parse(outputOf(ELASTICSEARCH, deployment, CLIENT).clients?.beatsYml ?? '');
    expect(beatsOf()).toEqual({ 'output.elasticsearch': { hosts, ssl } });
    expect(beatsOf({ keyPassphraseFile })).toEqual({
      'output.elasticsearch': { hosts, ssl: { ...ssl, key_passphrase_path: keyPassphraseFile } },
    });
  });

  test('Logstash, which cannot read an encrypted key', () => {
    expect(outputOf(ELASTICSEARCH, {}, CLIENT).clients?.logstash).toBe(`output {
  elasticsearch {
    hosts => ["https://es.example.com:9200"]
    ssl_enabled => true
    ssl_certificate_authorities => ["/etc/fleetseal/ca.crt"]
    ssl_certificate => "/etc/fleetseal/output-client.crt"
    ssl_key => "/etc/fleetseal/output-client.key"
  }
}
`);
    const keyPassphraseFile = '/etc/fleetseal/output-client.pass';
    expect(outputOf(ELASTICSEARCH, { keyPassphraseFile }, CLIENT).clients).not.toHaveProperty('logstash');
    const windows = { os: 'windows', outputs: [ELASTICSEARCH] } as const;
    const [output] = kitFor(windows, CLIENT).outputs ?? [];
    expect(output?.clients?.logstash).toContain('ssl_key => "C:/ProgramData/fleetseal/output-client.key"');
    expect(output?.clients).not.toHaveProperty('curl');
  });

  test('scripts, by the CAs of the system where those verify Elasticsearch', () => {
    const curlOf = (deployment = {}) => outputOf(ELASTICSEARCH, deployment, CLIENT).clients?.curl;
    const own = `--cert ${FILES.certificate} --key ${FILES.key} ${hosts[0]}`;
    expect(curlOf()).toBe(`curl --cacert ${CA} ${own}`);
    expect(curlOf({ trust: { elasticsearch: 'system' } })).toBe(`curl ${own}`);
  });

  test('scripts, with the passphrase of an encrypted key, which no argument has', () => {
    const keyPassphraseFile = '/etc/fleetseal/output-client.pass';
    expect(outputOf(ELASTICSEARCH, { keyPassphraseFile }, CLIENT).clients?.curl).toBe(
      `sed 's/["\\\\]/\\\\&/g; s/^/pass = "/; s/$/"/' ${keyPassphraseFile} | curl --config - --cacert ${CA} --cert ${FILES.certificate} --key ${FILES.key} ${hosts[0]}`,
    );
  });

  test('the kit has every file that the settings name, and says what else the clients need', () => {
    const kit = kitFor({ outputs: [ELASTICSEARCH] }, CLIENT);
    expect(kit.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([CA, FILES.certificate, FILES.key]),
    );
    expect(kit.notes.map(({ code }) => code)).toContain('clients_need_certificates');
  });

  test('only of Elasticsearch, and only with a certificate for any client', () => {
    expect(outputOf({ ...OUTPUTS.logstash, form: 'path' }, {}, CLIENT)).not.toHaveProperty('clients');
    expect(outputOf(OUTPUTS.elasticsearch, {}, CLIENT)).not.toHaveProperty('clients');
    expect(outputOf(ELASTICSEARCH)).not.toHaveProperty('clients');
  });
});
