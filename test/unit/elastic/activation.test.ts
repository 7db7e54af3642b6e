import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import type { ProfileName } from '../../../shared/domain/profile.ts';
import { activation } from '../../../shared/elastic/activation.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import { resolved } from './agent/kits.ts';
import { CERTIFICATE, PROXY } from './proxy/kits.ts';
import { ON_PREMISES } from './rendering.ts';

const of = (deployment: Deployment) => activation({ profile: 'agent', deployment: resolved(deployment) });

const OPT_IN =
  'reads the files only when it starts; from 9.5.0 it reads new ones without a restart. Until then, an output does so if its Advanced YAML sets ssl.certificate_reload.enabled to true; for the connection to Fleet Server neither a flag nor a policy can set it.';

describe('how new files come into use', () => {
  test('without a deployment: after a restart, since it depends on the version', () => {
    expect(activation({ profile: 'agent' })).toEqual({
      agent: 'restart',
      outputs: 'restart',
      commands: ['elastic-agent restart'],
      reason:
        'It depends on the version: from 9.5.0 new files at the same paths are used without a restart, before that after a restart, which is always safe.',
    });
  });

  test.each([
    ['8.13.0', 'restart', 'Elastic Agent 8.13.0 reads the files only when it starts; from 9.5.0'],
    ['8.19.16', 'restart', 'Elastic Agent 8.19.16 reads the files only when it starts; from 9.5.0'],
    ['8.19.17', 'restart', OPT_IN],
    ['9.3.6', 'restart', OPT_IN],
    ['9.4.2', 'restart', 'Elastic Agent 9.4.2 reads the files only when it starts; from 9.5.0'],
    ['9.4.3', 'restart', OPT_IN],
    ['9.5.0', 'automatic', 'Elastic Agent 9.5.0 reads new files at the same paths without a restart'],
    [
      '9.5.0-SNAPSHOT',
      'automatic',
      'Elastic Agent 9.5.0 reads new files at the same paths without a restart',
    ],
    ['10.0.0', 'automatic', 'Elastic Agent 10.0.0 reads new files at the same paths without a restart'],
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
    ['a container', { os: 'container' }, ['sudo docker restart elastic-agent']],
    ['a pod', { os: 'container', container: { runtime: 'kubernetes', image: 'tools:1' } }, []],
  ])('the command on %s', (_, deployment, commands) => {
    expect(of({ stackVersion: '9.0.0', ...deployment }).commands).toEqual(commands);
  });

  describe('a certificate within the policy', () => {
    const output = { type: 'logstash', name: 'one', hosts: ['logstash.example.com:5044'] };
    const ofOutputs = (...outputs: NonNullable<Deployment['outputs']>) => {
      const deployment = { model: 'on-premises', os: 'linux', stackVersion: '9.5.2', outputs };
      const subject = { profile: 'output-client', keyKind: 'rsa' } as const;
      const checked = checkDeployment(deployment, subject);
      const kit = renderKit({ deployment: checked, certificate: CERTIFICATE });
      return { kit, answer: activation({ profile: 'output-client', deployment: checked, kit }) };
    };

    test('is used once its outputs were posted again, in every version', () => {
      const { kit, answer } = ofOutputs(output, { ...output, name: 'two' });
      expect(answer).toEqual({
        outputs: 'automatic',
        commands: kit.outputs?.map(({ kibanaApi }) => kibanaApi.command),
        reason:
          'The policy itself contains the certificate and key. The new ones are used after the outputs are posted again, with the kibanaApi.command of each output in the new kit, which reads KIBANA_URL and KIBANA_API_KEY. Agents apply the new policy without a restart.',
      });
      expect(answer.commands.map((command) => /\ncollection=(.*\nid=.*)/.exec(command)?.[1])).toEqual([
        '/api/fleet/outputs\nid=fleetseal-one',
        '/api/fleet/outputs\nid=fleetseal-two',
      ]);
    });

    test('may stand beside one in files', () => {
      const { reason, commands } = ofOutputs(output, { ...output, name: 'two', form: 'path' }).answer;
      expect(commands).toEqual([expect.stringContaining('\nid=fleetseal-one\n')]);
      expect(reason).toContain('Elastic Agent 9.5.2 reads new files at the same paths without a restart');
      expect(reason).toContain('For the outputs of form "inline": The policy itself contains');
    });
  });

  test('a container is restarted as a whole', () => {
    expect(of({ os: 'container', stackVersion: '9.0.0' }).reason).toContain(
      'To restart, restart the container.',
    );
  });

  test('outputs with a variable need it in the service', () => {
    const sentence =
      " Outputs find the files by FLEETSEAL_DIR: if the agent's service does not have it yet, run serviceEnvironment of the kit.";
    expect(of({ directoryVariable: 'FLEETSEAL_DIR' }).reason).toContain(sentence);
    expect(of({}).reason).not.toContain('Outputs find');
  });

  test('an enrolled host is enrolled again for other paths, since no policy can have them', () => {
    const agent = { alreadyEnrolled: true };
    expect(of({ agent })).toMatchObject({ agent: 'restart' });
    expect(of({ agent, directoryVariable: 'FLEETSEAL_DIR' })).toMatchObject({ agent: 'reenroll' });
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

  describe('where the trust bundle has changed', () => {
    const LISTENER =
      "The trust bundle has changed since the certificate before: Fleet Server's listener trusts other roots only after a restart, in every version.";
    const changed = (profile: 'agent' | 'fleet-server', deployment: ReturnType<typeof fleetServer>) =>
      activation({ profile, deployment, trustChanged: true });
    const fleetServer = (more: Deployment['fleetServer'] = {}) =>
      checkDeployment(
        {
          ...ON_PREMISES,
          trust: { fleetServer: { path: '/pki/fleet-ca.crt' } },
          stackVersion: '9.5.2',
          fleetServer: {
            policyId: 'p',
            serviceTokenPath: '/etc/fleet-server/token',
            elasticsearchUrl: 'https://es.example.com:9200',
            ...more,
          },
        },
        { profile: 'fleet-server', keyKind: 'rsa', dnsNames: ['fleet.example.com'] },
      );

    test.each([
      ['its own listener', {}],
      ['a listener of another CA', { listenerCertificatePath: '/l.crt', listenerKeyPath: '/l.key' }],
    ])('a Fleet Server with %s is restarted, also where it reloads its certificate', (_, more) => {
      const answer = changed('fleet-server', fleetServer(more));
      expect(answer).toMatchObject({
        agent: 'automatic',
        fleetServer: 'restart',
        commands: ['sudo elastic-agent restart'],
      });
      expect(answer.reason).toContain(LISTENER);
    });

    test('an agent is not', () => {
      const answer = activation({
        profile: 'agent',
        deployment: resolved({ stackVersion: '9.5.2' }),
        trustChanged: true,
      });
      expect(answer).toMatchObject({ agent: 'automatic', commands: [] });
      expect(answer.reason).not.toContain('trust bundle');
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

  const ELASTICSEARCH =
    'Elasticsearch reloads renewed files at the same paths automatically, within seconds.';
  const LOGSTASH = 'Logstash reads its files only at startup: restart it after each renewal.';
  const KAFKA =
    'A Kafka broker reads a renewed keystore when it restarts. Before that, build the PEM keystore again from the renewed files. kafka-configs loads it without a restart when it sets listener.name.agents.ssl.keystore.location of the broker again, also to the same path; it refuses a certificate with another subject.';
  const OPERATOR =
    'A renewed Secret is used without a restart, within minutes: the operator watches its files.';
  const SIDECAR =
    'A renewed Secret is used without a restart: kube-rbac-proxy checks for changed files every minute (--tls-reload-interval).';
  const ofServers = (...types: readonly string[]): Deployment => ({
    model: 'on-premises',
    os: 'linux',
    outputs: types.map((type) => ({ type })),
  });
  const ofEck = (eckVersion: string): Deployment => ({
    model: 'eck-metrics',
    eck: { eckVersion, ...(eckVersion < '2.16' ? { kubeRbacProxyImage: 'registry.example.com/p:1' } : {}) },
  });
  test.each<[ProfileName, string, Deployment | undefined, string]>([
    ['output-server', 'of whatever product', undefined, `${ELASTICSEARCH} ${LOGSTASH} ${KAFKA}`],
    ['output-server', 'of Kafka', ofServers('kafka'), KAFKA],
    ['output-server', 'of two', ofServers('logstash', 'kafka'), `${LOGSTASH} ${KAFKA}`],
    [
      'proxy',
      '',
      undefined,
      'After the files are replaced, reload the proxy, restart Envoy, or touch dynamic.yml of Traefik: the files are read only then. The script that refreshes the revocation lists does that itself when they change.',
    ],
    ['eck-metrics', 'of an unknown version', undefined, `${OPERATOR} Before ECK 2.16: ${SIDECAR}`],
    ['eck-metrics', 'from 2.16', ofEck('2.16.0'), OPERATOR],
    ['eck-metrics', 'before', ofEck('2.15.0'), SIDECAR],
  ])('%s %s: the words of the notes', (profile, _, asked, reason) => {
    const deployment = asked && checkDeployment(asked, { profile, keyKind: 'rsa' });
    expect(activation({ profile, deployment }).reason).toBe(reason);
    const kit = deployment && renderKit({ deployment, certificate: CERTIFICATE });
    const notes = kit?.notes.map(({ message }) => message).join(' ') ?? reason;
    for (const sentence of [ELASTICSEARCH, LOGSTASH, KAFKA, OPERATOR, SIDECAR])
      if (reason.includes(sentence)) expect(notes).toContain(sentence.slice(0, 70));
  });

  const KEYSTORE = `sudo sh -c 'umask 077; cat /etc/fleetseal/output-server.key /etc/fleetseal/output-server.crt > /etc/fleetseal/output-server.pem'`;
  const RESTART = 'sudo systemctl restart logstash';
  test.each<[string, ProfileName, Deployment | undefined, readonly string[]]>([
    ['an unknown server', 'output-server', undefined, []],
    ['Elasticsearch, which reloads', 'output-server', ofServers('elasticsearch'), []],
    ['Logstash', 'output-server', ofServers('logstash'), [RESTART]],
    ['Logstash on macOS', 'output-server', { ...ofServers('logstash'), os: 'macos' }, []],
    ['Kafka', 'output-server', ofServers('kafka'), [KEYSTORE]],
    ['both', 'output-server', ofServers('logstash', 'kafka'), [RESTART, KEYSTORE]],
    ['Kafka on Windows', 'output-server', { ...ofServers('kafka'), os: 'windows' }, []],
    ['an unknown proxy', 'proxy', undefined, []],
    [
      'a proxy',
      'proxy',
      { model: 'cloud-proxy', os: 'linux', proxy: PROXY },
      [
        'for unit in nginx haproxy envoy apache2 httpd caddy traefik; do if systemctl is-active --quiet "$unit"; then sudo systemctl try-reload-or-restart "$unit"; fi; done',
      ],
    ],
    ['the operator, which reloads', 'eck-metrics', ofEck('3.5.0'), []],
  ])('the commands of which the reason speaks, for %s', (_, profile, asked, commands) => {
    const deployment = asked && checkDeployment(asked, { profile, keyKind: 'rsa' });
    expect(activation({ profile, deployment }).commands).toEqual(commands);
    for (const command of commands) execFileSync('sh', ['-n', '-c', command]);
  });

  test('a container that is to have other variables is not only restarted', () => {
    const { commands, reason } = of({
      os: 'container',
      stackVersion: '9.4.2',
      agent: { alreadyEnrolled: true },
    });
    expect(commands).toEqual([]);
    expect(reason).toContain('Start the container with the variables of the kit');
  });
});
