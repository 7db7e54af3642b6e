import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { kit, type Subject } from './kits.ts';

describe('notes', () => {
  const ALWAYS = ['fleet_server_client_auth', 'guide_agent_flags', 'output_paths_are_shared'];
  /** These have tests of their own: fleet-settings/ and expectations/. */
  const OF_SETTINGS = /^(fleet_settings|fleet_server_host|kibana_command|expects)_/;
  const ANY_HOST = ['enroll_makes_new_agent'];
  /** Of an agent with privileges, which may give them up later. */
  const HOST = [...ANY_HOST, 'unprivileged_later'];
  const CONTAINER = [
    'container_environment_stays',
    'container_mount',
    'docker_state',
    'docker_selinux',
    'docker_same_agent',
    'docker_image',
  ];
  const rows: readonly [string, Deployment, Subject, readonly string[]][] = [
    ['nothing special', {}, {}, HOST],
    [
      'no version',
      { stackVersion: undefined },
      {},
      [...HOST, 'stack_version_missing', 'fleet_server_checks_client_name'],
    ],
    ['a version of the future', { stackVersion: '11.0.0' }, {}, [...HOST, 'stack_version_newer']],
    ['no enrollment token', { fleetEnrollmentToken: undefined }, {}, [...HOST, 'enrollment_token_missing']],
    ['8.16.1', { stackVersion: '8.16.1' }, {}, [...HOST, 'fleet_server_checks_client_name']],
    ['8.16.2', { stackVersion: '8.16.2' }, {}, HOST],
    [
      'a passphrase',
      { keyPassphraseFile: '/p' },
      {},
      [...HOST, 'passphrase_without_newline', 'key_encryption', 'guide_key_passwords'],
    ],
    ['Defend 9.0, RSA', { stackVersion: '9.0.0', agent: { elasticDefend: true } }, {}, ANY_HOST],
    [
      'Defend 9.0, P-256',
      { stackVersion: '9.0.0', agent: { elasticDefend: true } },
      { keyKind: 'p256' },
      [...ANY_HOST, 'defend_needs_rsa'],
    ],
    [
      'Defend of unknown version, P-256',
      { stackVersion: undefined, agent: { elasticDefend: true } },
      { keyKind: 'p256' },
      [...ANY_HOST, 'defend_needs_rsa', 'stack_version_missing', 'fleet_server_checks_client_name'],
    ],
    [
      'Defend 9.1, P-256',
      { stackVersion: '9.1.0', agent: { elasticDefend: true } },
      { keyKind: 'p256' },
      [...ANY_HOST, 'guide_defend_rsa'],
    ],
    [
      'Defend 9.1, Ed25519',
      { stackVersion: '9.1.0', agent: { elasticDefend: true } },
      { keyKind: 'ed25519' },
      [...ANY_HOST, 'defend_ed25519_unconfirmed'],
    ],
    [
      'Defend with an encrypted key',
      { keyPassphraseFile: '/p', agent: { elasticDefend: true } },
      {},
      [
        ...ANY_HOST,
        'passphrase_without_newline',
        'key_encryption',
        'guide_key_passwords',
        'defend_output_key_encrypted',
      ],
    ],
    [
      'headers before 9.1',
      { stackVersion: '9.0.8', agent: { headers: { A: 'b' } } },
      {},
      [...HOST, 'headers_reach_elasticsearch_only'],
    ],
    ['headers from 9.1', { stackVersion: '9.1.0', agent: { headers: { A: 'b' } } }, {}, HOST],
    ['unprivileged', { agent: { unprivileged: true } }, {}, [...ANY_HOST, 'unprivileged_needs_group_first']],
    ['an account', { agent: { unprivileged: true, user: 'a' } }, {}, [...ANY_HOST, 'custom_account_preview']],
    [
      'unprivileged on Windows',
      { os: 'windows', agent: { unprivileged: true } },
      {},
      [...ANY_HOST, 'unprivileged_needs_group_first', 'windows_unprivileged_reenroll'],
    ],
    ['Windows 8.17', { os: 'windows', stackVersion: '8.17.7' }, {}, [...HOST, 'windows_reenroll_refused']],
    ['Windows 8.17.8', { os: 'windows', stackVersion: '8.17.8' }, {}, HOST],
    ['Windows 8.18', { os: 'windows', stackVersion: '8.18.2' }, {}, [...HOST, 'windows_reenroll_refused']],
    ['Windows 8.18.3', { os: 'windows', stackVersion: '8.18.3' }, {}, HOST],
    ['Windows 8.19', { os: 'windows', stackVersion: '8.19.0' }, {}, HOST],
    ['Windows 9.0.2', { os: 'windows', stackVersion: '9.0.2' }, {}, [...HOST, 'windows_reenroll_refused']],
    ['Windows 8.16', { os: 'windows', stackVersion: '8.16.4' }, {}, HOST],
    ['Windows 9.0.3', { os: 'windows', stackVersion: '9.0.3' }, {}, HOST],
    [
      '8.14, which has no such mode',
      { stackVersion: '8.14.3' },
      {},
      [...ANY_HOST, 'fleet_server_checks_client_name'],
    ],
    ['a package', { agent: { fromPackage: true } }, {}, ['package_enrolls']],
    ['a container', { os: 'container' }, {}, CONTAINER],
    [
      'a container with the system’s CAs, unprivileged',
      { os: 'container', trust: { fleetServer: 'system' }, agent: { unprivileged: true } },
      {},
      [...CONTAINER, 'container_ca_fallback', 'container_unprivileged'],
    ],
  ];
  test.each(rows)('%s', (_, deployment, subject, codes) => {
    const { notes } = kit(deployment, subject);
    const found = notes.map(({ code }) => code).filter((code) => !OF_SETTINGS.test(code));
    expect(found.sort()).toEqual([...ALWAYS, ...codes].sort());
    for (const { message, source } of notes) {
      expect(message).toMatch(/\.$/);
      expect(source).toMatch(/elastic/i);
    }
  });

  const message = (deployment: Deployment, code: string) =>
    kit(deployment).notes.find((note) => note.code === code)?.message;

  test('the placeholder is the one in the arguments', () => {
    const deployment = { fleetEnrollmentToken: undefined };
    expect(kit(deployment).elasticAgent.install?.arguments).toContain(
      '--enrollment-token={{FLEET_ENROLLMENT_TOKEN}}',
    );
    expect(message(deployment, 'enrollment_token_missing')).toBe(
      "Replace {{FLEET_ENROLLMENT_TOKEN}} with Fleet's enrollment token (Kibana, Fleet, Enrollment tokens). Do not just remove it: without a token, install silently sets up a standalone agent.",
    );
    expect(message({ ...deployment, os: 'container' }, 'enrollment_token_missing')).toBe(
      "Replace {{FLEET_ENROLLMENT_TOKEN}} in fleet-enrollment-token.env with Fleet's enrollment token (Kibana, Fleet, Enrollment tokens). Do not just remove it: without a token, the container asks Kibana for one with the KIBANA_FLEET_* variables, and stops if it cannot.",
    );
  });

  test.each<[string, Deployment, string]>([
    [
      'container_environment_stays',
      { os: 'container', stackVersion: undefined },
      'Keep these variables set at every start: they override what was stored at enrollment, even if they are empty. This holds for certificate and key from 8.19.17, 9.3.6, 9.4.3 and 9.5.0, and for FLEET_CA from 8.19.19, 9.3.8, 9.4.4 and 9.5.0.',
    ],
    [
      'container_environment_stays',
      { os: 'container', stackVersion: '9.4.3' },
      'Keep these variables set at every start: they override what was stored at enrollment, even if they are empty. This holds for certificate and key, but not for FLEET_CA.',
    ],
    [
      'container_environment_stays',
      { os: 'container', stackVersion: '9.5.0' },
      'Keep these variables set at every start: they override what was stored at enrollment, even if they are empty.',
    ],
    [
      'windows_reenroll_refused',
      { os: 'windows', stackVersion: '8.17.3' },
      'On Windows, Elastic Agent 8.17 before 8.17.8, 8.18 before 8.18.3 and 9.0 before 9.0.3 may not let administrators run enroll: upgrade, or uninstall and install.',
    ],
    [
      'stack_version_missing',
      { stackVersion: undefined },
      'The request has no stackVersion. This kit needs at least Elastic Agent 8.13.0 for the client certificate.',
    ],
    [
      'output_paths_are_shared',
      { stackVersion: undefined },
      "An output's settings go to every agent whose policy uses it, so the files must have these paths on all of those hosts. Hosts with another operating system or directory take directoryVariable (from 8.19.0), or need an output and a policy of their own. Fleet Server hosts need an output and a policy of their own: they have fleet-server.crt instead.",
    ],
    [
      'output_paths_are_shared',
      {},
      "An output's settings go to every agent whose policy uses it, so the files must have these paths on all of those hosts. Hosts with another operating system or directory take directoryVariable, or need an output and a policy of their own. Fleet Server hosts need an output and a policy of their own: they have fleet-server.crt instead.",
    ],
  ])('%s', (code, deployment, words) => {
    expect(message(deployment, code)).toBe(words);
  });

  test('a key that Elastic Defend discards is named', () => {
    const { notes } = kit({ stackVersion: '9.0.0', agent: { elasticDefend: true } }, { keyKind: 'p256' });
    expect(notes.find(({ code }) => code === 'defend_needs_rsa')?.message).toBe(
      'Elastic Defend before 9.1.0 accepts only RSA keys and silently discards others: enroll with an RSA key, or upgrade.',
    );
  });

  test.each([
    ['linux', 'sudo groupadd -f elastic-agent'],
    ['macos', 'sudo dseditgroup -o create elastic-agent'],
    ['windows', 'New-LocalGroup -Name elastic-agent'],
  ])('the group is created on %s by %s', (os, command) => {
    const text = message({ os, agent: { unprivileged: true } }, 'unprivileged_needs_group_first');
    expect(text).toContain(`run "${command}", then write the files, then install`);
  });

  test('what an unknown version must have is listed', () => {
    const deployment = {
      stackVersion: undefined,
      keyPassphraseFile: '/p',
      agent: { unprivileged: true, group: 'g' },
    };
    expect(message(deployment, 'stack_version_missing')).toBe(
      'The request has no stackVersion. This kit needs at least Elastic Agent 8.13.0 for the client certificate, 8.15.0 for unprivileged, 8.16.0 for the passphrase, 8.17.0 for user and group.',
    );
  });
});
