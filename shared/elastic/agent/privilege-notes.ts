import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { lacks } from '../deployment/versions.ts';
import { UNPRIVILEGED } from '../files/access.ts';
import { type Candidate, info, warning } from '../kit/note.ts';
import { powershellCommand } from '../syntax/powershell.ts';
import { shellCommand } from '../syntax/shell.ts';

/** Creates the group of unprivileged agents, or does nothing if it exists. */
const CREATE_GROUP = {
  linux: 'sudo groupadd -f elastic-agent',
  macos: 'sudo dseditgroup -o create elastic-agent',
  windows: 'New-LocalGroup -Name elastic-agent',
} as const;

/** About the account that the agent runs as, or may run as later; empty for containers. */
export function accountNotes(deployment: ResolvedDeployment): readonly Candidate[] {
  const { os, agent } = deployment;
  if (os === 'container') return [];
  if (!agent.unprivileged) return [laterNote(deployment, os)];
  const { user, group } = agent;
  return [
    user === undefined &&
      group === undefined &&
      warning(
        'unprivileged_needs_group_first',
        `install creates the account ${UNPRIVILEGED.user} and runs the agent under it. The group ${UNPRIVILEGED.group} must be able to read the key by then: run "${CREATE_GROUP[os]}", then write the files, then install.`,
        'elastic-agent internal/pkg/agent/cmd/install/install_enroll.go (9.x)',
      ),
    (user !== undefined || group !== undefined) &&
      info(
        'custom_account_preview',
        'user and group must exist before you install. Elastic calls this option a technical preview.',
        'elastic.co, Run Elastic Agent without administrative privileges',
      ),
    os === 'windows' &&
      warning(
        'windows_unprivileged_reenroll',
        'If an administrator enrolls an unprivileged agent again, it may be left with files that it cannot read: uninstall and install it instead.',
        'elastic/elastic-agent#8503, #8544',
      ),
  ];
}

/** `elastic-agent unprivileged` changes the owner of the agent's own files only (install/switch.go). */
function laterNote(deployment: ResolvedDeployment, os: keyof typeof CREATE_GROUP): Candidate {
  const { agent, stackVersion } = deployment;
  // Elastic supports the mode neither with Elastic Defend nor with packages (elastic/docs-content#4192).
  if (agent.elasticDefend || agent.fromPackage || lacks(stackVersion, 'unprivileged')) return false;
  return info(
    'unprivileged_later',
    `Before elastic-agent unprivileged, let the group ${UNPRIVILEGED.group} read the key: run "${opening(os, secretPaths(deployment))}", or the agent loses its connections. From then on, set agent.unprivileged to true in requests.`,
    'elastic-agent internal/pkg/agent/install/switch.go',
  );
}

/** The files that only the account of the agent may read. */
function secretPaths({ profile, paths, keyPassphraseFile, fleetServer }: ResolvedDeployment) {
  const { serviceTokenPath, listener } = fleetServer;
  const ofServer =
    profile === 'fleet-server' ? [serviceTokenPath, listener.key, listener.passphraseFile] : [];
  const all = [paths.key, keyPassphraseFile, ...ofServer];
  return [...new Set(all.filter((path) => path !== undefined))];
}

/** What a kit of an unprivileged agent says of its files (files/access.ts), as commands. */
function opening(os: keyof typeof CREATE_GROUP, secrets: readonly string[]): string {
  const { group } = UNPRIVILEGED;
  if (os === 'windows') {
    const grants = secrets.map((path) => powershellCommand(['icacls', path, '/grant', `${group}:(R)`]));
    return [CREATE_GROUP[os], ...grants].join('; ');
  }
  const change = (...words: readonly string[]) => shellCommand(['sudo', ...words, ...secrets]);
  return [CREATE_GROUP[os], change('chgrp', group), change('chmod', '0640')].join(' && ');
}
