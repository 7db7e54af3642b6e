import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { FakeNode } from '../../unit/elastic/containers/node.ts';
import { PEM } from '../../unit/elastic/rendering.ts';

const nodes: FakeNode[] = [];

function aNode(shell = 'dash'): FakeNode {
  const node = new FakeNode(shell).configure();
  nodes.push(node);
  return node;
}

afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

/** The service's answers say that renewal begins in 2099: from now on the time has come. */
const dueNow = (node: FakeNode) =>
  node.write('renew-from', '20200101000000').write('ask-after', '9999999999');

describe('a pod', () => {
  test.each(['dash', 'bash'])(
    'under %s gets a certificate in the name of its node, with a key of its own',
    async (shell) => {
      const node = aNode(shell);
      expect(await node.keep()).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('node-1.example.com'),
      });
      expect(node.pairFits).toBe(true);
      expect(node.file('agent.crt').match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
      expect(node.file('ca.crt')).toContain('BEGIN CERTIFICATE');
      expect(node.told('requests')).toMatch(/^\{"csr":"[^"]+","name":"node-1\.example\.com"\}$/);
      expect(statSync(join(node.directory, 'agent.key')).mode & 0o777).toBe(0o600);
      expect(readdirSync(node.directory).sort()).toEqual(['agent.crt', 'agent.key', 'ca.crt', 'renew-from']);
    },
  );

  test('shows its token to nobody', async () => {
    const node = aNode();
    await node.keep();
    expect(node.told('input')).toBe('authorization: Bearer fst_secret');
    expect(node.told('arguments')).toContain('https://api.example.com/v1/enroll');
    expect(node.told('arguments')).not.toContain('fst_');
  });

  test('asks for nothing while its certificate is good', async () => {
    const node = aNode();
    await node.keep();
    const key = node.file('agent.key');
    expect(await node.keep()).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(node.uses).toBe(1);
    expect(node.file('agent.key')).toBe(key);
  });

  test('follows the service when it moves the renewal forward', async () => {
    const node = aNode();
    await node.keep();
    node.service('from', '2020-01-01T00:00:00Z');
    await node.keep();
    expect(node.uses).toBe(2);
  });

  test.each(['dash', 'bash'])(
    'under %s enrolls again with a new key where the service does not renew',
    async (shell) => {
      const node = aNode(shell);
      await node.keep();
      const key = node.file('agent.key');
      dueNow(node);
      expect((await node.keep()).code).toBe(0);
      expect(node.uses).toBe(2);
      expect(node.file('agent.key')).not.toBe(key);
      expect(node.pairFits).toBe(true);
      expect(node.file('renew-from')).toBe('20990101000000');
    },
  );

  test('starts with what it has while the service fails, and tries again with the same key', async () => {
    const node = aNode();
    await node.keep();
    const certificate = node.file('agent.crt');
    dueNow(node).service('fails', '503');
    const failed = await node.keep();
    expect(failed).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('fleetseal: no new certificate'),
    });
    expect(node.file('agent.crt')).toBe(certificate);
    const waiting = node.file('agent.key.new');
    node.service('fails');
    expect((await node.keep()).code).toBe(0);
    expect(node.file('agent.key')).toBe(waiting);
    expect(node.uses).toBe(2);
  });

  test.each([
    ['dash', '409'],
    ['bash', '422'],
  ])(
    'under %s makes another key where the service refuses the waiting one with %s',
    async (shell, status) => {
      const node = aNode(shell).service('fails', '503');
      await node.keep();
      const waiting = node.file('agent.key.new');
      node.service('fails', status);
      expect((await node.keep()).code).toBe(1);
      node.service('fails');
      expect((await node.keep()).code).toBe(0);
      expect(node.file('agent.key')).not.toBe(waiting);
      expect(node.pairFits).toBe(true);
    },
  );

  test.each([
    [
      'the reason',
      '409',
      JSON.stringify({
        detail: 'the name \\ "node-1" is in use',
        code: 'x',
        errors: [{ detail: 'a field' }],
      }),
      'https://api.example.com refused the request with 409: the name \\ "node-1" is in use\n',
    ],
    ['that there is none', '502', '<html>', 'refused the request with 502: it sent no reason\n'],
    [
      'what curl says',
      '',
      '',
      'curl: (7) no connection\nfleetseal: no answer from https://api.example.com\n',
    ],
  ])('prints %s where it gets no certificate', async (_, status, problem, words) => {
    const node = aNode().service('fails', status).service('problem', problem);
    const { code, stderr } = await node.keep();
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });

  test('dates the certificate when all is in place: an agent that started before has to start again', async () => {
    const node = aNode();
    await node.keep();
    dueNow(node);
    await node.keep();
    const dateOf = (name: string) => statSync(join(node.directory, name)).mtimeMs;
    expect(dateOf('agent.crt')).toBeGreaterThan(dateOf('renew-from'));
  });

  test('takes over what another user left', async () => {
    const node = aNode().write('renew-from', '');
    const before = statSync(join(node.directory, 'renew-from')).ino;
    await node.keep();
    expect(statSync(join(node.directory, 'renew-from')).ino).not.toBe(before);
  });

  test('does not start without a certificate', async () => {
    const node = aNode().service('fails', '');
    const failed = await node.keep();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('fleetseal: node-1.example.com has no valid certificate');
  });

  test('does not start with one that has ended', async () => {
    const node = aNode().service('days', '0');
    // OpenSSL takes 0 days for a certificate that ends when it begins.
    expect((await node.keep()).code).toBe(1);
    node.service('fails', '');
    expect((await node.keep()).code).toBe(1);
  });

  test.each(['ca.crt', 'agent.crt', 'renew-from', 'agent.key'])(
    'finishes what was broken off before %s was in place, and spends no second use',
    async (file) => {
      const node = aNode();
      await node.keep();
      dueNow(node).service('breaks', file);
      await node.keep();
      node.service('breaks');
      expect((await node.keep()).code).toBe(0);
      expect(node.pairFits).toBe(true);
      expect(node.uses).toBe(2);
      expect(existsSync(join(node.directory, 'agent.key.new'))).toBe(false);
    },
  );

  test.each([
    ['no JSON', 'oops'],
    ['no certificate', '{"caBundle":"x","renewal":{"from":"2099-01-01T00:00:00Z"}}'],
  ])('replaces nothing by an answer with %s', async (_, answer) => {
    const node = aNode();
    await node.keep();
    const [certificate, roots] = [node.file('agent.crt'), node.file('ca.crt')];
    dueNow(node).service('answers', answer);
    expect((await node.keep()).code).toBe(0);
    expect([node.file('agent.crt'), node.file('ca.crt')]).toEqual([certificate, roots]);
    expect(node.pairFits).toBe(true);
  });

  test('replaces nothing where the answer says no time of renewal: it would enroll every hour', async () => {
    const node = aNode();
    await node.keep();
    const certificate = node.file('agent.crt');
    dueNow(node).service('from', '');
    expect((await node.keep()).code).toBe(0);
    expect(node.file('agent.crt')).toBe(certificate);
    expect((await node.keep()).code).toBe(0);
    expect(node.uses).toBe(2);
  });

  test('takes names of up to 64 characters, and says why it takes no longer ones', async () => {
    const node = aNode();
    expect((await node.keep('n'.repeat(64))).code).toBe(0);
    dueNow(node);
    const long = await aNode().keep('n'.repeat(65));
    expect(long.code).toBe(1);
    expect(long.stderr).toContain('is longer than the 64 characters that a certificate');
  });

  test('has the CAs of the deployment, and the new ones when they change', async () => {
    const node = aNode().configure({ trust: { fleetServer: { pem: PEM.root } } });
    await node.keep();
    expect(node.file('fleet-server-ca.crt')).toBe(PEM.root);
    node.configure({ trust: { fleetServer: { pem: PEM.other } } });
    await node.keep();
    expect(node.file('fleet-server-ca.crt')).toBe(PEM.other);
    expect(node.uses).toBe(1);
  });
});
