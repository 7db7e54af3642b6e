import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { secretApiKey, secretsClient } from '../../../shared/kibana/api-key.ts';
import { FleetError } from '../../../shared/revocation/ports.ts';

const ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kibana-aB3dE6';
const KEY = 'aWQ6a2V5LWtleQ==';

/** What Secrets Manager has; undefined: it refuses. */
let secret: string | undefined;
let asked: unknown[] = [];
const server = createServer(async (request, response) => {
  asked.push(JSON.parse(await text(request)));
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  if (secret === undefined)
    response.writeHead(400).end(JSON.stringify({ __type: 'AccessDeniedException', Message: `no ${KEY}` }));
  else response.end(JSON.stringify({ ARN, Name: 'kibana', SecretString: secret }));
});
beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
beforeEach(() => {
  asked = [];
});
afterAll(() => void server.close());

const reader = () =>
  secretApiKey(
    secretsClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' },
    }),
    ARN,
  );

describe('the API key for Kibana', () => {
  test.each([
    { name: 'as text', value: KEY },
    { name: 'as text that ends in a line break', value: `${KEY}\n` },
    {
      name: 'as what Elasticsearch returned',
      value: JSON.stringify({ id: 'id', api_key: 'key', encoded: KEY }),
    },
  ])('is read from the secret $name', async ({ value }) => {
    secret = value;
    expect(await reader()(false)).toBe(KEY);
    expect(asked).toEqual([{ SecretId: ARN }]);
  });

  test('is read once, and again when it is asked for afresh', async () => {
    secret = KEY;
    const read = reader();
    await Promise.all([read(false), read(false)]);
    expect(asked).toHaveLength(1);
    secret = 'bmV3OmtleQ==';
    expect(await read(false)).toBe(KEY);
    expect(await read(true)).toBe(secret);
    expect(await read(false)).toBe(secret);
    expect(asked).toHaveLength(2);
  });

  test.each([
    { name: 'nothing', value: '' },
    { name: 'id and key, not encoded', value: 'id:key' },
    { name: 'JSON without it', value: '{"api_key":"a2V5"}' },
    { name: 'broken JSON', value: '{"encoded":' },
    { name: 'a line break that would end the header', value: `${KEY}\r\nX: y` },
  ])('is refused where the secret holds $name, without repeating it', async ({ value }) => {
    secret = value;
    const error: unknown = await reader()(false).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FleetError);
    expect((error as FleetError).message).toBe(
      `the secret ${ARN} must hold the encoded API key, or a JSON object with it as "encoded"`,
    );
  });

  test('that cannot be read is read again the next time; the error has the name of the refusal only', async () => {
    secret = undefined;
    const read = reader();
    await expect(read(false)).rejects.toThrow(`the secret ${ARN} cannot be read: AccessDeniedException`);
    await expect(read(false)).rejects.not.toThrow(KEY);
    secret = KEY;
    expect(await read(false)).toBe(KEY);
  });
});
