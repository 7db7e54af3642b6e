import { kitSh } from '#host-scripts';
import type { ProfileName } from '../domain/profile.ts';
import { kitFileNames } from '../elastic/deployment/kit-paths.ts';
import { DEFAULT_DIRECTORIES } from '../elastic/deployment/paths.ts';
import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import { UNPRIVILEGED } from '../elastic/files/access.ts';
import { shellCommand, shellWord } from '../elastic/syntax/shell.ts';
import { type ScriptSubject, titleOf, warningsOf } from './script-subject.ts';

/** What a script of POSIX sh says of a file: the arguments of the function that it calls for each. */
interface ScriptFile {
  readonly role: string;
  readonly source: string;
  readonly owner: string | null;
  readonly group: string | null;
  readonly mode: string | null;
  readonly path: string;
  readonly contents: string | null;
  readonly purpose: string;
}

/**
 * A certificate and its kit as one script of POSIX sh that puts every file in place and prints the agent's command, or runs
 * it. `bootstrap.sh` reads only the values at its beginning, up to the line where they end.
 *
 * @param deployment - of the request. @default - the certificate, its key and the roots in the usual directory of Linux
 */
export function shellScript(subject: ScriptSubject, deployment: ResolvedDeployment | undefined): string {
  const directory = deployment?.directory ?? DEFAULT_DIRECTORIES.linux;
  const files = subject.kit?.files ?? filesWithoutKit(subject, directory);
  const values = Object.entries(valuesOf(subject, deployment, directory));
  return [
    '#!/bin/sh',
    `# ${titleOf(subject)}, from fleetseal. See --help.`,
    ...values.map(([name, value]) => `${name}=${shellWord(value)}`),
    'files() {',
    ...files.map((file) => `"$1" ${fileWords(file, directory)}`),
    '}',
    kitSh(),
  ].join('\n');
}

function valuesOf(
  subject: ScriptSubject,
  deployment: ResolvedDeployment | undefined,
  directory: string,
): Readonly<Record<string, string>> {
  const { kit } = subject;
  const commands = kit?.elasticAgent ?? kit?.fleetServer;
  const line = (program: string, command: { readonly arguments: readonly string[] } | undefined) =>
    command === undefined ? '' : shellCommand([program, ...command.arguments]);
  return {
    // Empty before the certificate is issued.
    serial_number: subject.serialNumber ?? '',
    profile: subject.profile,
    name: subject.name,
    not_after: subject.notAfter ?? '',
    directory,
    passphrase_file: deployment?.keyPassphraseFile ?? '',
    ...accountOf(deployment),
    install_command: line('./elastic-agent', commands?.install),
    enroll_command: line('elastic-agent', commands?.enroll),
    variable_script: kit?.serviceEnvironment?.shell ?? '',
    container_commands: [commands?.docker?.prepare, commands?.docker?.shell]
      .filter((command) => command !== undefined)
      .join('\n'),
    warnings: warningsOf(subject).join('\n'),
    ...bootstrapValues(subject, deployment),
  };
}

/** What `bootstrap.sh` keeps for the renewals. */
function bootstrapValues(
  { profile, renewal, trustSha256, activation }: ScriptSubject,
  deployment: ResolvedDeployment | undefined,
) {
  if (renewal === undefined || activation === undefined) return {};
  return {
    renewal_from: renewal.from,
    renewal_until: renewal.until,
    trust_sha256: trustSha256 ?? '',
    fleet_url: deployment?.fleetUrl ?? '',
    restart_command: restartCommand(profile, deployment),
    activation_commands: activation.commands.join('\n'),
    activation_reason: activation.reason,
  };
}

/** The account of an agent without privileges, and the group to create if there is none. */
function accountOf(deployment: ResolvedDeployment | undefined) {
  if (deployment?.agent.unprivileged !== true || deployment.os === 'container')
    return { agent_user: '', agent_group: '' };
  const { user, group } = deployment.agent;
  return {
    agent_user: user ?? UNPRIVILEGED.user,
    agent_group: user === undefined ? (group ?? UNPRIVILEGED.group) : '',
  };
}

/** For root: what makes an agent read new files, where that needs a restart. */
function restartCommand(profile: ProfileName, deployment: ResolvedDeployment | undefined): string {
  const agents = profile === 'agent' || profile === 'fleet-server' || profile === 'output-client';
  if (!agents || deployment === undefined || deployment.os === 'container') return '';
  const { agent_user: user } = accountOf(deployment);
  const restart = ['elastic-agent', 'restart'];
  return shellCommand(user === '' ? restart : ['sudo', '-u', user, ...restart]);
}

/** Paths below the directory follow the variable, so that a caller may set another one. */
function fileWords(file: ScriptFile, directory: string): string {
  const below = file.path.startsWith(`${directory}/`);
  const path = below ? `"$directory"${shellWord(file.path.slice(directory.length))}` : shellWord(file.path);
  const access = [file.role, file.source, file.owner ?? '', file.group ?? '', file.mode ?? ''];
  return [...access.map(shellWord), path, shellWord(file.contents ?? ''), shellWord(file.purpose)].join(' ');
}

function filesWithoutKit(
  { profile, certificate = '', chain: issuers = [], caBundle }: ScriptSubject,
  directory: string,
): readonly ScriptFile[] {
  const names = kitFileNames(profile);
  // The numbers are root and its group on Linux and macOS, whatever the group is called.
  const common = { owner: '0', group: '0', mode: '0644', source: 'kit' };
  const chain = [certificate, ...issuers].join('');
  return [
    {
      ...common,
      role: 'certificate',
      path: `${directory}/${names.certificate}`,
      contents: chain,
      purpose: 'the certificate, followed by its issuers',
    },
    {
      ...common,
      role: 'private-key',
      source: 'host-key',
      mode: '0600',
      path: `${directory}/${names.key}`,
      contents: null,
      purpose: 'the private key, created on this host',
    },
    {
      ...common,
      role: 'roots',
      path: `${directory}/${names.ca}`,
      contents: caBundle,
      purpose: "fleetseal's roots",
    },
  ];
}
