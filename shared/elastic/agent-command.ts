import { ENROLLMENT_TOKEN_PLACEHOLDER, type ResolvedDeployment } from './deployment.ts';
import { kitPaths, UNPRIVILEGED } from './files.ts';
import type { Command } from './kit.ts';
import { powershellCommand } from './powershell.ts';
import { shellCommand } from './shell.ts';

/** Where the installed program is: on Unix in the PATH, on Windows not (elastic.co, "Installation layout"). */
const INSTALLED = { unix: 'elastic-agent', windows: 'C:\\Program Files\\Elastic\\Agent\\elastic-agent.exe' };

/** The program in the directory of the unpacked archive. */
const UNPACKED = { unix: './elastic-agent', windows: '.\\elastic-agent.exe' };

/** `elastic-agent install`: installs the service and enrolls it; run in the directory of the unpacked archive. */
export function installCommand(deployment: ResolvedDeployment): Command {
  const { unprivileged, user, group } = deployment.agent;
  const flags = [
    '--non-interactive',
    ...(unprivileged ? ['--unprivileged'] : []),
    ...(user === undefined ? [] : [`--user=${user}`]),
    ...(group === undefined ? [] : [`--group=${group}`]),
  ];
  const argv = ['install', ...flags, ...enrollFlags(deployment)];
  return command(deployment, argv, UNPACKED.windows, ['sudo', UNPACKED.unix]);
}

/**
 * `elastic-agent enroll`: for an agent that is installed already. `--force` only answers the question whether the
 * present enrollment may be replaced, which a script could not (enroll.go).
 */
export function enrollCommand(deployment: ResolvedDeployment): Command {
  return installedCommand(deployment, ['enroll', '--force', ...enrollFlags(deployment)]);
}

/** `elastic-agent restart`, as a line to paste. */
export function restartLine(deployment: ResolvedDeployment): string {
  const { shell, powershell } = installedCommand(deployment, ['restart']);
  return shell ?? powershell ?? '';
}

/** Commands of an unprivileged agent run as its account: root is refused (enroll.go, UserOwnerMismatchError). */
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

/** The flags that install and enroll share (enroll.go, addEnrollFlags), each as `--flag=value`. */
function enrollFlags(deployment: ResolvedDeployment): readonly string[] {
  const { agent, keyPassphraseFile } = deployment;
  const paths = kitPaths(deployment);
  const flag = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`--${name}=${value}`];
  const pairs = (name: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => `--${name}=${key}=${value}`);
  return [
    ...flag('url', deployment.fleetUrl),
    ...flag('enrollment-token', deployment.fleetEnrollmentToken ?? ENROLLMENT_TOKEN_PLACEHOLDER),
    ...flag('certificate-authorities', paths.fleetServerCa),
    ...flag('elastic-agent-cert', paths.certificate),
    ...flag('elastic-agent-cert-key', paths.key),
    ...flag('elastic-agent-cert-key-passphrase', keyPassphraseFile),
    ...agent.tags.map((tag) => `--tag=${tag}`),
    ...pairs('header', agent.headers),
    ...flag('proxy-url', agent.proxy.url),
    ...pairs('proxy-header', agent.proxy.headers),
    ...(agent.proxy.disabled ? ['--proxy-disabled'] : []),
  ];
}

/** The variables of a container (container.go): the agent enrolls with them at its first start. */
export function containerEnvironment(deployment: ResolvedDeployment): Readonly<Record<string, string>> {
  const paths = kitPaths(deployment);
  const { tags } = deployment.agent;
  return {
    FLEET_ENROLL: '1',
    FLEET_URL: deployment.fleetUrl,
    FLEET_ENROLLMENT_TOKEN: deployment.fleetEnrollmentToken ?? ENROLLMENT_TOKEN_PLACEHOLDER,
    ...(paths.fleetServerCa === undefined ? {} : { FLEET_CA: paths.fleetServerCa }),
    ELASTIC_AGENT_CERT: paths.certificate,
    ELASTIC_AGENT_CERT_KEY: paths.key,
    ...(tags.length === 0 ? {} : { ELASTIC_AGENT_TAGS: tags.join(',') }),
  };
}
