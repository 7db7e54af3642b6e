import { expect, test } from '@jest/globals';
import { activation } from '../../../../shared/elastic/activation.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import { MANAGED } from './kits.ts';

test.each([
  { stackVersion: '9.5.2', mode: 'automatic' },
  { stackVersion: '9.3.8', mode: 'restart' },
])('pods of $stackVersion are restarted by others than the reader', ({ stackVersion, mode }) => {
  const subject = { profile: 'agent', keyKind: 'p256' } as const;
  const asked = {
    model: 'on-premises',
    stackVersion,
    os: 'container',
    container: { runtime: 'eck' },
    eck: MANAGED,
  };
  const { agent, commands, reason } = activation({
    profile: 'agent',
    deployment: checkDeployment(asked, subject),
  });
  expect(agent).toBe(mode);
  expect(commands).toEqual([]);
  expect(reason).toContain(
    "ECK restarts its pods when they need it, or the kit's job does if ECK does not know the certificate.",
  );
});
