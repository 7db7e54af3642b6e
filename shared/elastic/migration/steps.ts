import { agentLine, restartLine } from '../agent/command.ts';
import { containerName } from '../containers/docker.ts';
import type { ResolvedDeployment } from '../deployment.ts';
import { kitPaths } from '../files/paths.ts';
import { keepsListener, showsCertificate } from '../fleet-server/settings.ts';
import { howToEncrypt } from '../key-encryption/section.ts';
import { lacks, releasesWith } from '../versions.ts';
import type { MigrationStep } from './move.ts';
import { takesPaths } from './policy.ts';

/**
 * The order in which no handshake is refused: first both sides trust both CAs, then each side changes its certificate,
 * last the old CA goes.
 */
export function migrationSteps(deployment: ResolvedDeployment): readonly MigrationStep[] {
  return [
    look(deployment),
    {
      title: 'Let fleetseal hand out both CAs',
      detail:
        'Put the old CA into the setting additionalRoots of fleetseal. From then on caBundle, /v1/trust.pem and the file ca.crt of every kit hold both. Ask for this kit again if it was made before.',
      commands: [],
    },
    {
      title: 'Let every server trust both',
      detail:
        "On every Fleet Server, Elasticsearch, Logstash, Kafka and proxy, put fleetseal's roots beside the old CA in the list that verifies clients. Their own certificates stay the old ones. On a Fleet Server that list is --certificate-authorities: add to the file that it names, and restart it in every version, since a listener that reads its files again still accepts no more CAs than at its start.",
      commands: [],
    },
    {
      title: 'Let everything that connects trust both',
      detail: connecting(deployment),
      commands: restart(deployment),
    },
    switchStep(deployment),
    {
      title: 'Change the certificates of the servers',
      detail: `Give ${deployment.profile === 'fleet-server' ? 'the remaining Fleet Servers' : 'Fleet Servers'}, outputs and proxies the certificates of fleetseal: whatever connects trusts them by now. One at a time, waiting until its agents are healthy in Fleet. This step and the one before may change places.`,
      commands: [],
    },
    {
      title: 'Let the old CA go',
      detail:
        'When nothing shows a certificate of the old CA any more, empty additionalRoots, write ca.crt anew on every host, take the old CA out of the lists of the servers, and restart. Renew without alreadyEnrolled from then on.',
      commands: restart(deployment),
    },
  ];
}

/** Agents are not the only clients: whoever misses here loses its connection in the step after next. */
function connecting(deployment: ResolvedDeployment): string {
  const { profile, os } = deployment;
  const flag = os === 'container' ? 'FLEET_SERVER_ELASTICSEARCH_CA' : '--fleet-server-es-ca';
  return [
    `Write the file ${kitPaths(deployment).ca} of this kit, and add its contents to the CA file that the agent uses today, to that of its output`,
    profile === 'fleet-server' ? `, and to that of ${flag}.` : '.',
    ' An output with ca_trusted_fingerprint, or with PEM, has no such file: give it both CAs in Fleet, as its certificate_authorities.',
    ' Whatever else connects to servers that change their certificates needs both too: Kibana (elasticsearch.ssl.certificateAuthorities), the outputs of Logstash, scripts. All certificates stay the old ones.',
  ].join('');
}

function look(deployment: ResolvedDeployment): MigrationStep {
  const container = deployment.os === 'container';
  return {
    title: 'See what the host uses today',
    detail: container
      ? `Note the variables FLEET_CA, ELASTIC_AGENT_CERT and ELASTIC_AGENT_CERT_KEY of the container, where its state is mounted, and the ssl settings of its output in Fleet. The commands call it ${containerName(deployment)}: put its name there.`
      : "The paths stand under fleet.ssl and outputs. Files at the same paths need no new settings; other paths have to be made known to the agent. Before 9.0.0 the output may hold the agent's API key too: do not share it.",
    commands: container ? [] : [agentLine(deployment, ['inspect'])],
  };
}

function switchStep(deployment: ResolvedDeployment): MigrationStep {
  const { certificate, key } = kitPaths(deployment);
  const files = `Write ${certificate} with the contents that this kit has, and ${key} with the new key, which was made on this host.${encryption(deployment)}`;
  return {
    title: 'Change the certificate of this host',
    detail: [files, ...waysOver(deployment), ...listener(deployment)].join(' '),
    commands: restart(deployment),
  };
}

function encryption({ keyPassphraseFile, os }: ResolvedDeployment): string {
  return keyPassphraseFile === undefined ? '' : ` Run ${howToEncrypt(os)} before any restart.`;
}

/** How the new files come into use: by variables, at the old paths, by policy, or by a new enrollment. */
function waysOver(deployment: ResolvedDeployment): readonly string[] {
  const { os, stackVersion } = deployment;
  if (os === 'container')
    return [
      `Files at the paths that the container uses today need a restart only. Other paths are variables, which a restart does not change: remove the container and run it as before, with the mount of its state and the token that it has, the directory of the files and the variables of this kit. Those of certificate and key take the place of the stored paths from ${releasesWith('containerOverrides')}, FLEET_CA from ${releasesWith('containerCaOverride')}: where it does not yet, keep the old CA file, with both CAs. Before, FLEET_FORCE=1 at one start enrolls it again, as a new agent.`,
    ];
  const replace = !lacks(stackVersion, 'replaceToken');
  const ways = [
    'put the files there instead and restart it',
    ...(takesPaths(deployment)
      ? [
          'send agentPolicy of this kit to Kibana once the files are on every host of the policy (from 8.15.0)',
        ]
      : []),
    `enroll it again with the command of a kit without alreadyEnrolled, as a new agent${
      replace
        ? ' (from 8.19.0 as the same one with --id and --replace-token, if it was enrolled with a replace token)'
        : ' (to stay the same one takes --id and --replace-token, from 8.19.0)'
    }`,
  ];
  return [
    `Where the agent uses other paths, choose one way: ${ways.map((way, index) => `(${index + 1}) ${way}`).join('; ')}.`,
  ];
}

/** Fleet Server's own paths are those of the flags, whatever the policy of its agent says. */
function listener({ profile, os, asked }: ResolvedDeployment): readonly string[] {
  if (profile !== 'fleet-server') return [];
  const [listens, connects] =
    os === 'container'
      ? ['FLEET_SERVER_CERT', 'FLEET_SERVER_ES_CERT']
      : ['--fleet-server-cert', '--fleet-server-es-cert'];
  const flags = [...(keepsListener(asked) ? [] : [listens]), ...(showsCertificate(asked) ? [connects] : [])];
  return flags.length === 0
    ? []
    : [
        `Fleet Server has the paths of its ${flags.join(' and ')}: put the new certificate and key there as well, or enroll the host again.`,
      ];
}

function restart(deployment: ResolvedDeployment): readonly string[] {
  return deployment.os === 'container'
    ? [`sudo docker restart ${containerName(deployment)}`]
    : [restartLine(deployment)];
}
