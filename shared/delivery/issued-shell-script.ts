import type { ProfileName } from '../domain/profile.ts';
import { kitFileNames } from '../elastic/deployment/kit-paths.ts';
import { DEFAULT_DIRECTORIES } from '../elastic/deployment/paths.ts';
import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import { shellCommand } from '../elastic/syntax/shell.ts';
import type { Issued } from './render-issued.ts';
import { accountOf, type ScriptFile, shellScript } from './shell-script.ts';

/**
 * What was issued as a script of POSIX sh, see {@link shellScript}.
 *
 * @param deployment - of the request. @default - the certificate, its key and the roots in the usual directory of Linux
 */
export function issuedShellScript(issued: Issued, deployment: ResolvedDeployment | undefined): string {
  const directory = deployment?.directory ?? DEFAULT_DIRECTORIES.linux;
  return shellScript(issued, deployment, {
    files: issued.kit?.files ?? filesWithoutKit(issued, directory),
    values: bootstrapValues(issued, deployment),
  });
}

/** What `bootstrap.sh` keeps for the renewals. */
function bootstrapValues(
  { profile, renewal, trustSha256, activation }: Issued,
  deployment: ResolvedDeployment | undefined,
) {
  return {
    renewal_from: renewal.from,
    renewal_until: renewal.until,
    trust_sha256: trustSha256,
    fleet_url: deployment?.fleetUrl ?? '',
    restart_command: restartCommand(profile, deployment),
    activation_commands: activation.commands.join('\n'),
    activation_reason: activation.reason,
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

function filesWithoutKit(
  { profile, certificate, chain: issuers, caBundle }: Issued,
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
