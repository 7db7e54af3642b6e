import { describe, expect, test } from '@jest/globals';
import { negotiate } from '../../../shared/http/accept.ts';

const OFFERED = ['application/json', 'application/pem-certificate-chain', 'text/x-shellscript'] as const;

describe('the representation', () => {
  test.each([
    { accept: undefined, type: 'application/json' },
    { accept: '', type: 'application/json' },
    { accept: '*/*', type: 'application/json' },
    { accept: 'application/*', type: 'application/json' },
    { accept: 'text/x-shellscript', type: 'text/x-shellscript' },
    { accept: 'TEXT/X-ShellScript; charset=utf-8', type: 'text/x-shellscript' },
    { accept: 'text/*, application/json;q=0.5', type: 'text/x-shellscript' },
    { accept: 'text/html, */*;q=0.1', type: 'application/json' },
    { accept: 'application/json;q=0, */*', type: 'application/pem-certificate-chain' },
    { accept: 'application/pem-certificate-chain, application/json', type: 'application/json' },
    {
      accept: 'application/json;q=0.9, application/pem-certificate-chain',
      type: 'application/pem-certificate-chain',
    },
    { accept: ', application/json ,', type: 'application/json' },
  ])('for Accept: $accept is $type', ({ accept, type }) => {
    expect(negotiate(accept, OFFERED)).toBe(type);
  });

  test.each([
    'text/html',
    'application/pem-certificate-chains',
    '*/*;q=0',
    'application/json;q=0',
    'application/json;q=2',
    'json',
  ])('is refused for Accept: %s', (accept) => {
    expect(() => negotiate(accept, OFFERED)).toThrow(
      expect.objectContaining({
        code: 'not_acceptable',
        message:
          'The header Accept must allow application/json, application/pem-certificate-chain, or text/x-shellscript.',
      }),
    );
  });
});
