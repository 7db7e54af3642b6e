import { withoutUndefined } from '../../domain/without-undefined.ts';
import { ENROLLMENT_TOKEN_PLACEHOLDER } from '../deployment/deployment.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { UNPRIVILEGED } from '../files/access.ts';
import type { AgentCommands, Command } from '../kit/agent-commands.ts';
import { powershellCommand } from '../syntax/powershell.ts';
import { shellCommand } from '../syntax/shell.ts';

/*
 * The command line of Elastic Agent: flags of `install` and `enroll`, and the variables with which a container
 * enrolls.
 *
 * - Arguments are exact argv, one `--flag=value` each, so that a value that starts with a hyphen stays a value. The
 *   lines for shells are made from them by quoting alone.
 * - What is not set has no flag: the agent's own defaults stay in force, with one exception, `--force` of `enroll`,
 *   which skips a question that no script can answer.
 * - Fleet's enrollment token stands in the arguments, where Elastic's program takes it; without one there is a
 *   placeholder that Fleet Server refuses, so that it cannot go unnoticed.
 * - The flags are those of enroll.go and container.go of elastic-agent; the exhaustive tests compare every combination
 *   with what that program accepts.
 */

/** The installed program: in the PATH on Unix, but not on Windows (elastic.co, "Installation layout"). */
const INSTALLED = { unix: 'elastic-agent', windows: 'C:\\Program Files\\Elastic\\Agent\\elastic-agent.exe' };

/** The program in the directory of the unpacked archive. */
const UNPACKED = { unix: './elastic-agent', windows: '.\\elastic-agent.exe' };

/** Flags that install and enroll have in common. */
type Flags = readonly string[];

/** What installs and enrolls the agent of a host; a package is the installation, and there is no archive beside it. */
export function hostCommands(deployment: ResolvedDeployment, shared: Flags): AgentCommands {
  const enroll = enrollCommand(deployment, shared);
  return deployment.agent.fromPackage ? { enroll } : { install: installCommand(deployment, shared), enroll };
}

/** `elastic-agent install`: installs the service and enrolls it; run in the directory of the unpacked archive. */
function installCommand(deployment: ResolvedDeployment, shared: Flags): Command {
  const { unprivileged, user, group } = deployment.agent;
  const flags = [
    '--non-interactive',
    ...(unprivileged ? ['--unprivileged'] : []),
    ...(user === undefined ? [] : [`--user=${user}`]),
    ...(group === undefined ? [] : [`--group=${group}`]),
  ];
  const argv = ['install', ...flags, ...shared];
  return command(deployment, argv, UNPACKED.windows, ['sudo', UNPACKED.unix]);
}

/**
 * `elastic-agent enroll`: for an agent that is already installed. `--force` skips the prompt that confirms the
 * replacement of the present enrollment, which a script cannot answer (enroll.go).
 */
function enrollCommand(deployment: ResolvedDeployment, shared: Flags): Command {
  return installedCommand(deployment, ['enroll', '--force', ...shared]);
}

/** `elastic-agent restart`, as a line to paste. */
export function restartLine(deployment: ResolvedDeployment): string {
  return agentLine(deployment, ['restart']);
}

/** A command of the installed agent, as a line to paste. */
export function agentLine(deployment: ResolvedDeployment, argv: readonly string[]): string {
  const { shell, powershell } = installedCommand(deployment, argv);
  return shell ?? powershell ?? '';
}

/** An unprivileged agent refuses commands from root, so they run as its account (enroll.go, UserOwnerMismatchError). */
function installedCommand(deployment: ResolvedDeployment, argv: readonly string[]): Command {
  const { unprivileged, user = UNPRIVILEGED.user } = deployment.agent;
  const sudo = unprivileged ? ['sudo', '-u', user] : ['sudo'];
  return command(deployment, argv, INSTALLED.windows, [...sudo, INSTALLED.unix]);
}

function command(
  { os }: ResolvedDeployment,
  argv: readonly string[],
  windowsProgram: string,
  unixProgram: readonly string[],
): Command {
  return os === 'windows'
    ? { arguments: argv, powershell: powershellCommand([windowsProgram, ...argv]) }
    : { arguments: argv, shell: shellCommand([...unixProgram, ...argv]) };
}

/** `--name=value`; empty if there is no value. */
export function flag(name: string, value: string | undefined): Flags {
  return value === undefined ? [] : [`--${name}=${value}`];
}

/** The flags of an agent (enroll.go, addEnrollFlags), each as `--flag=value`. */
export function agentFlags(deployment: ResolvedDeployment): Flags {
  return [
    ...flag('url', deployment.fleetUrl),
    ...flag('enrollment-token', deployment.fleetEnrollmentToken ?? ENROLLMENT_TOKEN_PLACEHOLDER),
    ...flag('certificate-authorities', deployment.paths.authorities.fleetServer),
    ...identityFlags(deployment),
    ...connectionFlags(deployment),
  ];
}

/** The flags of the agent's own client certificate. */
export function identityFlags(deployment: ResolvedDeployment): Flags {
  const { certificate, key } = deployment.paths;
  return [
    ...flag('elastic-agent-cert', certificate),
    ...flag('elastic-agent-cert-key', key),
    ...flag('elastic-agent-cert-key-passphrase', deployment.keyPassphraseFile),
  ];
}

/** The flags of tags, headers and proxy. */
export function connectionFlags({ agent }: ResolvedDeployment): Flags {
  const pairs = (name: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => `--${name}=${key}=${value}`);
  return [
    ...agent.tags.map((tag) => `--tag=${tag}`),
    ...pairs('header', agent.headers),
    ...flag('proxy-url', agent.proxy.url),
    ...pairs('proxy-header', agent.proxy.headers),
    ...(agent.proxy.disabled ? ['--proxy-disabled'] : []),
  ];
}

/** The environment variables with which the agent of a container enrolls at its first start (container.go). */
export function containerEnvironment(deployment: ResolvedDeployment): Readonly<Record<string, string>> {
  const paths = deployment.paths;
  return withoutUndefined({
    FLEET_ENROLL: '1',
    FLEET_URL: deployment.fleetUrl,
    FLEET_ENROLLMENT_TOKEN: deployment.fleetEnrollmentToken ?? ENROLLMENT_TOKEN_PLACEHOLDER,
    FLEET_CA: paths.authorities.fleetServer,
    ELASTIC_AGENT_CERT: paths.certificate,
    ELASTIC_AGENT_CERT_KEY: paths.key,
    ...connectionVariables(deployment),
  });
}

/**
 * The variables of tags and headers. FLEET_HEADERS is a list, in which an empty value needs quotes (container.go,
 * envStringMap); no header has a comma or a double quote.
 */
export function connectionVariables({ agent }: ResolvedDeployment) {
  const { tags } = agent;
  const headers = Object.entries(agent.headers);
  const one = headers.map(([name, value]) => `${name}=${value}`);
  const several = headers.map(([name, value]) => `${name}=${value === '' ? '""' : value}`);
  return {
    ELASTIC_AGENT_TAGS: tags.length === 0 ? undefined : tags.join(','),
    FLEET_HEADER: headers.length === 1 ? one[0] : undefined,
    FLEET_HEADERS: headers.length > 1 ? several.join(',') : undefined,
  };
}
