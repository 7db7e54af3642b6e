import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatToken,
  randomBase62,
  SECRET_LENGTH,
  TOKEN_ID_LENGTH,
} from '../../../shared/domain/bootstrap-token.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { createLog } from '../../../shared/observability/log.ts';
import { redact, redactText } from '../../../shared/observability/redaction.ts';
import { capturingLog, logLines } from '../http/captured-log.ts';

const ID = randomBase62(randomBytes, TOKEN_ID_LENGTH);
const SECRET = randomBase62(randomBytes, SECRET_LENGTH);
const TOKEN = formatToken(ID, SECRET);
const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
/** The base64 of the key: what must not be seen. */
const KEY_BODY = privateKey.split('\n').slice(1, 2).join('').slice(0, 40);
const PASSPHRASE = 'correct-horse-battery';

describe('text', () => {
  test.each([
    { name: 'a token', text: `refused ${TOKEN}.`, gives: `refused fst_${ID}_[redacted].` },
    { name: 'a token with a short secret', text: `${TOKEN.slice(0, -3)}`, gives: `fst_${ID}_[redacted]` },
    { name: 'something that begins like a token', text: 'fst_abc-def ghi', gives: 'fst_[redacted] ghi' },
    { name: 'a secret alone', text: `hash of ${SECRET}`, gives: 'hash of [redacted]' },
    { name: 'a PEM key', text: `a ${privateKey} b`, gives: 'a [redacted]\n b' },
    { name: 'a PEM key in JSON', text: JSON.stringify({ k: privateKey }), gives: '{"k":"[redacted]\\n"}' },
    { name: 'a PEM key without its end', text: `a ${privateKey.slice(0, 90)}`, gives: 'a [redacted]' },
    { name: 'a PEM key without its start', text: privateKey.slice(40), gives: '[redacted]\n' },
    {
      name: 'a bearer header',
      text: 'authorization: Bearer abc.def',
      gives: 'authorization: [redacted] [redacted]',
    },
    { name: 'a header without its name', text: 'got "Basic dXNlcg=="', gives: 'got "Basic [redacted]"' },
    {
      name: 'a SigV4 header',
      text: 'AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host, Signature=abcd',
      gives: 'AWS4-HMAC-SHA256 [redacted]',
    },
    {
      name: 'a passphrase in JSON',
      text: `{"passphrase":"${PASSPHRASE} x"}`,
      gives: '{"passphrase":[redacted]}',
    },
    {
      name: 'a passphrase in YAML',
      text: `key_passphrase: ${PASSPHRASE}`,
      gives: 'key_passphrase: [redacted]',
    },
    {
      name: 'flags of elastic-agent',
      text: `--enrollment-token=${PASSPHRASE} --url=https://x`,
      gives: '--enrollment-token=[redacted] --url=https://x',
    },
    {
      name: 'a query string',
      text: '?X-Amz-Security-Token=abc&a=1',
      gives: '?X-Amz-Security-Token=[redacted]&a=1',
    },
  ])('loses $name', ({ text, gives }) => {
    expect(redactText(text)).toBe(gives);
  });

  test.each([
    { name: 'hashes', text: 'ab'.repeat(32) },
    { name: 'serial numbers', text: '1f'.repeat(18) },
    { name: 'ARNs', text: 'arn:aws:sts::111122223333:assumed-role/fleetseal-token-issuer/session' },
    { name: 'codes and routes', text: 'token_rejected at /v1/tokens/{id}' },
    { name: 'certificates', text: '-----BEGIN CERTIFICATE-----\nMAMCAQU=\n-----END CERTIFICATE-----' },
  ])('keeps $name', ({ text }) => {
    expect(redactText(text)).toBe(text);
  });

  test('of any length is cut before the patterns run', () => {
    const hostile = [
      'a'.repeat(1e6),
      'token'.repeat(2e5),
      '"'.repeat(1e6),
      '-----BEGIN PRIVATE KEY-----'.repeat(4e4),
    ];
    for (const text of hostile) expect(redactText(text).length).toBeLessThan(5000);
  });

  test('that is cut shows no half of a secret', () => {
    expect(redactText(`${'x '.repeat(2033)}${TOKEN}`)).not.toContain(SECRET.slice(0, 8));
  });
});

describe('values', () => {
  test('lose what their names call secret, and keep what is none', () => {
    const value = {
      tokenId: ID,
      secretSha256: 'ab',
      uses: 3,
      nested: [
        { Authorization: 'x', keyPassphrase: 'y', fleetEnrollmentToken: 'z', privateKey: 1, password: null },
      ],
    };
    expect(redact(value)).toEqual({
      tokenId: ID,
      secretSha256: 'ab',
      uses: 3,
      nested: [
        {
          Authorization: '[redacted]',
          keyPassphrase: '[redacted]',
          fleetEnrollmentToken: '[redacted]',
          privateKey: '[redacted]',
          password: '[redacted]',
        },
      ],
    });
  });

  test('are cut to plain data', () => {
    const loop: Record<string, unknown> = {
      bytes: Buffer.from('secret'),
      big: 10n,
      fn: () => 1,
      set: new Set([TOKEN]),
    };
    loop['self'] = loop;
    expect(JSON.stringify(redact(loop))).not.toMatch(new RegExp(`${SECRET}|secret`));
    expect(redact(loop)).toMatchObject({
      bytes: '[6 octets]',
      big: '10',
      fn: '[function]',
      set: [`fst_${ID}_[redacted]`],
    });
  });

  test('of any kind come out as JSON', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
        (value) => {
          expect(() => JSON.stringify(redact({ value }))).not.toThrow();
        },
      ),
    );
  });
});

describe('the log', () => {
  const paths: readonly {
    name: string;
    write: (log: ReturnType<typeof createLog>, secret: string) => void;
  }[] = [
    { name: 'the message', write: (log, secret) => log.info(`got ${secret}`) },
    { name: 'a field', write: (log, secret) => log.warn('x', { reason: secret }) },
    { name: 'a nested field', write: (log, secret) => log.warn('x', { reason: { a: [{ b: secret }] } }) },
    { name: 'the name of a field', write: (log, secret) => log.warn('x', { reason: { [secret]: 1 } }) },
    { name: 'an error', write: (log, secret) => log.error('x', { error: new Error(`bad ${secret}`) }) },
    {
      name: 'the cause of a cause',
      write: (log, secret) =>
        log.error('x', {
          error: new Error('a', { cause: new Error('b', { cause: new TypeError(secret) }) }),
        }),
    },
    {
      name: 'a cause that is no error',
      write: (log, secret) => log.error('x', { error: new Error('a', { cause: { body: secret } }) }),
    },
    {
      name: 'fields of an error',
      write: (log, secret) =>
        log.error('x', { error: Object.assign(new Error('a'), { input: { csr: secret } }) }),
    },
    {
      name: 'an aggregate of errors',
      write: (log, secret) => log.error('x', { error: new AggregateError([new Error(secret)], 'a') }),
    },
    {
      name: 'our own error',
      write: (log, secret) =>
        log.error('x', {
          error: new AppError('internal', secret, { internal: { why: secret }, cause: secret }),
        }),
    },
    { name: 'something thrown', write: (log, secret) => log.error('x', { error: secret }) },
  ];
  const secrets = [
    { kind: 'token', secret: TOKEN, visible: SECRET },
    { kind: 'PEM key', secret: privateKey, visible: KEY_BODY },
    { kind: 'passphrase', secret: `passphrase: ${PASSPHRASE}`, visible: PASSPHRASE },
    { kind: 'header', secret: `Authorization: Bearer ${TOKEN}`, visible: SECRET },
  ];

  test.each(paths.flatMap((path) => secrets.map((secret) => ({ ...path, ...secret }))))(
    'never shows a $kind that came by $name',
    async ({ write, secret, visible }) => {
      const { log } = await capturingLog(async () => write(createLog('test'), secret));
      expect(logLines(log)).toHaveLength(1);
      expect(log).not.toContain(visible);
      expect(log).toContain('[redacted]');
    },
  );

  test('keeps the listed fields and drops the rest', async () => {
    const fields = { requestId: 'r', status: 200, body: 'x', headers: { a: 1 } };
    const { log } = await capturingLog(async () => createLog('get-token').info('request', fields));
    const { timestamp, ...line } = logLines(log)[0] ?? {};
    expect(line).toEqual({
      level: 'INFO',
      message: 'request',
      function: 'get-token',
      requestId: 'r',
      status: 200,
    });
    expect(String(timestamp)).toMatch(/^\d{4}-\d\d-\d\dT/);
  });
});
