import { agentLine, restartLine } from '../command-line/agent.ts';
import { containerName } from '../containers/container-name.ts';
import { sameAgent } from '../containers/same-agent.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { fromReleases, has, lacks, type StackVersion, withoutFeature } from '../deployment/versions.ts';
import { howToEncrypt } from '../key-encryption/section.ts';
import type { MigrationStep } from '../kit/migration.ts';
import { howToSet } from '../service-environment/script.ts';
import { takesPaths } from './policy.ts';

/**
 * The order in which no handshake is refused: first both sides trust both CAs, then each side changes its certificate,
 * and last the old CA is removed.
 */
export function migrationSteps(deployment: ResolvedDeployment): readonly MigrationStep[] {
  return [
    look(deployment),
    {
      title: 'Have fleetseal distribute both CAs',
      detail:
        'Add the old CA to the setting additionalRoots of fleetseal. From then on caBundle, /v1/trust.pem and the file ca.crt of every kit contain both CAs. Request this kit again if it was rendered before that.',
      commands: [],
    },
    {
      title: 'Make every server trust both CAs',
      detail:
        "On every Fleet Server, Elasticsearch, Logstash, Kafka and proxy, add fleetseal's roots to the list of CAs that verify clients, next to the old CA. The servers keep their old certificates. On a Fleet Server that list is --certificate-authorities: add the roots to the file that it names, and restart Fleet Server, in every version: a listener that reloads its files still accepts only the CAs that it read at startup.",
      commands: [],
    },
    {
      title: 'Make every client trust both CAs',
      detail: connecting(deployment),
      commands: restart(deployment),
    },
    switchStep(deployment),
    {
      title: 'Change the certificates of the servers',
      detail: `Give ${deployment.profile === 'fleet-server' ? 'the remaining Fleet Servers' : 'Fleet Servers'}, outputs and proxies certificates from fleetseal, which every client trusts by now. Change one at a time, and wait until its agents are healthy in Fleet. You may do this step before the previous one.`,
      commands: [],
    },
    {
      title: 'Remove the old CA',
      detail:
        'When no certificate of the old CA is in use any more, empty additionalRoots, write the new ca.crt on every host, remove the old CA from the lists of the servers, and restart. From then on, renew without alreadyEnrolled.',
      commands: restart(deployment),
    },
  ];
}

/** Agents are not the only clients: a client left out here loses its connection in the step after next. */
function connecting(deployment: ResolvedDeployment): string {
  const { profile, os } = deployment;
  const flag = os === 'container' ? 'FLEET_SERVER_ELASTICSEARCH_CA' : '--fleet-server-es-ca';
  return [
    `Write the file ${deployment.paths.ca} of this kit. Add its contents to the CA file that the agent uses today and to that of its output`,
    profile === 'fleet-server' ? `, and to that of ${flag}.` : '.',
    ' An output with ca_trusted_fingerprint or PEM has no such file: give it both CAs in Fleet, as its certificate_authorities.',
    ' All other clients of servers that change their certificates need both CAs too: Kibana (elasticsearch.ssl.certificateAuthorities), the outputs of Logstash, scripts. Everything keeps its old certificate.',
  ].join('');
}

function look(deployment: ResolvedDeployment): MigrationStep {
  const container = deployment.os === 'container';
  return {
    title: 'Check what the host uses today',
    detail: container
      ? `Note the variables FLEET_CA, ELASTIC_AGENT_CERT and ELASTIC_AGENT_CERT_KEY of the container, where its state is mounted, and the ssl settings of its output in Fleet. The commands call the container ${containerName(deployment)}: replace that with its name.`
      : 'The paths are under fleet.ssl and outputs. Files at the same paths need no new settings; other paths do. Do not share what the command prints: it may contain secrets.',
    commands: container ? [] : [agentLine(deployment, ['inspect'])],
  };
}

function switchStep(deployment: ResolvedDeployment): MigrationStep {
  const { certificate, key } = deployment.paths;
  const files = `Write ${certificate} with the contents from this kit, and ${key} with the new key, which was created on this host.${encryption(deployment)}${variable(deployment)}`;
  return {
    title: 'Change the certificate of this host',
    detail: [files, ...waysOver(deployment), ...listener(deployment)].join(' '),
    commands: restart(deployment),
  };
}

function encryption({ keyPassphraseFile, os }: ResolvedDeployment): string {
  return keyPassphraseFile === undefined ? '' : ` Run ${howToEncrypt(os)} before any restart.`;
}

function variable(deployment: ResolvedDeployment): string {
  const { directoryVariable } = deployment;
  return directoryVariable === undefined
    ? ''
    : ` Run ${howToSet(deployment)}, and change the outputs once every host has ${directoryVariable}.`;
}

/** How the agent gets to use the new files: by variables, at the old paths, by policy, or by enrolling again. */
function waysOver(deployment: ResolvedDeployment): readonly string[] {
  const { os, stackVersion } = deployment;
  if (os === 'container')
    return [
      `Files at the paths that the container uses today need only a restart. Other paths are variables, which a restart does not change: remove the container and run it as before, with the mount of its state, its token, the directory of the files and the variables of this kit.${overriding(stackVersion)}`,
    ];
  const replace = !lacks(stackVersion, 'replaceToken');
  const ways = [
    'put the files at those paths and restart the agent',
    ...(takesPaths(deployment)
      ? [
          `send agentPolicy of this kit to Kibana once the files are on every host of the policy${fromReleases(stackVersion, 'policyTls')}`,
        ]
      : []),
    `enroll the agent again with the command of a kit without alreadyEnrolled, as a new agent${
      replace
        ? `, or as the same one with --id and --replace-token if it was enrolled with a replace token${fromReleases(stackVersion, 'replaceToken')}`
        : ' (staying the same one needs --id and --replace-token, from 8.19.0)'
    }`,
  ];
  return [
    `Where the agent uses other paths, choose one way: ${ways.map((way, index) => `(${index + 1}) ${way}`).join('; ')}.`,
  ];
}

/** Whether the variables of a container change what was stored when it enrolled. */
function overriding(version: StackVersion | undefined): string {
  if (has(version, 'containerCaOverride')) return '';
  const ca = ` ${withoutFeature(version, 'containerCaOverride')}, FLEET_CA does not override the stored path: keep the old CA file, with both CAs.`;
  if (has(version, 'containerOverrides')) return ca;
  return `${ca} ${withoutFeature(version, 'containerOverrides')}, the variables of certificate and key do not override the stored paths: FLEET_FORCE=1 at one start enrolls the container again, as a new agent${sameAgent(version)}.`;
}

/** Fleet Server's own paths are those of its flags, regardless of its agent's policy. */
function listener({ profile, os, fleetServer }: ResolvedDeployment): readonly string[] {
  if (profile !== 'fleet-server') return [];
  const [listens, connects] =
    os === 'container'
      ? ['FLEET_SERVER_CERT', 'FLEET_SERVER_ES_CERT']
      : ['--fleet-server-cert', '--fleet-server-es-cert'];
  const { listener, showsCertificate } = fleetServer;
  const flags = [...(listener.foreign ? [] : [listens]), ...(showsCertificate ? [connects] : [])];
  return flags.length === 0
    ? []
    : [
        `Fleet Server uses the paths of its ${flags.join(' and ')}: put the new certificate and key there too, or enroll the host again.`,
      ];
}

function restart(deployment: ResolvedDeployment): readonly string[] {
  return deployment.os === 'container'
    ? [`sudo docker restart ${containerName(deployment)}`]
    : [restartLine(deployment)];
}
