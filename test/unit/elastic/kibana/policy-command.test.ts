import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { policyCommand } from '../../../../shared/elastic/kibana/policy-command.ts';
import { run } from '../../../support/command.ts';

const SHELLS = ['/bin/bash', '/bin/dash'].filter((shell) => existsSync(shell));
const SSL = { certificate: "/etc/o'brien/agent.crt", key: '/etc/fleetseal/agent.key' };

interface Kibana {
  /** The policy that GET answers. */
  readonly item: object;
  /** @default 200 */
  readonly get?: number;
  /** @default 200 */
  readonly put?: number;
}

/** Runs the command against a Kibana; answers what it was sent, and how the command ended. */
async function change({ item, get = 200, put = 200 }: Kibana, shell = '/bin/sh', id = 'web-policy') {
  const calls: { readonly call: string; readonly authorization: unknown; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    const body = Buffer.concat(chunks).toString();
    calls.push({ call: `${method} ${url}`, authorization: headers.authorization, body });
    const status = method === 'GET' ? get : put;
    response.writeHead(status).end(JSON.stringify(status === 200 ? { item } : { message: 'why' }, null, 1));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const KIBANA_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s/ops/`;
  const PATH = process.env['PATH'] ?? '';
  const env = { PATH, KIBANA_URL, KIBANA_API_KEY: 'a+b/c==', AGENT_POLICY_ID: id, http_proxy: '' };
  const outcome = await run(shell, ['-c', policyCommand(SSL)], { env });
  server.close();
  return { calls, sent: calls[1] === undefined ? undefined : JSON.parse(calls[1].body), ...outcome };
}

const POLICY = { id: 'web-policy', name: "Web 'hosts' Ω", namespace: 'default', revision: 7 };

describe('the command that changes an agent policy', () => {
  test.each(SHELLS)('under %s keeps what the policy has', async (shell) => {
    const item = {
      ...POLICY,
      inactivity_timeout: 3600,
      overrides: { agent: { limits: { go_max_procs: 2 } }, fleet: { ssl: { verification_mode: 'full' } } },
    };
    const { calls, sent, ...outcome } = await change({ item }, shell);
    expect(outcome).toEqual({
      code: 0,
      stdout: 'agent policy web-policy: changed overrides.fleet.ssl.certificate, overrides.fleet.ssl.key\n',
      stderr: '',
    });
    const path = '/s/ops/api/fleet/agent_policies/web-policy';
    expect(calls.map(({ call }) => call)).toEqual([`GET ${path}`, `PUT ${path}`]);
    expect(calls.map(({ authorization }) => authorization)).toEqual(Array(2).fill('ApiKey a+b/c=='));
    expect(sent).toEqual({
      name: POLICY.name,
      namespace: 'default',
      inactivity_timeout: 3600,
      overrides: {
        agent: { limits: { go_max_procs: 2 } },
        fleet: { ssl: { verification_mode: 'full', ...SSL } },
      },
    });
  });

  test.each([
    { name: 'none', overrides: undefined },
    { name: 'null', overrides: null },
  ])('makes overrides where there are $name, and sends no other null', async ({ overrides }) => {
    const { sent } = await change({ item: { ...POLICY, overrides } });
    expect(sent).toEqual({
      name: POLICY.name,
      namespace: 'default',
      overrides: { fleet: { ssl: SSL } },
    });
  });

  test('lets the passphrase go with the key that it was for', async () => {
    const ssl = { key: '/old.key', key_passphrase: 'a', key_passphrase_path: '/old.pass' };
    const { sent } = await change({ item: { ...POLICY, overrides: { fleet: { ssl } } } });
    expect(sent.overrides.fleet.ssl).toEqual(SSL);
  });

  test.each([
    { name: 'reads', answers: { get: 404 }, calls: 1 },
    { name: 'writes', answers: { put: 400 }, calls: 2 },
  ])("shows Kibana's words where it refuses what it $name", async ({ answers, calls }) => {
    const outcome = await change({ item: POLICY, ...answers });
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toContain('"message": "why"');
    expect(outcome.calls).toHaveLength(calls);
  });

  test('sends nothing where the id is not said', async () => {
    const { calls, code, stderr } = await change({ item: POLICY }, '/bin/sh', '');
    expect({ calls, failed: code !== 0 }).toEqual({ calls: [], failed: true });
    expect(stderr).toContain('AGENT_POLICY_ID: must be set to the id of the agent policy');
  });
});
