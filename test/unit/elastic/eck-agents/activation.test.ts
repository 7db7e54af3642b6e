import { expect, test } from '@jest/globals';
import type { ProfileName } from '../../../../shared/domain/profile.ts';
import { activation } from '../../../../shared/elastic/activation.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import { MANAGED } from './kits.ts';

const BY_ECK = 'ECK restarts the pods when the certificate changes.';
const BY_JOB = "The kit's job restarts the pods.";
const RESTART = 'kubectl rollout restart daemonset/elastic-agent-agent --namespace=default';
const BY_HAND = `ECK does not restart the pods: run ${RESTART}.`;
const MOUNTED = { eckVersion: '3.3.1' };
const IMAGE = { image: 'registry.example.com/job:1' };

const READS = 'reads new files at the same paths without a restart, at the next connection.';

/** The reason ends with what restarts the pods, if anything has to: as the notes of the kit have it. */
test.each<{
  profile?: ProfileName;
  stackVersion: string;
  eck: object;
  container?: object;
  mode: string;
  ends: string;
  commands?: readonly string[];
}>([
  { stackVersion: '9.5.2', eck: MANAGED, mode: 'automatic', ends: BY_ECK },
  { stackVersion: '8.19.19', eck: MANAGED, mode: 'restart', ends: BY_ECK },
  { profile: 'fleet-server', stackVersion: '9.3.8', eck: MOUNTED, mode: 'restart', ends: BY_ECK },
  { stackVersion: '9.3.8', eck: MOUNTED, container: IMAGE, mode: 'restart', ends: BY_JOB },
  { stackVersion: '9.3.8', eck: MOUNTED, mode: 'restart', ends: BY_HAND, commands: [RESTART] },
  { stackVersion: '9.5.2', eck: MOUNTED, mode: 'automatic', ends: READS },
])('pods of $stackVersion on $eck: $ends', ({ profile = 'agent', stackVersion, eck, container, ...said }) => {
  const asked = {
    model: 'on-premises',
    stackVersion,
    os: 'container',
    container: { runtime: 'eck', ...container },
    eck,
  };
  const deployment = checkDeployment(asked, { profile, keyKind: 'rsa' });
  const { agent, commands, reason } = activation({ profile, deployment });
  expect(agent).toBe(said.mode);
  expect(commands).toEqual(said.commands ?? []);
  expect(reason).toMatch(new RegExp(`${said.ends.replaceAll('.', '\\.')}$`));
});
