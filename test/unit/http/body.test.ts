import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { at } from '../../support/json.ts';
import { told } from '../functions/told.ts';
import { call, ok } from './thing.ts';

const json = JSON.stringify(ok);
const utf16 = Buffer.from(json, 'utf16le');
const utf32 = Buffer.concat([...json].map((character) => Buffer.from(`${character}\0\0\0`, 'latin1')));
const UTF_16 = 'The body is UTF-16 or UTF-32. Send plain JSON in UTF-8.';
const compressed = (how: string) => `The body is compressed (${how}). Send plain JSON in UTF-8.`;

/** The two ways in which API Gateway hands octets on: as base64, or as text with U+FFFD for what is not UTF-8. */
const WAYS = [
  { way: 'in base64', send: (octets: Uint8Array) => octets },
  { way: 'as text', send: (octets: Uint8Array) => Buffer.from(octets).toString('utf8') },
];

describe.each(WAYS)('a body that the gateway hands on $way', ({ send }) => {
  test.each([
    { name: 'UTF-8', octets: Buffer.from(json) },
    { name: 'UTF-8 with a byte order mark (Windows PowerShell 5.1)', octets: Buffer.from(`\ufeff${json}`) },
  ])('is read: $name', async ({ octets }) => {
    expect((await call({ body: send(octets) })).status).toBe(201);
  });

  test.each([
    { name: 'UTF-16 LE with a mark', octets: Buffer.from(`\ufeff${json}`, 'utf16le'), detail: UTF_16 },
    { name: 'UTF-16 LE', octets: utf16, detail: UTF_16 },
    {
      name: 'UTF-16 BE with a mark',
      octets: Buffer.from(`\ufeff${json}`, 'utf16le').swap16(),
      detail: UTF_16,
    },
    { name: 'UTF-16 BE', octets: Buffer.from(utf16).swap16(), detail: UTF_16 },
    { name: 'UTF-32 LE', octets: utf32, detail: UTF_16 },
    { name: 'UTF-32 BE', octets: Buffer.from(utf32).swap32(), detail: UTF_16 },
    { name: 'gzip', octets: gzipSync(json), detail: compressed('gzip') },
    { name: 'deflate', octets: deflateSync(json), detail: compressed('deflate') },
    { name: 'quick deflate', octets: deflateSync(json, { level: 1 }), detail: compressed('deflate') },
    { name: 'zstd', octets: Buffer.from('28b52ffd2400', 'hex'), detail: compressed('zstd') },
  ])('is named: $name', async ({ octets, detail }) => {
    const answer = await call({ body: send(octets) });
    expect({ status: answer.status, errors: told(answer) }).toEqual({ status: 400, errors: { '#': detail } });
  });

  test.each(['gzip', 'br', 'zstd', 'GZip', 'identity, gzip'])(
    'is refused by its header: Content-Encoding: %s',
    async (encoding) => {
      const body = send(brotliCompressSync(json));
      const answer = await call({ body, headers: { 'Content-Encoding': encoding } });
      expect(answer.status).toBe(415);
      expect(at(answer.json, 'code')).toBe('unsupported_media_type');
      expect(told(answer)).toEqual({
        '#/headers/content-encoding': `The body is compressed (Content-Encoding: ${encoding}). Send plain JSON in UTF-8.`,
      });
    },
  );

  test('is read with Content-Encoding: identity', async () => {
    const answer = await call({ body: send(Buffer.from(json)), headers: { 'Content-Encoding': 'identity' } });
    expect(answer.status).toBe(201);
  });
});

describe('JSON with what must be escaped', () => {
  const lineBreak =
    'A string contains a line break, which JSON writes as \\n. Let a tool write the JSON, for example: jq -Rs \'{csr: ., name: "web-01"}\' agent.csr';

  test.each([
    { name: 'a PEM as it is', body: '{"name":"-----BEGIN\nMII', near: 19, why: lineBreak },
    { name: 'a PEM with CRLF', body: '{"name":"-----BEGIN\r\nMII', near: 19, why: lineBreak },
    {
      name: 'a tab',
      body: '{"name":"a\tb"}',
      near: 10,
      why: 'A string contains a control character, which JSON writes as \\t or \\u00...',
    },
  ])('$name', async ({ body, near, why }) => {
    const answer = await call({ body });
    expect(answer.status).toBe(400);
    expect(told(answer)).toEqual({ '#': `The body is not valid JSON (near character ${near}). ${why}` });
  });

  test('line breaks between its parts are white space', async () => {
    expect((await call({ body: json.replaceAll(',', ',\r\n') })).status).toBe(201);
  });
});
