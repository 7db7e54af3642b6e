import { expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { apiUrl } from '../../../shared/http/api-url.ts';
import { gatewayEvent } from './gateway.ts';

function event(resource: string, context: { domainName?: string; path: string }) {
  const requestContext = context as APIGatewayProxyEvent['requestContext'];
  return { ...gatewayEvent(), resource, requestContext };
}

const HOST = 'a1b2c3.execute-api.eu-central-1.amazonaws.com';

test.each([
  { name: 'the stage', domainName: HOST, path: '/v1/enroll', url: `https://${HOST}/v1` },
  { name: 'a final slash', domainName: HOST, path: '/v1/enroll/', url: `https://${HOST}/v1` },
  {
    name: 'a custom domain',
    domainName: 'pki.example.com',
    path: '/enroll',
    url: 'https://pki.example.com',
  },
  {
    name: 'a base path',
    domainName: 'pki.example.com',
    path: '/ca/v1/enroll',
    url: 'https://pki.example.com/ca/v1',
  },
])('the URL of the API, with $name', ({ domainName, path, url }) => {
  expect(apiUrl(event('/enroll', { domainName, path }))).toBe(url);
});

test('a parameter of the path is one part', () => {
  const context = { domainName: HOST, path: '/v1/certificates/%2F/kit' };
  expect(apiUrl(event('/certificates/{serial}/kit', context))).toBe(`https://${HOST}/v1`);
});

test('a gateway that reports no domain name is a fault', () => {
  expect(() => apiUrl(event('/enroll', { path: '/v1/enroll' }))).toThrow('reports no domain name');
});
