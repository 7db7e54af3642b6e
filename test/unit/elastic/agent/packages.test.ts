import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { fleetServerKit } from '../fleet-server/kits.ts';
import { kit, refusals } from './kits.ts';

const PACKAGE = { agent: { fromPackage: true } } as const;

describe('an agent of a DEB or RPM package', () => {
  test('is enrolled and not installed, since the package is the installation', () => {
    const { elasticAgent } = kit(PACKAGE);
    expect(elasticAgent.install).toBeUndefined();
    expect(elasticAgent.enroll).toEqual(kit().elasticAgent.enroll);
    const { fleetServer } = fleetServerKit(PACKAGE);
    expect(fleetServer?.install).toBeUndefined();
    expect(fleetServer?.enroll?.shell).toMatch(/^sudo elastic-agent enroll --force /);
  });

  test.each<[string, string | undefined]>([
    [
      'package_enrolls',
      'The DEB or RPM package is the installation, and elastic-agent install does not change it: this kit has only enroll. Before it, run sudo systemctl enable --now elastic-agent, since older packages leave the service stopped. enroll adds the host to Fleet as a new agent unless you add --id and --replace-token.',
    ],
    ['enroll_makes_new_agent', undefined],
  ])('says so: %s', (code, message) => {
    expect(kit(PACKAGE).notes.find((note) => note.code === code)?.message).toBe(message);
  });

  test('has Fleet Server only as asked for at its installation', () => {
    const { notes } = fleetServerKit(PACKAGE);
    expect(notes.find(({ code }) => code === 'package_has_fleet_server')?.message).toBe(
      'From 9.0.0, the package has Fleet Server only if ELASTIC_AGENT_FLAVOR=servers was in the environment of its first installation: if /var/lib/elastic-agent/.flavor does not say servers, remove the package and install it again with that variable.',
    );
  });

  test('is mentioned where a kit for Linux does not say how the agent came there', () => {
    const message = (os: string) =>
      kit({ os }).notes.find(({ code }) => code === 'enroll_makes_new_agent')?.message;
    const words =
      'Use install on a new host. Use enroll where the agent is already installed: it adds the host to Fleet as a new agent unless you add --id and --replace-token.';
    expect(message('windows')).toBe(words);
    expect(message('linux')).toBe(
      `${words} An agent from a DEB or RPM package is installed already: set agent.fromPackage.`,
    );
  });

  test.each<[string, Deployment, string, string]>([
    [
      'is only for Linux',
      { os: 'windows', ...PACKAGE },
      '#/deployment/agent/fromPackage',
      'fromPackage is about DEB and RPM packages, which are for Linux: leave it out, or set os to "linux"',
    ],
    [
      'is nothing in a container',
      { os: 'container', ...PACKAGE },
      '#/deployment/agent/fromPackage',
      'fromPackage is about DEB and RPM packages, which are for Linux: leave it out, or set os to "linux"',
    ],
    [
      'always has privileges',
      { agent: { fromPackage: true, unprivileged: true } },
      '#/deployment/agent/unprivileged',
      'unprivileged does not work with DEB and RPM packages: install the agent from the .tar.gz archive and leave fromPackage out, or leave unprivileged out',
    ],
  ])('%s', (_, deployment, pointer, detail) => {
    expect(refusals(deployment)).toEqual([{ pointer, detail }]);
  });
});

describe('an agent that gives up its privileges later', () => {
  const message = (deployment: Deployment) =>
    kit(deployment).notes.find(({ code }) => code === 'unprivileged_later')?.message;
  const after =
    ', or the agent loses its connections. From then on, set agent.unprivileged to true in requests.';

  test.each<[string, Deployment, string]>([
    [
      'on Linux',
      { keyPassphraseFile: '/etc/fleetseal/agent.pass' },
      'sudo groupadd -f elastic-agent && sudo chgrp elastic-agent /etc/fleetseal/agent.key /etc/fleetseal/agent.pass && sudo chmod 0640 /etc/fleetseal/agent.key /etc/fleetseal/agent.pass',
    ],
    [
      'on macOS',
      { os: 'macos' },
      'sudo dseditgroup -o create elastic-agent && sudo chgrp elastic-agent /usr/local/etc/fleetseal/agent.key && sudo chmod 0640 /usr/local/etc/fleetseal/agent.key',
    ],
    [
      'on Windows',
      { os: 'windows' },
      "New-LocalGroup -Name elastic-agent; icacls 'C:\\ProgramData\\fleetseal\\agent.key' '/grant' 'elastic-agent:(R)'",
    ],
  ])('has to be able to read its key %s', (_, deployment, commands) => {
    expect(message(deployment)).toBe(
      `Before elastic-agent unprivileged, let the group elastic-agent read the key: run "${commands}"${after}`,
    );
  });

  test('has to be able to read every secret of a Fleet Server host', () => {
    const { notes } = fleetServerKit({
      trust: { fleetServer: { path: '/srv/ca.crt' } },
      fleetServer: {
        listenerCertificatePath: '/srv/fleet.crt',
        listenerKeyPath: '/srv/fleet.key',
      },
    });
    expect(notes.find(({ code }) => code === 'unprivileged_later')?.message).toContain(
      'sudo chmod 0640 /etc/fleetseal/fleet-server.key /etc/fleetseal/service-token /srv/fleet.key"',
    );
  });

  test('and the files are then as the kit of an agent without privileges has them', () => {
    const key = kit({ agent: { unprivileged: true } }).files.find(({ role }) => role === 'private-key');
    expect(key).toMatchObject({ mode: '0640', owner: 'root', group: 'elastic-agent' });
  });
});
