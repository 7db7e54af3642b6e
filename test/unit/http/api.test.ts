import { describe, expect, test } from '@jest/globals';
import { REQUESTS_REFUSED, SIGN_MILLISECONDS } from '../../../shared/config/metrics.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { api } from '../../../shared/http/api.ts';
import type { ApiResponse } from '../../../shared/http/response.ts';
import { type Measurement, measured } from '../../../shared/observability/measurement.ts';
import { capturingLog, logLines } from './captured-log.ts';
import { ADMIN, send } from './gateway.ts';
import { call, ok } from './thing.ts';

describe('an answer', () => {
  test('carries the request id and keeps browsers and caches away', async () => {
    const answer = await call({ body: ok });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({ name: 'abc', kind: 'big', by: ADMIN });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  test.each([
    { name: 'base64 from the gateway', request: { body: ok, base64: true } },
    {
      name: 'a charset',
      request: { body: ok, headers: { 'Content-Type': 'application/json; charset=UTF-8' } },
    },
    { name: 'another case', request: { body: ok, headers: { 'Content-Type': 'Application/JSON' } } },
    { name: 'an empty query parameter', request: { body: ok, query: { limit: '' } } },
  ])('is given to $name', async ({ request }) => {
    expect((await call(request)).status).toBe(201);
  });
});

describe('a failure', () => {
  const failing = (thrown: unknown) =>
    api({ name: 'fail', access: 'public' }, async () => {
      throw thrown;
    });
  const named = (name: string, more: object = {}) =>
    Object.assign(new Error('secret detail'), { name }, more);

  test.each([
    {
      name: 'an unknown error',
      thrown: new TypeError('table prod-42 is gone'),
      status: 500,
      code: 'internal',
    },
    { name: 'something that is no error', thrown: 'x', status: 500, code: 'internal' },
    {
      name: 'our own internal error',
      thrown: new AppError('internal', 'table prod-42'),
      status: 500,
      code: 'internal',
    },
    { name: 'a refused AWS call', thrown: named('AccessDeniedException'), status: 500, code: 'internal' },
    {
      name: 'AWS throttling',
      thrown: named('ThrottlingException'),
      status: 503,
      code: 'try_again',
      wait: '2',
    },
    {
      name: 'an AWS outage',
      thrown: named('InternalServerError', { $fault: 'server' }),
      status: 503,
      code: 'try_again',
    },
    {
      name: 'a lost connection',
      thrown: named('Error', { code: 'ECONNRESET' }),
      status: 503,
      code: 'try_again',
    },
    {
      name: 'signing that may work later',
      thrown: named('SigningError', { retryable: true }),
      status: 503,
      code: 'try_again',
    },
    {
      name: 'signing that will not',
      thrown: named('SigningError', { retryable: false }),
      status: 500,
      code: 'internal',
    },
    {
      name: 'a wait of its own',
      thrown: new AppError('try_again', 'Busy.', { retryAfterSeconds: 6.2 }),
      status: 503,
      code: 'try_again',
      wait: '7',
    },
    {
      name: 'a limit',
      thrown: new AppError('too_many_requests', 'Slow down.'),
      status: 429,
      code: 'too_many_requests',
      wait: '2',
    },
  ])('$name', async ({ thrown, status, code, wait }) => {
    const { result, log } = await capturingLog(() => send(failing(thrown), { method: 'GET' }));
    expect(result).toMatchObject({ status, json: { code, status } });
    if (wait !== undefined) expect(result.headers['retry-after']).toBe(wait);
    expect(result.body).not.toMatch(/prod-42|secret detail/);
    expect(logLines(log)).toHaveLength(1);
    expect(logLines(log)[0]).toMatchObject({ level: status >= 500 ? 'ERROR' : 'WARN', status, code });
  });

  test('that is a missing token says how to send one', async () => {
    const { result } = await capturingLog(() => send(failing(new AppError('token_missing', 'Send it.'))));
    expect(result.headers['www-authenticate']).toBe('Bearer realm="fleetseal"');
  });

  test('near the timeout of the function is told to try again', async () => {
    const hanging = api({ name: 'hang', access: 'public' }, () => new Promise(() => {}));
    const { gatewayEvent } = await import('./gateway.ts');
    const context = { getRemainingTimeInMillis: () => 260 } as Parameters<typeof hanging>[1];
    const { result } = await capturingLog(() => hanging(gatewayEvent({ method: 'GET' }), context));
    expect(result.statusCode).toBe(503);
  });
});

describe('what a function notes of a request', () => {
  const measures = {
    metrics:
      (...all: readonly Measurement[]) =>
      () => ({
        measured: all.map(({ metric, value }) => [metric.name, value]),
      }),
    refused: () => [measured(REQUESTS_REFUSED, 1, { Code: 'internal' })],
  };
  const noting = (end: () => ApiResponse) =>
    api({ name: 'note', access: 'public', measures }, async (request) => {
      request.note({
        fields: { serialNumber: '40bb' },
        measurements: [measured(SIGN_MILLISECONDS, 5)],
      });
      return end();
    });

  test('is in the one line of the request, with its metrics', async () => {
    const { log } = await capturingLog(() =>
      send(
        noting(() => ({ status: 204 })),
        { method: 'GET' },
      ),
    );
    expect(logLines(log)).toMatchObject([
      { message: 'request', status: 204, serialNumber: '40bb', measured: [['SignMilliseconds', 5]] },
    ]);
  });

  test('is there as well where the request fails afterwards', async () => {
    const fails = noting(() => {
      throw new Error('the kit cannot be rendered');
    });
    const { log } = await capturingLog(() => send(fails, { method: 'GET' }));
    expect(logLines(log)).toMatchObject([
      {
        message: 'request',
        status: 500,
        code: 'internal',
        serialNumber: '40bb',
        measured: [
          ['SignMilliseconds', 5],
          ['RequestsRefused', 1],
        ],
      },
    ]);
  });
});
