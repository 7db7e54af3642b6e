import { containerNotes } from '../containers/notes.ts';
import { runsBy } from '../deployment/container.ts';
import { ENROLLMENT_TOKEN_PLACEHOLDER } from '../deployment/deployment.ts';
import { SECRET_FILES } from '../deployment/kit-paths.ts';
import { movesOver } from '../deployment/move.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import {
  formatStackVersion,
  fromReleases,
  has,
  isNewerThanKnown,
  lacks,
  NEWEST_KNOWN,
} from '../deployment/versions.ts';
import { applicable, type Candidate, type Note } from '../kit/note.ts';
import { CHECKS_CLIENT_NAME } from './client-name-note.ts';
import { guideNotes } from './guide-notes.ts';
import { accountNotes } from './privilege-notes.ts';

/** The notes of an agent's kit, the general ones first. */
export function agentNotes(deployment: ResolvedDeployment): readonly Note[] {
  return applicable([
    ...versionNotes(deployment),
    ...fleetNotes(deployment),
    ...keyNotes(deployment),
    ...accountNotes(deployment),
    ...(deployment.os === 'container' ? containerNotes(deployment) : hostNotes(deployment)),
    outputNote(deployment),
    ...guideNotes(deployment),
  ]);
}

/** About a `stackVersion` that is missing, or newer than {@link NEWEST_KNOWN}. */
export function versionNotes({
  stackVersion,
  keyPassphraseFile,
  agent,
  os,
  directoryVariable,
}: ResolvedDeployment): readonly Candidate[] {
  const needs = [
    '8.13.0 for the client certificate',
    ...(agent.unprivileged ? ['8.15.0 for unprivileged'] : []),
    ...(keyPassphraseFile === undefined ? [] : ['8.16.0 for the passphrase']),
    ...(agent.user === undefined && agent.group === undefined ? [] : ['8.17.0 for user and group']),
    ...(directoryVariable === undefined ? [] : ['8.19.0 for directoryVariable']),
    ...(os === 'container' && Object.keys(agent.headers).length > 1
      ? ['9.5.0 for several headers in a container']
      : []),
  ];
  return [
    stackVersion === undefined && {
      code: 'stack_version_missing',
      severity: 'info',
      message: `The request has no stackVersion. This kit needs at least Elastic Agent ${needs.join(', ')}.`,
      source: 'elastic-agent internal/pkg/agent/cmd/enroll.go, first tags that hold the flags',
    },
    stackVersion !== undefined &&
      isNewerThanKnown(stackVersion) && {
        code: 'stack_version_newer',
        severity: 'info',
        message: `${formatStackVersion(stackVersion)} is newer than the versions that kits are checked against: this kit is the one for ${NEWEST_KNOWN}.`,
        source: `elastic-agent ${NEWEST_KNOWN}`,
      },
  ];
}

function fleetNotes(deployment: ResolvedDeployment): readonly Candidate[] {
  return [
    deployment.fleetEnrollmentToken === undefined &&
      !deployment.agent.alreadyEnrolled && {
        code: 'enrollment_token_missing',
        severity: 'warning',
        message: `Replace ${ENROLLMENT_TOKEN_PLACEHOLDER}${runsBy('docker', deployment) ? ` in ${SECRET_FILES.enrollmentToken}` : ''} with Fleet's enrollment token (Kibana, Fleet, Enrollment tokens). Do not just remove it: ${
          deployment.os === 'container'
            ? 'without a token, the container asks Kibana for one with the KIBANA_FLEET_* variables, and stops if it cannot.'
            : 'without a token, install silently sets up a standalone agent.'
        }`,
        source:
          deployment.os === 'container'
            ? 'elastic-agent internal/pkg/agent/cmd/container.go, runContainerCmd'
            : 'elastic-agent internal/pkg/agent/cmd/install/install.go (9.x)',
      },
    deployment.model !== 'cloud-proxy' && {
      code: 'fleet_server_client_auth',
      severity: 'info',
      message:
        "Fleet Server asks for client certificates only with --fleet-server-client-auth=required or optional (the default is none), and accepts this one only if fleetseal's roots are among its --certificate-authorities.",
      source: 'elastic-agent internal/pkg/agent/cmd/enroll.go (9.x)',
    },
    deployment.model !== 'cloud-proxy' &&
      !has(deployment.stackVersion, 'clientNameIgnored') &&
      CHECKS_CLIENT_NAME,
    Object.keys(deployment.agent.headers).length > 0 &&
      !has(deployment.stackVersion, 'fleetHeaders') && {
        code: 'headers_reach_elasticsearch_only',
        severity: 'warning',
        message:
          'Before 9.1.0, Elastic Agent sends the headers only to Elasticsearch, not to Fleet Server: upgrade it if a proxy in front of Fleet Server needs them.',
        source: 'Elastic Agent release notes 9.1.0, elastic/elastic-agent#8071',
      },
  ];
}

/** About keys and passphrases that Elastic Defend cannot use. */
export function keyNotes(deployment: ResolvedDeployment): readonly Candidate[] {
  const { agent, keyKind, keyPassphraseFile } = deployment;
  return [
    agent.elasticDefend &&
      keyKind !== 'rsa' &&
      !has(deployment.stackVersion, 'defendEllipticCurves') && {
        code: 'defend_needs_rsa',
        severity: 'warning',
        message:
          'Elastic Defend before 9.1.0 accepts only RSA keys and silently discards others: enroll with an RSA key, or upgrade.',
        source: 'elastic/docs-content#5514, #1133',
      },
    agent.elasticDefend &&
      keyKind === 'ed25519' && {
        code: 'defend_ed25519_unconfirmed',
        severity: 'warning',
        message:
          'Elastic does not document that any version of Elastic Defend accepts Ed25519 keys: enroll with an RSA or P-256 key.',
        source: 'elastic/docs-content#5514',
      },
    agent.elasticDefend &&
      keyPassphraseFile !== undefined && {
        code: 'defend_output_key_encrypted',
        severity: 'warning',
        message:
          "Elastic Agent decrypts the key for Elastic Defend's connection to Fleet Server, but not for its output, so Elastic Defend cannot use the output settings of this kit. Use an unencrypted key if the output asks for a certificate.",
        source: 'elastic/elastic-agent#5490, #5542',
      },
  ];
}

/** About hosts on which elastic-agent is installed, which containers are not. */
export function hostNotes(deployment: ResolvedDeployment): readonly Candidate[] {
  const { stackVersion, os } = deployment;
  const blocked = has(stackVersion, 'customAccount') && !has(stackVersion, 'windowsReenroll');
  return [
    !movesOver(deployment) && enrollNote(deployment),
    os === 'windows' &&
      blocked && {
        code: 'windows_reenroll_refused',
        severity: 'warning',
        message:
          'On Windows, Elastic Agent 8.17 before 8.17.8, 8.18 before 8.18.3 and 9.0 before 9.0.3 may not let administrators run enroll: upgrade, or uninstall and install.',
        source: 'elastic/elastic-agent#7794, #8503',
      },
  ];
}

/** What `install` and `enroll` mean on this host (elastic-agent, install.go: `install.PackageInstall`). */
function enrollNote({ stackVersion, os, agent }: ResolvedDeployment): Note {
  const adds = `adds the host to Fleet as a new agent${has(stackVersion, 'replaceToken') ? ' unless you add --id and --replace-token' : ''}.`;
  if (agent.fromPackage)
    return {
      code: 'package_enrolls',
      severity: 'warning',
      message: `The DEB or RPM package is the installation, and elastic-agent install does not change it: this kit has only enroll. Before it, run sudo systemctl enable --now elastic-agent, since older packages leave the service stopped. enroll ${adds}`,
      source: 'elastic-agent internal/pkg/agent/cmd/install.go; dev-tools/packaging/templates/linux',
    };
  return {
    code: 'enroll_makes_new_agent',
    severity: 'info',
    message: `Use install on a new host. Use enroll where the agent is already installed: it ${adds}${os === 'linux' ? ' An agent from a DEB or RPM package is installed already: set agent.fromPackage.' : ''}`,
    source: 'elastic.co, Elastic Agent command reference, enroll',
  };
}

function outputNote(deployment: ResolvedDeployment): Note {
  return {
    code: 'output_paths_are_shared',
    severity: 'info',
    message: `An output's settings go to every agent whose policy uses it${deployment.directoryVariable === undefined ? ', so the files must have these paths on all of those hosts' : ''}. ${otherHosts(deployment)}Fleet Server hosts need an output and a policy of their own: they have fleet-server.crt instead.`,
    source: 'elastic.co, Logstash output settings, client SSL certificate',
  };
}

/** Hosts whose paths differ from those of this one. */
function otherHosts({ os, stackVersion, directoryVariable }: ResolvedDeployment): string {
  if (directoryVariable !== undefined) return '';
  const variable =
    os === 'container' || lacks(stackVersion, 'outputVariables')
      ? 'need'
      : `take directoryVariable${fromReleases(stackVersion, 'outputVariables')}, or need`;
  return `Hosts with another operating system or directory ${variable} an output and a policy of their own. `;
}
