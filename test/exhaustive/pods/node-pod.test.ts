import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { TestCloud } from '../../support/cloud.ts';
import { NodePod } from '../../support/hosts/node-pod.ts';
import { isUsable, refusing } from '../../support/hosts/pod.ts';
import { USERLANDS, HERE as userland } from '../../support/hosts/programs.ts';
import { at } from '../../support/json.ts';

const DAY = 86_400;

let cloud: TestCloud;
const nodes: NodePod[] = [];
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => {
  for (const { pod } of nodes.splice(0)) pod.remove();
});
afterAll(() => cloud.stop());

async function aNode(keyKind?: KeyKind) {
  const node = new NodePod(cloud, keyKind);
  nodes.push(node);
  const token = await cloud.token({ names: { commonName: 'node-*' }, maxUses: 1, onExistingName: 'replace' });
  node.token = token;
  return { node, token };
}

async function dueNode(keyKind?: KeyKind) {
  const made = await aNode(keyKind);
  expect(await made.node.keep({ userland })).toMatchObject({ code: 0 });
  cloud.pass(23 * DAY);
  return { ...made, old: made.node.serial };
}

async function successorOf(serial: string) {
  return at((await cloud.admin('GET', `/v1/certificates/${serial}`)).json, 'successor');
}

/** The node has a usable pair that renewed `old`, which is confirmed, and nothing else is left. */
async function expectRenewed({ node, old }: Awaited<ReturnType<typeof dueNode>>): Promise<void> {
  expect(isUsable(node.pair)).toBe(true);
  expect(await successorOf(old)).toEqual({ serialNumber: node.serial, confirmedAt: expect.any(String) });
  // A file that was cut off while it was written is written again.
  expect(node.files.filter((name) => name !== 'ask-after' && !name.endsWith('.part'))).toEqual([
    'agent.crt',
    'agent.key',
    'ca.crt',
    'renew-from',
  ]);
}

describe.each(USERLANDS)('the pod of a node under $name', (shell) => {
  test('enrolls with a token of one use, then renews by its key', async () => {
    const { node, token } = await aNode();
    const keep = () => node.keep({ userland: shell });
    expect(await keep()).toMatchObject({ code: 0, stdout: expect.stringContaining(node.name) });
    const old = node.serial;
    expect(await keep()).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(node.serial).toBe(old);
    cloud.pass(23 * DAY);
    expect(await keep()).toMatchObject({ code: 0, stderr: '' });
    await expectRenewed({ node, token, old });
    expect(await cloud.uses(token)).toBe(1);
  });
});

describe('the pod of a node', () => {
  test.each(['rsa', 'p384', 'p521', 'ed25519'] as const)('renews a key of kind %s', async (keyKind) => {
    const made = await dueNode(keyKind);
    expect(await made.node.keep({ userland })).toMatchObject({ code: 0 });
    await expectRenewed(made);
  });

  test('starts with what it has while the service does not renew, and prints why', async () => {
    const { node, old } = await dueNode();
    await cloud.admin('POST', `/v1/certificates/${old}/revoke`, { reason: 'superseded' });
    const { code, stderr } = await node.keep({ userland });
    expect([code, node.serial]).toEqual([0, old]);
    expect(stderr).toContain('refused the renewal with 409: This certificate was revoked');
    expect(stderr).toContain('refused the request with 401: The bootstrap token is not valid');
    node.token = await cloud.token({ names: { commonName: 'node-*' }, onExistingName: 'replace' });
    expect(await node.keep({ userland })).toMatchObject({ code: 0 });
    expect(node.serial).not.toBe(old);
    expect(existsSync(node.pod.path('node/unconfirmed'))).toBe(false);
  });

  test('prints that its name is blocked', async () => {
    const { node, old } = await dueNode();
    await cloud.admin('PUT', `/v1/blocks/agent/${node.name}`, {});
    const { code, stderr } = await node.keep({ userland });
    expect([code, node.serial]).toEqual([0, old]);
    expect(stderr).toContain(`The name "${node.name}" is blocked`);
  });

  test('keeps what it has while the service is away, uses no token, and renews later', async () => {
    const made = await dueNode();
    const { node, old, token } = made;
    node.pod.program('curl', '#!/bin/sh\necho "curl: (7) no connection" >&2; printf 000; exit 7\n');
    const away = await node.keep({ userland });
    expect([away.code, node.serial, await cloud.uses(token)]).toEqual([0, old, 1]);
    expect(away.stderr).toContain('fleetseal: no answer from');
    node.pod.unlink('curl');
    expect(await node.keep({ userland })).toMatchObject({ code: 0 });
    await expectRenewed(made);
  });

  test('confirms later where the service went away after the renewal', async () => {
    const made = await dueNode();
    const { node, old } = made;
    const curl = `for word; do case $word in */confirm) exit 7 ;; esac; done\nexec /usr/bin/curl "$@"`;
    node.pod.program('curl', `#!/bin/sh\n${curl}\n`);
    expect(await node.keep({ userland })).toMatchObject({ code: 0 });
    expect(await successorOf(old)).toEqual({ serialNumber: node.serial });
    const serial = node.serial;
    expect(await node.keep({ userland })).toMatchObject({ code: 0 });
    expect([node.serial, (await cloud.certificates({ name: node.name })).length]).toEqual([serial, 2]);
    node.pod.unlink('curl');
    expect(await node.keep({ userland })).toMatchObject({ code: 0 });
    expect(node.serial).toBe(serial);
    await expectRenewed(made);
  });

  test('neither enrolls nor forgets a confirmation while its clock is wrong', async () => {
    const made = await dueNode();
    const { node, old, token } = made;
    const late = { userland, clockAhead: 3600 };
    const wrong = await node.keep(late);
    expect([wrong.code, node.serial, await cloud.uses(token)]).toEqual([0, old, 1]);
    expect(wrong.stderr).toContain('refused the renewal with 401: ');
    expect(wrong.stderr).not.toContain('refused the request');
    node.pod.program('curl', refusing('confirm', 403));
    expect(await node.keep({ userland })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('refused the confirmation with 403: it sent no reason'),
    });
    node.pod.unlink('curl');
    await node.keep(late);
    expect(node.files).toContain('unconfirmed');
    await node.keep({ userland });
    await expectRenewed(made);
  });

  test('asks again only when the service says so', async () => {
    const { node } = await aNode();
    await node.keep({ userland });
    await node.keep({ userland });
    const asking = node.pod.calls;
    await node.keep({ userland });
    expect(node.pod.calls).toBeLessThan(asking);
    cloud.pass(6 * 3600);
    await node.keep({ userland });
    expect(node.pod.calls).toBe(asking);
  });
});

describe('killed before any call', () => {
  test('of a renewal, leaves a pair or what the next run needs to finish it, for one successor', async () => {
    const whole = await dueNode();
    await whole.node.keep({ userland });
    const total = whole.node.pod.calls;
    expect(total).toBeGreaterThan(10);
    for (let killAt = 1; killAt <= total; killAt++) {
      const made = await dueNode();
      const { node, token } = made;
      await node.keep({ userland, killAt });
      const next = await node.keep({ userland });
      expect([killAt, next]).toEqual([killAt, expect.objectContaining({ code: 0 })]);
      // The confirmation of a run that was killed before it is made up for by the next look.
      await node.keep({ userland });
      await expectRenewed(made);
      const { length } = await cloud.certificates({ name: node.name });
      expect([killAt, length, await cloud.uses(token)]).toEqual([killAt, 2, 1]);
    }
  });
});
