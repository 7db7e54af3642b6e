import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { forwardTo } from '../../../infra/local/service/forward.ts';

test.each(['dynamodb', 'kms'] as const)(
  'a call without credentials names the service %s and its Region: an endpoint of many services tells them apart by that',
  async (service) => {
    const authorizations: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      authorizations.push(request.headers.authorization);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      await forwardTo({ url: `http://127.0.0.1:${port}`, service, region: 'eu-west-1' })(
        'Any',
        Buffer.from('{}'),
      );
    } finally {
      server.close();
      server.closeAllConnections();
    }
    expect(authorizations).toEqual([
      expect.stringMatching(
        new RegExp(`^AWS4-HMAC-SHA256 Credential=local/\\d{8}/eu-west-1/${service}/aws4_request,`),
      ),
    ]);
  },
);
