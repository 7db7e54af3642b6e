import { describe, expect, test } from '@jest/globals';
import { activation } from '../../../../shared/elastic/activation.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { Kit } from '../../../../shared/elastic/kit/kit.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { resolved } from '../agent/kits.ts';
import { resolvedFleetServer } from '../fleet-server/kits.ts';
import { PEM } from '../rendering.ts';

const BOTH = PEM.root + PEM.other;

function moving(deployment: Deployment = {}, profile: 'agent' | 'fleet-server' = 'agent') {
  const asked = { ...deployment, agent: { alreadyEnrolled: true, ...deployment.agent } };
  return profile === 'agent' ? resolved(asked) : resolvedFleetServer(asked);
}

function kitOf(deployment?: Deployment, profile?: 'agent' | 'fleet-server'): Kit {
  return renderKit({
    deployment: moving(deployment, profile),
    certificate: {
      name: 'web-01',
      keyKind: 'rsa',
      certificatePem: PEM.leaf,
      chainPem: [PEM.issuer],
      caBundlePem: BOTH,
    },
  });
}

const POLICY_NOTES = {
  policy_overrides_are_whole:
    'If you send agentPolicy yourself, add the overrides that the policy already has, and its inactivity_timeout: Kibana replaces all overrides, and resets a timeout that is left out. A managed policy accepts the call only with "force": true. Elastic intends overrides for unusual cases; the Fleet Server host\'s settings for agents (agent_certificate) do the same (from 9.3.0).',
  policy_settings_are_tried:
    'An agent first tests the settings of agentPolicy against Fleet Server, and keeps the old ones if that fails. A policy can replace these settings, but never clear them.',
};

describe('moving a live host over', () => {
  test('nothing is installed or enrolled, and the files hold both CAs', () => {
    const kit = kitOf();
    expect(kit).not.toHaveProperty('elasticAgent');
    expect(JSON.stringify(kit.migration)).not.toContain('--enrollment-token');
    expect(kit.files.find(({ path }) => path.endsWith('/ca.crt'))?.contents).toBe(BOTH);
    expect(kitOf({}, 'fleet-server')).not.toHaveProperty('fleetServer');
    expect(kitOf({ agent: { alreadyEnrolled: false } })).not.toHaveProperty('migration');
  });

  test('both sides trust both CAs before either changes its certificate, and the old CA goes last', () => {
    const titles = kitOf().migration?.steps.map(({ title }) => title);
    expect(titles).toEqual([
      'Check what the host uses today',
      'Have fleetseal distribute both CAs',
      'Make every server trust both CAs',
      'Make every client trust both CAs',
      'Change the certificate of this host',
      'Change the certificates of the servers',
      'Remove the old CA',
    ]);
  });

  test('each step on this host ends in a restart', () => {
    const commands = kitOf({ os: 'macos' }).migration?.steps.map((step) => step.commands);
    const restart = ['sudo elastic-agent restart'];
    expect(commands).toEqual([['sudo elastic-agent inspect'], [], [], restart, restart, [], restart]);
  });

  test('the policy is pointed at the files of the kit', () => {
    const call = kitOf({ keyPassphraseFile: '/etc/fleetseal/pass' }).migration?.agentPolicy;
    expect(call).toEqual({
      command: expect.any(String),
      method: 'PUT',
      path: '/api/fleet/agent_policies/{{AGENT_POLICY_ID}}',
      headers: { 'kbn-xsrf': 'true' },
      body: {
        name: '{{AGENT_POLICY_NAME}}',
        namespace: '{{AGENT_POLICY_NAMESPACE}}',
        overrides: {
          fleet: {
            ssl: {
              certificate_authorities: ['/etc/fleetseal/ca.crt'],
              certificate: '/etc/fleetseal/agent.crt',
              key: '/etc/fleetseal/agent.key',
              key_passphrase_path: '/etc/fleetseal/pass',
            },
          },
        },
      },
    });
  });

  test('whoever calls the API is told where the id of the policy stands', () => {
    const note = (deployment: Deployment) =>
      kitOf(deployment).notes.find(({ code }) => code === 'policy_command')?.message;
    expect(note({})).toBe(
      "agentPolicy.command changes only what the kit says of the policy, and prints what that was. It needs curl (7.55.0 or later) and awk, and reads KIBANA_URL (with /s/<space> if you use a space), KIBANA_API_KEY, a key with the Kibana privilege All for Fleet, and AGENT_POLICY_ID, which follows /policies/ in the address of the policy's page in Kibana. Set CURL_CA_BUNDLE if Kibana has a private CA.",
    );
    expect(note({ os: 'windows' })).toBe(
      "agentPolicy.command changes only what the kit says of the policy, and prints what that was. It needs a POSIX shell (any host with Linux or macOS, or WSL), curl (7.55.0 or later) and awk, and reads KIBANA_URL (with /s/<space> if you use a space), KIBANA_API_KEY, a key with the Kibana privilege All for Fleet, and AGENT_POLICY_ID, which follows /policies/ in the address of the policy's page in Kibana. Set CURL_CA_BUNDLE if Kibana has a private CA.",
    );
    expect(note({ stackVersion: '8.14.0' })).toBeUndefined();
  });

  test('a CA of one’s own, the system’s, and a Fleet Server host', () => {
    const ssl = (deployment: Deployment, profile?: 'fleet-server') =>
      kitOf(deployment, profile).migration?.agentPolicy?.body['overrides'];
    expect(ssl({ trust: { fleetServer: 'system' } })).toEqual({
      fleet: { ssl: { certificate: '/etc/fleetseal/agent.crt', key: '/etc/fleetseal/agent.key' } },
    });
    expect(ssl({ trust: { fleetServer: { path: '/pki/old.pem' } } }, 'fleet-server')).toEqual({
      fleet: {
        ssl: {
          certificate_authorities: ['/pki/old.pem', '/etc/fleetseal/ca.crt'],
          certificate: '/etc/fleetseal/fleet-server.crt',
          key: '/etc/fleetseal/fleet-server.key',
        },
      },
    });
  });

  const FORCE =
    'the variables of certificate and key do not override the stored paths: FLEET_FORCE=1 at one start enrolls the container again, as a new agent';
  const ways: readonly [string, Deployment, boolean, string][] = [
    [
      '8.14: no paths from a policy',
      { stackVersion: '8.14.3' },
      false,
      'choose one way: (1) put the files at those paths and restart the agent; (2) enroll the agent again with the command of a kit without alreadyEnrolled, as a new agent (staying the same one needs --id and --replace-token, from 8.19.0).',
    ],
    [
      '8.15: paths from a policy',
      { stackVersion: '8.15.0' },
      true,
      '(2) send agentPolicy of this kit to Kibana once the files are on every host of the policy; (3) enroll the agent again',
    ],
    [
      '8.19: the same agent again',
      { stackVersion: '8.19.0' },
      true,
      '(3) enroll the agent again with the command of a kit without alreadyEnrolled, as a new agent, or as the same one with --id and --replace-token if it was enrolled with a replace token.',
    ],
    ['an unknown version', { stackVersion: undefined }, true, '(from 8.15.0)'],
    ...(
      [
        ['9.5.0', ''],
        [
          '9.4.3',
          ' With Elastic Agent 9.4.3, FLEET_CA does not override the stored path: keep the old CA file, with both CAs.',
        ],
        [
          '8.18.0',
          ` With Elastic Agent 8.18.0, FLEET_CA does not override the stored path: keep the old CA file, with both CAs. With Elastic Agent 8.18.0, ${FORCE}.`,
        ],
        [
          undefined,
          ` Before 8.19.19, 9.3.8, 9.4.4 and 9.5.0, FLEET_CA does not override the stored path: keep the old CA file, with both CAs. Before 8.19.17, 9.3.6, 9.4.3 and 9.5.0, ${FORCE}, unless its variables ELASTIC_AGENT_ID and FLEET_REPLACE_TOKEN are those of its first enrollment (from 8.19.0 and 9.0.0).`,
        ],
      ] as const
    ).map(([stackVersion, words]): [string, Deployment, boolean, string] => [
      `a container of ${stackVersion}`,
      { os: 'container', stackVersion },
      false,
      `Files at the paths that the container uses today need only a restart. Other paths are variables, which a restart does not change: remove the container and run it as before, with the mount of its state, its token, the directory of the files and the variables of this kit.${words}`,
    ]),
  ];
  test.each(ways)('%s', (_, deployment, byPolicy, words) => {
    const { migration, notes } = kitOf(deployment);
    expect(migration?.agentPolicy !== undefined).toBe(byPolicy);
    expect(migration?.steps[4]?.detail).toContain(words);
    for (const [code, words] of Object.entries(POLICY_NOTES))
      expect(notes.find((note) => note.code === code)?.message).toBe(byPolicy ? words : undefined);
  });

  test('whatever connects trusts both, not agents alone', () => {
    const others =
      ' An output with ca_trusted_fingerprint or PEM has no such file: give it both CAs in Fleet, as its certificate_authorities. All other clients of servers that change their certificates need both CAs too: Kibana (elasticsearch.ssl.certificateAuthorities), the outputs of Logstash, scripts. Everything keeps its old certificate.';
    const add =
      'Write the file /etc/fleetseal/ca.crt of this kit. Add its contents to the CA file that the agent uses today and to that of its output';
    const detail = (...of: Parameters<typeof kitOf>) => kitOf(...of).migration?.steps[3]?.detail;
    expect(detail()).toBe(`${add}.${others}`);
    expect(detail({}, 'fleet-server')).toBe(`${add}, and to that of --fleet-server-es-ca.${others}`);
    expect(detail({ os: 'container' }, 'fleet-server')).toBe(
      `${add}, and to that of FLEET_SERVER_ELASTICSEARCH_CA.${others}`,
    );
  });

  test('what the agent prints of itself is not for others', () => {
    expect(kitOf().migration?.steps[0]?.detail).toBe(
      'The paths are under fleet.ssl and outputs. Files at the same paths need no new settings; other paths do. Do not share what the command prints: it may contain secrets.',
    );
  });

  test.each([
    { profile: 'agent', part: 'elasticAgent', name: 'elastic-agent' },
    { profile: 'fleet-server', part: 'fleetServer', name: 'fleet-server' },
  ] as const)(
    'a container of $profile keeps its state and token, and is restarted',
    ({ profile, part, name }) => {
      const kit = kitOf({ os: 'container' }, profile);
      expect(Object.keys(kit[part] ?? {})).toEqual(['environment']);
      expect(kit[part]?.environment).toMatchObject({
        ELASTIC_AGENT_CERT: `/etc/fleetseal/${profile}.crt`,
      });
      expect(JSON.stringify(kit)).not.toMatch(/FLEET_ENROLLMENT_TOKEN|docker run|\.env"/);
      expect(kit.notes.filter(({ code }) => code.startsWith('docker_'))).toEqual([]);
      const restart = [`sudo docker restart ${name}`];
      const steps = kit.migration?.steps ?? [];
      expect(steps.map(({ commands }) => commands)).toEqual([[], [], [], restart, restart, [], restart]);
      expect(steps[0]?.detail).toBe(
        `Note the variables FLEET_CA, ELASTIC_AGENT_CERT and ELASTIC_AGENT_CERT_KEY of the container, where its state is mounted, and the ssl settings of its output in Fleet. The commands call the container ${name}: replace that with its name.`,
      );
    },
  );

  test('servers change their certificates when whatever connects trusts both', () => {
    const detail = (...of: Parameters<typeof kitOf>) => kitOf(...of).migration?.steps[5]?.detail;
    const others =
      'outputs and proxies certificates from fleetseal, which every client trusts by now. Change one at a time, and wait until its agents are healthy in Fleet. You may do this step before the previous one.';
    expect(detail()).toBe(`Give Fleet Servers, ${others}`);
    // Its own listener changed in the step before.
    expect(detail({}, 'fleet-server')).toBe(`Give the remaining Fleet Servers, ${others}`);
  });

  test('no second Fleet Server host is made for the address that Fleet has', () => {
    expect(kitOf()).not.toHaveProperty('fleetSettings');
    expect(kitOf({ stackVersion: '9.5.2' }, 'fleet-server')).not.toHaveProperty('fleetSettings');
    expect(kitOf().notes.filter(({ code }) => /^(fleet_se\w+_host|kibana)/.test(code))).toEqual([]);
    expect(kitOf({ agent: { alreadyEnrolled: false } })).toHaveProperty('fleetSettings');
  });

  test('what is for enrolling is not asked for', () => {
    const codes = (kit: Kit) => kit.notes.map(({ code }) => code);
    for (const os of ['linux', 'container'])
      expect(codes(kitOf({ os, fleetEnrollmentToken: undefined }))).not.toContain('enrollment_token_missing');
    expect(codes(kitOf())).not.toContain('enroll_makes_new_agent');
    const server = kitOf({}, 'fleet-server');
    expect(codes(server)).not.toContain('service_token_without_newline');
    expect(server.files.map(({ path }) => path)).not.toContain('/etc/fleetseal/service-token');
  });

  test('what only an enrollment could change is named', () => {
    const codes = (deployment: Deployment) => kitOf(deployment).notes.map(({ code }) => code);
    expect(codes({ agent: { tags: ['web'] } })).toContain('enrollment_settings_stay');
    expect(codes({})).not.toContain('enrollment_settings_stay');
    expect(codes({})).toContain('migration_one_step_at_a_time');
  });
});

describe('the listener of a moving Fleet Server', () => {
  const { migration, notes } = kitOf({ stackVersion: '9.5.2' }, 'fleet-server');

  test('keeps its paths, as the step and a note say', () => {
    expect(migration?.steps[4]?.detail).toContain(
      'Fleet Server uses the paths of its --fleet-server-cert and --fleet-server-es-cert: put the new certificate and key there too, or enroll the host again.',
    );
    expect(notes.find(({ code }) => code === 'listener_paths_stay')).toMatchObject({
      severity: 'warning',
      message:
        "No policy can move Fleet Server's listener to other paths: Kibana writes the certificate of a Fleet Server host where Fleet Server does not read it, and the agent's flags override the integration's server.ssl. Write the new files to the listener's paths, or enroll the host again. openssl s_client shows which certificate the listener uses.",
      source: expect.stringContaining('fleet_server_bootstrap.go'),
    });
  });

  test('is not moved where it keeps the certificate of another CA', () => {
    const paths = { listenerCertificatePath: '/pki/fleet.crt', listenerKeyPath: '/pki/fleet.key' };
    const kit = kitOf(
      { fleetServer: paths, trust: { fleetServer: { path: '/pki/ca.crt' } } },
      'fleet-server',
    );
    expect(kit.notes.some(({ code }) => code === 'listener_paths_stay')).toBe(false);
    expect(kit.migration?.steps[4]?.detail).toContain(
      'Fleet Server uses the paths of its --fleet-server-es-cert: put',
    );
  });

  test('is nothing for an agent to know', () => {
    expect(kitOf({}).notes.some(({ code }) => code === 'listener_paths_stay')).toBe(false);
  });
});

describe('how the files of a moving host come into use', () => {
  const rows: readonly [string, 'agent' | 'fleet-server', Deployment, object][] = [
    ['8.14', 'agent', { stackVersion: '8.14.0' }, { agent: 'reenroll', outputs: 'restart' }],
    ['8.15', 'agent', { stackVersion: '8.15.0' }, { agent: 'restart', outputs: 'restart' }],
    ['unknown', 'agent', { stackVersion: undefined }, { agent: 'reenroll' }],
    ['9.0', 'fleet-server', { stackVersion: '9.0.0' }, { agent: 'restart', fleetServer: 'reenroll' }],
    // Elastic's documents say that Fleet's settings do it from 9.1, and its code that the flags stay.
    ['9.5', 'fleet-server', { stackVersion: '9.5.2' }, { agent: 'restart', fleetServer: 'reenroll' }],
    ['a container of 9.4.2', 'agent', { os: 'container', stackVersion: '9.4.2' }, { agent: 'reenroll' }],
    ['a container of 9.4.3', 'agent', { os: 'container', stackVersion: '9.4.3' }, { agent: 'restart' }],
  ];
  test.each(rows)('%s of %s', (_, profile, deployment, expected) => {
    const answer = activation({ profile, deployment: moving(deployment, profile) });
    expect(answer).toMatchObject(expected);
    expect(answer.commands).toEqual(deployment.os === 'container' ? [] : ['sudo elastic-agent restart']);
    expect(answer.reason).toContain('After the move, leave alreadyEnrolled out.');
  });
});
