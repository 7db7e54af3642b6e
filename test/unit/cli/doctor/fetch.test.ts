import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { fetchOctets } from '../../../../cli/doctor/fetch.ts';

const server = createServer();

afterEach(async () => {
  server.removeAllListeners('request').closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function serve(answer: RequestListener): Promise<string> {
  server.on('request', answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/`;
}

describe('octets over HTTP', () => {
  test('come whole where they are as long as the limit', async () => {
    const url = await serve((_, response) => {
      response.write('abc');
      response.end('de');
    });
    expect(await fetchOctets(url, undefined, 5)).toEqual(new Uint8Array(Buffer.from('abcde')));
  });

  test('are empty where there are none', async () => {
    const url = await serve((_, response) => response.writeHead(204).end());
    expect(await fetchOctets(url)).toEqual(new Uint8Array());
  });

  test('that go on behind the limit are not waited for, and the connection ends', async () => {
    let closed: Promise<unknown> | undefined;
    const url = await serve((_, response) => {
      closed = once(response, 'close');
      response.write('abcdef');
    });
    await expect(fetchOctets(url, undefined, 5)).rejects.toThrow('more than 5 bytes');
    await closed;
  });
});
