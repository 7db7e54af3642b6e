import { agentRules, fleetRules } from '../agent/rules.ts';
import { hostCommands } from '../command-line/agent.ts';
import { type Contained, containerCommands, dockerFiles } from '../containers/docker.ts';
import { containerRules } from '../containers/rules.ts';
import type { FleetServer, Listener } from '../deployment/fleet-server.ts';
import { movesOver } from '../deployment/move.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { secretPlace } from '../files/access.ts';
import { kitFiles, rootsFile } from '../files/certificate.ts';
import type { AgentCommands } from '../kit/agent-commands.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import type { KitFile } from '../kit/kit-file.ts';
import type { Section } from '../kit/section.ts';
import { fleetServerEnvironment, fleetServerFlags } from './command.ts';
import { fleetServerNotes } from './notes.ts';
import { fleetServerRules } from './rules.ts';

/*
 * A host that runs Fleet Server: profile fleet-server. One certificate serves its three roles: the listener, the
 * host's own agent, and the client of Elasticsearch.
 *
 * - Renders the files, the service token's place among them, and the commands or variables that install and enroll the
 *   host.
 * - The listener may keep a certificate of another CA; then only the other two roles change, and agents verify the
 *   listener by trust.fleetServer.
 * - Fleet Server has one list of CAs for both directions: the other CA first, if any, then fleetseal's roots.
 * - Mutual TLS is on unless the caller turns it down, and a note says what that costs.
 * - The certificate must contain the host of fleetUrl: a rule compares them where the names are known.
 */

/** A host that runs Fleet Server: its listener, its own agent and its client of Elasticsearch share one certificate. */
export const fleetServerSection: Section = {
  profiles: ['fleet-server'],
  fields: ['fleetUrl', 'fleetEnrollmentToken', 'agent', 'container', 'fleetServer'],
  rules: [fleetRules, fleetServerRules, agentRules, containerRules],
  render: renderFleetServer,
};

function renderFleetServer({ deployment, certificate }: KitRequest): KitPart {
  const server = deployment.fleetServer;
  const files: readonly KitFile[] = [
    ...kitFiles(deployment, certificate),
    // Also where another CA verifies both peers: fleetseal's roots verify the agents.
    rootsFile(deployment, certificate),
    // A host that moves to fleetseal already has its token.
    ...(movesOver(deployment) ? [] : [serviceToken(deployment, server)]),
    ...listenerFiles(deployment, server),
    ...dockerFiles(deployment, contained(deployment, server)),
  ];
  return {
    files,
    ...(movesOver(deployment) ? {} : { fleetServer: commands(deployment, server) }),
    notes: fleetServerNotes(deployment, server, certificate.dnsNames !== undefined),
  };
}

function serviceToken(deployment: ResolvedDeployment, { serviceTokenPath }: FleetServer): KitFile {
  return {
    ...secretPlace(deployment, serviceTokenPath),
    role: 'service-token',
    source: 'operator',
    contents: null,
    purpose: "Elasticsearch's service token and nothing else, without a newline at the end",
  };
}

/** A certificate of another CA is on the host already. Its secret files are listed for their owner and mode. */
function listenerFiles(deployment: ResolvedDeployment, { listener }: FleetServer): readonly KitFile[] {
  if (!listener.foreign) return [];
  const { key: path, passphraseFile } = listener;
  const given = { source: 'operator', contents: null } as const;
  const purpose = "the key of the listener's own certificate, which is already on the host";
  const key: KitFile = { ...secretPlace(deployment, path), ...given, role: 'private-key', purpose };
  if (passphraseFile === undefined) return [key];
  const about = 'the passphrase of that key, without a newline at the end';
  return [key, { ...secretPlace(deployment, passphraseFile), ...given, role: 'passphrase', purpose: about }];
}

function commands(deployment: ResolvedDeployment, server: FleetServer): AgentCommands {
  if (deployment.os === 'container') return containerCommands(deployment, contained(deployment, server));
  return hostCommands(deployment, fleetServerFlags(deployment, server));
}

function contained(deployment: ResolvedDeployment, server: FleetServer): Contained {
  return {
    name: 'fleet-server',
    environment: fleetServerEnvironment(deployment, server),
    files: [server.serviceTokenPath, ...pathsOf(server.listener)],
    port: server.port,
  };
}

/** The kit's own files are in its directory, which is mounted anyway. */
function pathsOf({ certificate, key, passphraseFile }: Listener): readonly string[] {
  return [certificate, key, ...(passphraseFile === undefined ? [] : [passphraseFile])];
}
