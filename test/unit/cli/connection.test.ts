import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConnection } from '../../../cli/api/connection.ts';
import { regionOfHost } from '../../../cli/api/signer.ts';

const baseUrl = (url: string) => readConnection({ url }, {}).baseUrl;

describe('the address', () => {
  test.each([
    { url: 'https://pki.example.com', is: 'https://pki.example.com/v1' },
    { url: 'https://pki.example.com/', is: 'https://pki.example.com/v1' },
    {
      url: 'https://a1.execute-api.eu-central-1.amazonaws.com/v1/',
      is: 'https://a1.execute-api.eu-central-1.amazonaws.com/v1',
    },
    { url: 'https://example.com/pki', is: 'https://example.com/pki/v1' },
  ])('$url is $is', ({ url, is }) => {
    expect(baseUrl(url)).toBe(is);
  });

  test('comes from the environment where no option gives it', () => {
    expect(readConnection({}, { FLEETSEAL_URL: 'https://a.example' }).baseUrl).toBe('https://a.example/v1');
    expect(readConnection({ url: 'https://b.example' }, { FLEETSEAL_URL: 'https://a.example' }).baseUrl).toBe(
      'https://b.example/v1',
    );
  });

  test.each([
    {
      name: 'none',
      options: {},
      says: 'No address of the service. Set FLEETSEAL_URL or pass --url (the output "Url" of the service stack), or pass --local',
    },
    {
      name: 'no URL',
      options: { url: 'pki.example.com' },
      says: '--url "pki.example.com" is not a URL. It begins with https://',
    },
    { name: 'plain HTTP', options: { url: 'http://pki.example.com' }, says: 'must begin with https://' },
    {
      name: 'credentials',
      options: { url: 'https://a:b@pki.example.com' },
      says: '--url must have no user, query or fragment',
    },
    {
      name: 'a CA that is not there',
      options: { url: 'https://a.example', caFile: '/nowhere' },
      says: '--ca-file /nowhere cannot be read: ENOENT',
    },
    {
      name: 'a CA that is none',
      options: { url: 'https://a.example', caFile: '/dev/null' },
      says: '--ca-file /dev/null holds no PEM certificate.',
    },
    {
      name: '--local and --url',
      options: { url: 'https://a.example', local: true as const },
      says: '--local and --url exclude each other',
    },
    {
      name: '--local and --aws-profile',
      options: { awsProfile: 'x', local: true as const },
      says: '--local and --aws-profile exclude each other',
    },
  ])('is refused: $name', ({ options, says }) => {
    expect(() => readConnection(options, {})).toThrow(says);
  });
});

test.each([
  { host: 'a1b2.execute-api.eu-central-1.amazonaws.com', region: 'eu-central-1' },
  { host: 'a1b2-vpce-0123.execute-api.us-east-1.amazonaws.com', region: 'us-east-1' },
  { host: 'a1b2.execute-api-fips.us-gov-west-1.amazonaws.com', region: 'us-gov-west-1' },
  { host: 'a1b2.execute-api.cn-north-1.amazonaws.com.cn', region: 'cn-north-1' },
  { host: 'a1b2.execute-api.eu-central-1.amazonaws.com.evil.example', region: undefined },
  { host: 'pki.example.com', region: undefined },
])('the Region of $host is $region', ({ host, region }) => {
  expect(regionOfHost(host)).toBe(region);
});

describe('--local', () => {
  test('says where it looked and what to do', () => {
    expect(() => readConnection({ local: true }, { FLEETSEAL_DATA: '/nowhere' })).toThrow(
      '--local finds no local cloud in /nowhere. Start it with "npm start" and leave it running',
    );
  });

  test('of an older local cloud says to restart it', () => {
    const data = mkdtempSync(join(tmpdir(), 'fleetseal-old-'));
    writeFileSync(join(data, 'admin.env'), 'export AWS_REGION=eu-central-1\n');
    expect(() => readConnection({ local: true }, { FLEETSEAL_DATA: data })).toThrow(
      'has no FLEETSEAL_URL: restart the local cloud, which writes this file.',
    );
  });
});
