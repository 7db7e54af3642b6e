import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mutualTlsDomain } from '../../../shared/publish/mutual-tls-domain.ts';

/** What API Gateway or S3 answers next. */
let answer: { status: number; body: object; headers?: Record<string, string> } = { status: 200, body: {} };
const server = createServer((_, response) => {
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(JSON.stringify(answer.body));
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

function domain() {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' };
  return mutualTlsDomain({
    domainArn: 'arn:aws:apigateway:eu-central-1::/domainnames/renew.example.com',
    s3: new S3Client({ region: 'eu-central-1', credentials, endpoint, forcePathStyle: true }),
    bucketName: 'lists',
    endpoint,
  });
}

describe('the domain for mutual TLS', () => {
  test('says its version, its status and the warnings', async () => {
    const mutualTlsAuthentication = { truststoreVersion: 'one', truststoreWarnings: ['a'] };
    answer = { status: 200, body: { domainNameStatus: 'UPDATING', mutualTlsAuthentication } };
    expect(await domain().trustStore()).toEqual({ version: 'one', status: 'UPDATING', warnings: ['a'] });
    expect(await domain().takeVersion('one')).toEqual(['a']);
  });

  test('uses the version that was compared, and no other', async () => {
    answer = { status: 200, body: {}, headers: { etag: '"one"', 'x-amz-version-id': 'v1' } };
    expect(await domain().publishedVersion('"one"')).toBe('v1');
    await expect(domain().publishedVersion('"two"')).rejects.toThrow(
      '/trust/client-cas.pem was changed after it was published.',
    );
  });

  test('that does not exist is not taken for one without warnings', async () => {
    answer = { status: 404, body: { message: 'Invalid domain name identifier specified' } };
    expect(await domain().trustStore()).toBeUndefined();
    expect(await domain().takeVersion('one')).toBeUndefined();
  });

  test('that refuses is asked again later', async () => {
    answer = { status: 409, body: {} };
    await expect(domain().takeVersion('one')).rejects.toThrow(
      'API Gateway refused PATCH of the domain renew.example.com.',
    );
  });
});
