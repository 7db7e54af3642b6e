import { expect, test } from '@jest/globals';
import { parseRevocationUrl } from '../../../shared/domain/revocation-url.ts';

test.each([
  'http://d111111abcdef8.cloudfront.net',
  'http://localhost:8080',
  'http://r',
  'http://192.0.2.7',
  `http://${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`,
])('%s serves revocation data', (text) => {
  expect(parseRevocationUrl(text)).toBe(text);
});

test.each([
  '',
  'http://',
  'https://r.example.com',
  'HTTP://r.example.com',
  'http://R.example.com',
  'http://r.example.com/',
  'http://r.example.com/a',
  'http://r.example.com?a',
  'http://r.example.com:80',
  'http://r.example.com:0',
  'http://r.example.com:65536',
  'http://user@r.example.com',
  'http://-r.example.com',
  'http://r..example.com',
  'http://r.example.com.',
  'http://r_1.example.com',
  'http://127.1',
  'http://[::1]:8080',
  `http://${'a'.repeat(64)}.example.com`,
  `http://${'a.'.repeat(140)}example.com`,
  'http://r.example.com\n',
])('%j does not', (text) => {
  expect(parseRevocationUrl(text)).toBeUndefined();
});
