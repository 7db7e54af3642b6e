import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import { TestCloud } from '../../support/cloud.ts';
import { isUsable, refusing, serialOf } from '../../support/hosts/pod.ts';
import { USERLANDS, HERE as userland } from '../../support/hosts/programs.ts';
import { SecretJob } from '../../support/hosts/secret-job.ts';
import { at, textAt } from '../../support/json.ts';

const DAY = 86_400;

let cloud: TestCloud;
const jobs: SecretJob[] = [];
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => {
  for (const { pod } of jobs.splice(0)) pod.remove();
});
afterAll(() => cloud.stop());

interface Asked {
  readonly keyKind?: KeyKind;
  /** Versions before agents read renewed files: the job restarts them. */
  readonly restarts?: boolean;
}

/** The CronJob of an Agent of ECK, with the token that its kit asks for; and the name that it certifies. */
async function aJob({ keyKind = 'p256', restarts = false }: Asked = {}) {
  const name = `agent-${randomBytes(4).toString('hex')}`;
  const deployment = checkDeployment(
    {
      model: 'on-premises',
      os: 'container',
      stackVersion: restarts ? '9.3.8' : '9.5.2',
      container: { runtime: 'eck', image: 'registry.example.com/tools:1' },
      eck: { eckVersion: restarts ? '3.3.0' : '3.5.0' },
    },
    { profile: 'agent', keyKind },
  );
  const certificate = { name, keyKind, certificatePem: '', chainPem: [], caBundlePem: '' };
  const { kubernetes } = renderKit({ deployment, certificate });
  const request = { ...kubernetes?.tokenRequest, bind: undefined };
  const token = await cloud.token(request);
  const job = new SecretJob(cloud, kubernetes?.manifests ?? '', token);
  jobs.push(job);
  return { job, name, token };
}

/** A job whose certificate is due. */
async function dueJob(asked: Asked = {}) {
  const made = await aJob(asked);
  expect(await made.job.run({ userland })).toMatchObject({ code: 0 });
  cloud.pass(23 * DAY);
  return { ...made, old: serialOf(made.job.pair) };
}

async function recordOf(serial: string) {
  return (await cloud.admin('GET', `/v1/certificates/${serial}`)).json;
}

/** The Secret has a usable pair that renewed `old`, which is confirmed, and nothing else is left. */
async function expectRenewed({ job, old }: Awaited<ReturnType<typeof dueJob>>): Promise<void> {
  expect(Object.keys(job.data).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  expect(isUsable(job.pair)).toBe(true);
  expect(at(await recordOf(old), 'successor')).toEqual({
    serialNumber: serialOf(job.pair),
    confirmedAt: expect.any(String),
  });
}

describe.each(USERLANDS)('the job under $name', (shell) => {
  test('enrolls with a token of one use, then renews by its key', async () => {
    const made = await aJob();
    const run = () => made.job.run({ userland: shell });
    expect(await run()).toMatchObject({ code: 0 });
    expect(isUsable(made.job.pair)).toBe(true);
    const old = serialOf(made.job.pair);
    expect(await run()).toMatchObject({ code: 0 });
    expect(serialOf(made.job.pair)).toBe(old);
    cloud.pass(23 * DAY);
    expect(await run()).toMatchObject({ code: 0, stderr: '' });
    await expectRenewed({ ...made, old });
    expect(await cloud.uses(made.token)).toBe(1);
  });
});

describe('the job', () => {
  test.each(['rsa', 'p384', 'p521', 'ed25519'] as const)('renews a key of kind %s', async (keyKind) => {
    const made = await dueJob({ keyKind });
    const { code, stderr } = await made.job.run({ userland });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('fleetseal')]);
    await expectRenewed(made);
  });

  test('restarts what does not read the new files, once', async () => {
    const made = await dueJob({ restarts: true });
    await made.job.run({ userland });
    await expectRenewed(made);
    expect(made.job.asked.filter((line) => line.startsWith('rollout'))).toEqual([
      'rollout restart daemonset/elastic-agent-agent --namespace=default',
    ]);
  });

  test('fails where the service went away before the confirmation, and the next run confirms', async () => {
    const made = await dueJob({ restarts: true });
    const { job, name } = made;
    const curl = `for word; do case $word in */confirm) exit 7 ;; esac; done\nexec /usr/bin/curl "$@"`;
    job.pod.program('curl', `#!/bin/sh\n${curl}\n`);
    for (const _ of ['first', 'again'])
      expect(await job.run({ userland })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no answer'),
      });
    expect(Object.keys(job.data)).toContain('unfinished');
    expect((await cloud.certificates({ name })).length).toBe(2);
    job.pod.unlink('curl');
    expect(await job.run({ userland })).toMatchObject({ code: 0 });
    await expectRenewed(made);
    expect(job.asked.filter((line) => line.startsWith('rollout'))).toHaveLength(1);
  });

  test('neither enrolls nor forgets a confirmation while its clock is wrong', async () => {
    const made = await dueJob();
    const { job, old, token } = made;
    const late = { userland, clockAhead: 3600 };
    const wrong = await job.run(late);
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^fleetseal: \S+ refused the renewal with 401: [^\n]*\n$/),
    });
    expect([serialOf(job.pair), await cloud.uses(token)]).toEqual([old, 1]);
    job.pod.program('curl', refusing('confirm', 403));
    const gateway = await job.run({ userland });
    expect([gateway.code, gateway.stderr]).toEqual([
      1,
      expect.stringContaining('refused the confirmation with 403: it sent no reason'),
    ]);
    job.pod.unlink('curl');
    expect(await job.run(late)).toMatchObject({ code: 1 });
    expect(job.data['unfinished']).toBe(old);
    expect(await job.run({ userland })).toMatchObject({ code: 0 });
    await expectRenewed(made);
  });

  test.each([403, 404])('does not enroll where a gateway refuses everything with %d', async (status) => {
    const { job, old, token } = await dueJob();
    job.pod.program('curl', refusing('renew', status));
    const { code, stderr } = await job.run({ userland });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`refused the renewal with ${status}: it sent no reason`),
    ]);
    expect(stderr).not.toContain('refused the request');
    expect([serialOf(job.pair), await cloud.uses(token)]).toEqual([old, 1]);
  });

  test('renews although what it should restart cannot be restarted, and fails until it is', async () => {
    const { job, old } = await dueJob({ restarts: true });
    job.mayRestart = false;
    expect(await job.run({ userland })).toMatchObject({ code: 1 });
    expect(await job.run({ userland })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('forbidden'),
    });
    const second = serialOf(job.pair);
    expect([second === old, job.data['unfinished']]).toEqual([false, old]);
    cloud.pass(23 * DAY);
    expect(await job.run({ userland })).toMatchObject({ code: 1 });
    expect([serialOf(job.pair) === second, job.data['unfinished']]).toEqual([false, second]);
    job.mayRestart = true;
    expect(await job.run({ userland })).toMatchObject({ code: 0 });
    expect(Object.keys(job.data)).not.toContain('unfinished');
    expect(job.asked.at(-2)).toContain('rollout restart');
  });

  test('renews when an administrator replaces certificates', async () => {
    const { job, name } = await aJob();
    await job.run({ userland });
    const old = serialOf(job.pair);
    const by = new Date((cloud.seconds() + 2 * DAY) * 1000).toISOString().replace(/\.\d+/, '');
    const replacement = { selector: { profile: 'agent' }, by };
    expect(await cloud.admin('POST', '/v1/replacements', replacement)).toMatchObject({ status: 201 });
    cloud.pass(2 * DAY);
    await job.run({ userland });
    await expectRenewed({ job, name, token: '', old });
  });

  test('enrolls where the service does not renew, and prints why', async () => {
    const { job, old } = await dueJob();
    await cloud.admin('POST', `/v1/certificates/${old}/revoke`, { reason: 'superseded' });
    const refused = await job.run({ userland });
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('This certificate was revoked'),
    });
    expect(refused.stderr).toContain('The bootstrap token is not valid');
    expect(serialOf(job.pair)).toBe(old);
    job.token = await cloud.token({ names: { commonName: 'agent-*' }, onExistingName: 'replace' });
    expect(await job.run({ userland })).toMatchObject({ code: 0 });
    expect(serialOf(job.pair)).not.toBe(old);
    expect(Object.keys(job.data).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  });

  test('says that it needs a token where it has none', async () => {
    const { job } = await aJob();
    job.token = undefined;
    expect(await job.run({ userland })).toMatchObject({
      code: 1,
      stderr: 'fleetseal: enrolling needs a bootstrap token in the Secret with the address of the service\n',
    });
  });

  test('prints that its name is blocked', async () => {
    const { job, name, old } = await dueJob();
    expect(await cloud.admin('PUT', `/v1/blocks/agent/${name}`, {})).toMatchObject({ status: 200 });
    const blocked = await job.run({ userland });
    expect(blocked).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`The name "${name}" is blocked`),
    });
    expect(serialOf(job.pair)).toBe(old);
  });

  test('keeps what it has while the service is away, and uses no token', async () => {
    const { job, old, token } = await dueJob();
    const curl = (lines: string) => job.pod.program('curl', `#!/bin/sh\n${lines}\n`);
    curl('echo "curl: (7) no connection" >&2; printf 000; exit 7');
    // Without an answer, only the last third of its life by this machine's clock is a reason to try.
    expect(await job.run({ userland })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('no answer'),
    });
    expect([serialOf(job.pair), await cloud.uses(token)]).toEqual([old, 1]);
  });
});

describe('killed before any call', () => {
  test('of its first run, the job gets its certificate for one use', async () => {
    const whole = await aJob();
    await whole.job.run({ userland });
    const total = whole.job.pod.calls;
    expect(total).toBeGreaterThan(3);
    for (let killAt = 1; killAt <= total; killAt++) {
      const { job, token } = await aJob();
      expect(await job.run({ userland, killAt })).toMatchObject({ code: null });
      expect(await job.run({ userland })).toMatchObject({ code: 0 });
      expect(isUsable(job.pair)).toBe(true);
      expect(await cloud.uses(token)).toBe(1);
    }
  });

  test('of a renewal, the next run finishes it, for one successor', async () => {
    const whole = await dueJob({ restarts: true });
    await whole.job.run({ userland });
    const total = whole.job.pod.calls;
    expect(total).toBeGreaterThan(7);
    for (let killAt = 1; killAt <= total; killAt++) {
      const made = await dueJob({ restarts: true });
      await made.job.run({ userland, killAt });
      expect(isUsable(made.job.pair)).toBe(true);
      const next = await made.job.run({ userland });
      expect([killAt, next]).toEqual([killAt, expect.objectContaining({ code: 0 })]);
      await expectRenewed(made);
      expect(made.job.asked.some((line) => line.startsWith('rollout'))).toBe(true);
      expect(textAt(await recordOf(made.old), 'state')).toBe('ISSUED');
      const { length } = await cloud.certificates({ name: made.name });
      expect([killAt, length]).toEqual([killAt, 2]);
    }
  });
});
