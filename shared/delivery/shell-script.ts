import { kitSh } from '#host-scripts';
import { DEFAULT_DIRECTORIES } from '../elastic/deployment/paths.ts';
import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import { UNPRIVILEGED } from '../elastic/files/access.ts';
import { shellCommand, shellWord } from '../elastic/syntax/shell.ts';
import { type ScriptSubject, titleOf, warningsOf } from './script-subject.ts';

/** What a script of POSIX sh says of a file: the arguments of the function that it calls for each. */
export interface ScriptFile {
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
 * @param deployment - of the request. @default - the usual directory of Linux
 * @param more - files, by default those of the kit; further values
 */
export function shellScript(
  subject: ScriptSubject,
  deployment: ResolvedDeployment | undefined,
  more: {
    readonly files?: readonly ScriptFile[];
    readonly values?: Readonly<Record<string, string>>;
  } = {},
): string {
  const { directory } = deployment ?? { directory: DEFAULT_DIRECTORIES.linux };
  const { files = subject.kit?.files ?? [] } = more;
  const values = Object.entries({ ...valuesOf(subject, deployment, directory), ...more.values });
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

function valuesOf(subject: ScriptSubject, deployment: ResolvedDeployment | undefined, directory: string) {
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
  };
}

/** The account of an agent without privileges, and the group to create if there is none. */
export function accountOf(deployment: ResolvedDeployment | undefined) {
  if (deployment?.agent.unprivileged !== true || deployment.os === 'container')
    return { agent_user: '', agent_group: '' };
  const { user, group } = deployment.agent;
  return {
    agent_user: user ?? UNPRIVILEGED.user,
    agent_group: user === undefined ? (group ?? UNPRIVILEGED.group) : '',
  };
}

/** Paths below the directory follow the variable, so that a caller may set another one. */
function fileWords(file: ScriptFile, directory: string): string {
  const below = file.path.startsWith(`${directory}/`);
  const path = below ? `"$directory"${shellWord(file.path.slice(directory.length))}` : shellWord(file.path);
  const access = [file.role, file.source, file.owner ?? '', file.group ?? '', file.mode ?? ''];
  return [...access.map(shellWord), path, shellWord(file.contents ?? ''), shellWord(file.purpose)].join(' ');
}
