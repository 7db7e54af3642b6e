import { describe, expect, test } from '@jest/globals';
import { activation } from '../../../shared/elastic/activation.ts';
import { checkDeployment, type Deployment } from '../../../shared/elastic/deployment.ts';
import { resolved } from './deployments.ts';

const of = (deployment: Deployment) => activation({ profile: 'agent', deployment: resolved(deployment) });

describe('how new files come into use', () => {
  test('without a deployment: after a restart, since it depends on the version', () => {
    expect(activation({ profile: 'agent' })).toEqual({
      agent: 'restart',
      outputs: 'restart',
      commands: ['elastic-agent restart'],
      reason:
        'It depends on the version: from 9.5.0 new files at the same paths are used by themselves, before that after a restart, which is always safe.',
    });
  });

  test.each([
    ['8.13.0', 'restart', 'Elastic Agent 8.13.0 reads the files when it starts; from 9.5.0'],
    ['8.19.16', 'restart', 'Elastic Agent 8.19.16 reads the files when it starts; from 9.5.0'],
    ['8.19.17', 'restart', 'unless ssl.certificate_reload.enabled is true in its policy'],
    ['9.3.6', 'restart', 'unless ssl.certificate_reload.enabled is true in its policy'],
    ['9.4.2', 'restart', 'Elastic Agent 9.4.2 reads the files when it starts; from 9.5.0'],
    ['9.4.3', 'restart', 'unless ssl.certificate_reload.enabled is true in its policy'],
    ['9.5.0', 'automatic', 'Elastic Agent 9.5.0 reads new files at the same paths by itself'],
    ['9.5.0-SNAPSHOT', 'automatic', 'Elastic Agent 9.5.0 reads new files at the same paths by itself'],
    ['10.0.0', 'automatic', 'Elastic Agent 10.0.0 reads new files at the same paths by itself'],
  ])('%s: %s', (stackVersion, mode, reason) => {
    const answer = of({ stackVersion });
    expect(answer).toMatchObject({ agent: mode, outputs: mode });
    expect(answer).not.toHaveProperty('fleetServer');
    expect(answer).not.toHaveProperty('elasticDefend');
    expect(answer.commands).toEqual(mode === 'automatic' ? [] : ['sudo elastic-agent restart']);
    expect(answer.reason).toContain(reason);
    expect(answer.reason).toContain('Changed paths need a new enrollment.');
  });

  test.each<[string, Deployment, readonly string[]]>([
    ['Linux', {}, ['sudo elastic-agent restart']],
    ['unprivileged', { agent: { unprivileged: true } }, ['sudo -u elastic-agent-user elastic-agent restart']],
    ['an account', { agent: { unprivileged: true, user: 'svc' } }, ['sudo -u svc elastic-agent restart']],
    ['macOS', { os: 'macos' }, ['sudo elastic-agent restart']],
    ['Windows', { os: 'windows' }, ["& 'C:\\Program Files\\Elastic\\Agent\\elastic-agent.exe' restart"]],
    ['a container', { os: 'container' }, []],
  ])('the command on %s', (_, deployment, commands) => {
    expect(of({ stackVersion: '9.0.0', ...deployment }).commands).toEqual(commands);
  });

  describe('a certificate within the policy', () => {
    const output = { type: 'logstash', name: 'one', hosts: ['logstash.example.com:5044'] };
    const ofOutputs = (...outputs: NonNullable<Deployment['outputs']>) => {
      const deployment = { model: 'on-premises', os: 'linux', stackVersion: '9.5.2', outputs };
      const subject = { profile: 'output-client', keyKind: 'rsa' } as const;
      return activation({ profile: 'output-client', deployment: checkDeployment(deployment, subject) });
    };

    test('is used once its outputs were posted again, in every version', () => {
      expect(ofOutputs(output)).toEqual({
        outputs: 'automatic',
        commands: [],
        reason:
          'The policy itself holds certificate and key: post the outputs of the new kit again, with their kibanaApi.command. Agents take the new policy without a restart.',
      });
    });

    test('may stand beside one in files', () => {
      const { reason } = ofOutputs(output, { ...output, name: 'two', form: 'path' });
      expect(reason).toContain('Elastic Agent 9.5.2 reads new files at the same paths by itself');
      expect(reason).toContain('For the outputs of form "inline": The policy itself holds');
    });
  });

  test('a container is restarted as a whole', () => {
    expect(of({ os: 'container', stackVersion: '9.0.0' }).reason).toContain(
      'To restart, restart the container.',
    );
  });

  test('a new passphrase needs a restart in every version', () => {
    expect(of({ keyPassphraseFile: '/p' })).toMatchObject({ agent: 'automatic' });
    expect(of({ keyPassphraseFile: '/p' }).reason).toContain(
      'A new passphrase needs a restart in every version',
    );
  });

  test('Elastic Defend needs a restart even where the agent does not', () => {
    expect(of({ agent: { elasticDefend: true } })).toMatchObject({
      agent: 'automatic',
      elasticDefend: 'restart',
      commands: ['sudo elastic-agent restart'],
    });
  });

  test('a Fleet Server is asked for its listener too', () => {
    expect(activation({ profile: 'fleet-server' })).toMatchObject({
      agent: 'restart',
      fleetServer: 'restart',
    });
  });

  test('a shared client certificate concerns the outputs alone', () => {
    const answer = activation({ profile: 'output-client' });
    expect(answer).toMatchObject({ outputs: 'restart' });
    expect(answer).not.toHaveProperty('agent');
  });

  test.each([
    [
      'output-server',
      'Elasticsearch reads changed files by itself within seconds; Kibana and Logstash need a restart',
    ],
    ['proxy', 'Reload the proxy'],
    ['eck-metrics', 'The ECK operator watches the files'],
  ] as const)('%s: no command of ours', (profile, reason) => {
    const answer = activation({ profile });
    expect(answer.commands).toEqual([]);
    expect(answer.reason).toContain(reason);
  });
});
