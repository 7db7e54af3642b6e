import { describe, expect, test } from '@jest/globals';
import { createApi, pathOf, type Wire } from '../../../cli/api/client.ts';
import type { ApiRequest, ApiResponse } from '../../../cli/api/send.ts';
import { fakeTerminal } from '../../support/cli.ts';

const BUSY = JSON.stringify({
  title: 'Busy',
  status: 503,
  detail: 'Busy.',
  code: 'try_again',
  requestId: 'r',
});

/** A wire that gives these answers in turn, the last one for ever. */
function wireOf(...answers: readonly (Partial<ApiResponse> | Error)[]) {
  const sent: ApiRequest[] = [];
  const slept: number[] = [];
  const wire: Wire = {
    async send(request) {
      const answer = answers[Math.min(sent.length, answers.length - 1)];
      sent.push(request);
      if (answer instanceof Error) throw answer;
      return { status: 200, headers: {}, text: '{}', ...answer };
    },
    async sleep(milliseconds) {
      slept.push(milliseconds);
    },
  };
  const connection = {
    baseUrl: 'https://pki.example.com/v1',
    ca: undefined,
    sign: async ({ headers }: ApiRequest) => ({ ...headers, authorization: 'signed' }),
  };
  return { api: createApi(connection, fakeTerminal().terminal, wire), sent, slept };
}

const reset = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

describe('a call', () => {
  test('encodes what goes into path and query, and signs', async () => {
    const { api, sent } = wireOf({ text: '{"a":1}' });
    expect(await api.call(pathOf`/tokens/${'a/b c'}`, { query: { name: 'ä&b', cursor: undefined } })).toEqual(
      { a: 1 },
    );
    expect(sent[0]?.url.href).toBe('https://pki.example.com/v1/tokens/a%2Fb%20c?name=%C3%A4%26b');
    expect(sent[0]?.headers).toMatchObject({ authorization: 'signed' });
  });

  test('is not signed where the route is public', async () => {
    const { api, sent } = wireOf({});
    await api.call('/trust', { signed: false });
    expect(sent[0]?.headers).not.toHaveProperty('authorization');
  });

  test('without a body in its answer gives undefined', async () => {
    expect(
      await wireOf({ status: 204, text: '' }).api.call('/tokens/x', { method: 'DELETE' }),
    ).toBeUndefined();
  });

  test('for text asks for its media types and gives it as it came', async () => {
    const script = { headers: { 'content-type': 'text/x-shellscript; charset=utf-8' }, text: '#!/bin/sh\n' };
    const { api, sent } = wireOf(script);
    expect(await api.text('/kits', 'text/x-shellscript, text/x-powershell')).toBe('#!/bin/sh\n');
    expect(sent[0]?.headers).toMatchObject({ accept: 'text/x-shellscript, text/x-powershell' });
    await expect(api.text('/kits', 'text/x-powershell')).rejects.toThrow(
      'The answer is not text/x-powershell, so it does not come from fleetseal: #!/bin/sh',
    );
  });

  test('says that what is not JSON is not the service', async () => {
    await expect(wireOf({ text: '<html>Login\u001b[0m' }).api.call('/trust')).rejects.toMatchObject({
      exit: 'unavailable',
      message:
        'The answer is not JSON, so it does not come from fleetseal: <html>Login\\u{1b}[0m Check the address.',
    });
  });
});

describe('a service that is busy', () => {
  test('is asked again after as long as it says', async () => {
    const { api, sent, slept } = wireOf(
      { status: 429, headers: { 'retry-after': '7' }, text: BUSY },
      { status: 503, headers: { 'retry-after': '2' }, text: BUSY },
      { text: '{"ok":true}' },
    );
    expect(await api.call('/tokens')).toEqual({ ok: true });
    expect(sent).toHaveLength(3);
    expect(slept).toEqual([7000, 2000]);
  });

  test('is not waited for beyond a minute: the error says how long', async () => {
    const { api, slept } = wireOf({ status: 503, headers: { 'retry-after': '3600' }, text: BUSY });
    await expect(api.call('/tokens')).rejects.toMatchObject({
      exit: 'unavailable',
      message: 'Busy. Try again in 3600 s.',
    });
    expect(slept).toEqual([]);
  });

  test('is asked five times', async () => {
    const { api, sent } = wireOf({ status: 429, headers: { 'retry-after': '1' }, text: BUSY });
    await expect(api.call('/tokens')).rejects.toMatchObject({ exit: 'unavailable' });
    expect(sent).toHaveLength(5);
  });

  test('never gets a creation twice that may have had its effect', async () => {
    for (const answer of [{ status: 503, text: 'Service Unavailable' }, { status: 504, text: '' }, reset()]) {
      const { api, sent } = wireOf(answer);
      await expect(api.call('/tokens', { method: 'POST', body: {} })).rejects.toMatchObject({
        exit: 'unavailable',
      });
      expect(sent).toHaveLength(1);
    }
  });

  test('gets a creation again that it refused by a problem document', async () => {
    const { api, sent } = wireOf({ status: 503, headers: {}, text: BUSY }, { text: '{}' });
    await api.call('/tokens', { method: 'POST', body: {} });
    expect(sent).toHaveLength(2);
  });

  test('gets what may be repeated again after a lost connection', async () => {
    const { api, sent, slept } = wireOf(reset(), reset(), {});
    await api.call('/certificates/revoke', { method: 'POST', body: {}, repeatable: true });
    expect(sent).toHaveLength(3);
    expect(slept).toEqual([1000, 2000]);
  });
});

describe('what the service refuses', () => {
  const problem = { title: 'T', status: 403, detail: 'No signature.', code: 'access_denied', requestId: 'r' };

  test.each([
    { status: 400, exit: 'refused' },
    { status: 403, exit: 'refused' },
    { status: 404, exit: 'notFound' },
    { status: 409, exit: 'refused' },
    { status: 422, exit: 'refused' },
    { status: 500, exit: 'unavailable' },
  ])('with $status ends the command as $exit', async ({ status, exit }) => {
    const { api } = wireOf({ status, text: JSON.stringify({ ...problem, status }) });
    await expect(api.call('/x')).rejects.toMatchObject({
      exit,
      message: 'No signature.',
      problem: { status },
    });
  });

  test('by a clock that is wrong here, says so', async () => {
    const headers = { date: 'Sat, 28 Nov 2026 05:50:00 GMT' };
    await expect(
      wireOf({ status: 403, headers, text: JSON.stringify(problem) }).api.call('/x'),
    ).rejects.toThrow(
      "No signature. This machine's clock is 600 s ahead of the service's; set it right first.",
    );
  });

  test('without a problem document may be a proxy', async () => {
    await expect(wireOf({ status: 407, text: 'Proxy' }).api.call('/x')).rejects.toThrow(
      'HTTP 407 without a problem document, so it may not come from fleetseal: Proxy. Check the address.',
    );
  });
});
