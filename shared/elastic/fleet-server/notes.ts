import { guideNotes } from '../agent/guide-notes.ts';
import { accountNotes, hostNotes, keyNotes, versionNotes } from '../agent/notes.ts';
import { containerNotes } from '../containers/notes.ts';
import type { ResolvedDeployment } from '../deployment.ts';
import { kitPaths } from '../files/paths.ts';
import { movesOver } from '../migration/move.ts';
import { applicable, type Candidate, GUIDE, type Note } from '../note.ts';
import { namesToAsk } from '../server-names.ts';
import { has, releasesWith } from '../versions.ts';
import type { FleetServer } from './settings.ts';

const ENROLL = 'elastic-agent internal/pkg/agent/cmd/enroll.go (9.x)';
const ENROLL_CMD = 'elastic-agent internal/pkg/agent/cmd/enroll_cmd.go (9.x)';
const OUTPUT = 'fleet-server internal/pkg/config/output.go (9.x)';

/**
 * What a reader of a Fleet Server host's kit should know: the general first, then what the guide gets wrong.
 *
 * @param namesKnown - whether the certificate is there: its names were compared with `fleetUrl` then
 */
export function fleetServerNotes(
  deployment: ResolvedDeployment,
  server: FleetServer,
  namesKnown: boolean,
): readonly Note[] {
  return applicable([
    ...versionNotes(deployment),
    ...certificateNotes(deployment, server),
    nameNote(deployment, server, namesKnown),
    ...listenerNotes(deployment, server),
    ...elasticsearchNotes(deployment, server),
    ...roleNotes(server),
    ...keyNotes(deployment),
    ...guideNotes(deployment),
    ...accountNotes(deployment),
    ...(deployment.os === 'container'
      ? [...containerNotes(deployment), twoFilesInContainer(server)]
      : hostNotes(deployment)),
  ]);
}

function listenerNotes(deployment: ResolvedDeployment, server: FleetServer): readonly Candidate[] {
  const { agent, os } = deployment;
  return [
    server.clientAuth !== 'required' && {
      code: 'client_auth_not_required',
      severity: 'warning',
      message: `With --fleet-server-client-auth=${server.clientAuth} Fleet Server lets in agents without a certificate too: use "required" once every agent has one.`,
      source: ENROLL,
    },
    !has(deployment.stackVersion, 'clientNameIgnored') && {
      code: 'fleet_server_checks_client_name',
      severity: 'warning',
      message:
        "Fleet Server before 8.16.2 also compares the names in the agents' certificates with its own host name and refuses agents whose names differ: upgrade it, or let it run with ssl.verification_mode: certificate.",
      source: 'elastic-agent-libs 0.14.0, commit 4babafd',
    },
    deployment.fleetEnrollmentToken === undefined &&
      !movesOver(deployment) && {
        code: 'enrollment_token_of_policy',
        severity: 'info',
        message:
          'No enrollment token is needed here: Fleet Server enrolls its own agent with the token of its policy.',
        source: ENROLL_CMD,
      },
    server.policyId === undefined && {
      code: 'policy_id_missing',
      severity: 'warning',
      message:
        'Without fleetServer.policyId Fleet Server waits for the policy that Fleet calls its default for Fleet Servers: name the policy where you made one of your own.',
      source: 'elastic-agent internal/pkg/agent/cmd/container.go, FLEET_SERVER_POLICY_ID',
    },
    agent.unprivileged &&
      os === 'linux' &&
      server.port < 1024 && {
        code: 'privileged_port',
        severity: 'warning',
        message: `An unprivileged agent may not listen on port ${server.port}: use a port from 1024 on, or allow it with net.ipv4.ip_unprivileged_port_start.`,
        source: 'Linux, ip(7); elastic.co, Run Elastic Agent without administrative privileges',
      },
  ];
}

/** What the listener shows, where two CAs meet; and what the host does not have. */
function certificateNotes(deployment: ResolvedDeployment, server: FleetServer): readonly Candidate[] {
  const { listener, certificateAuthorities, showsCertificate } = server;
  const [other] = certificateAuthorities;
  return [
    listener.foreign && {
      code: 'listener_keeps_certificate',
      severity: 'info',
      message: `The listener shows ${listener.certificate}, which fleetseal does not renew: agents verify it by the same CA, so their kits need this trust.fleetServer too. The certificate of fleetseal is that of the host's own agent${showsCertificate ? ' and of the client to Elasticsearch' : ''}.`,
      source: 'elastic-agent docs/agent-fleet-server-ES-CAs-certificates-usage.md',
    },
    !listener.foreign &&
      certificateAuthorities.length > 1 && {
        code: 'second_ca_not_of_listener',
        severity: 'warning',
        message: `The listener shows fleetseal's certificate: every agent must trust fleetseal's roots (ca.crt), ${other} alone does not verify it and only lets in agents with certificates of that CA. Where the listener has a certificate of that CA, name its files in fleetServer.listenerCertificatePath and listenerKeyPath.`,
        source: ENROLL,
      },
    {
      code: 'fleet_server_needs_own_output',
      severity: 'warning',
      message: `The output of agents names agent.crt and agent.key, which this host does not have: give the policy of Fleet Server an output of its own with ${kitPaths(deployment).certificate} and its key, or also write a certificate of profile agent here.`,
      source: 'elastic.co, Logstash output settings, client SSL certificate',
    },
  ];
}

/** By which names agents find the host, where no rule could compare them with the certificate. */
function nameNote(
  { fleetUrl }: ResolvedDeployment,
  { listener }: FleetServer,
  namesKnown: boolean,
): Candidate {
  if (namesKnown && !listener.foreign) return undefined;
  const message = listener.foreign
    ? `Agents compare the host of fleetUrl, ${new URL(fleetUrl).hostname}, with the DNS names and IP addresses of ${listener.certificate}: it must be among them, and so must every other name by which agents reach this host.`
    : `Enroll with ${namesToAsk([fleetUrl])}, and with every other name by which agents reach this host: they refuse it under a name that its certificate does not hold.`;
  return {
    code: 'fleet_url_in_certificate',
    severity: 'warning',
    message,
    source: 'elastic-agent-libs transport/tlscommon/tls_config.go',
  };
}

function elasticsearchNotes(deployment: ResolvedDeployment, server: FleetServer): readonly Candidate[] {
  const { elasticsearch, serviceTokenPath, caFingerprint } = server;
  return [
    !movesOver(deployment) && {
      code: 'service_token_without_newline',
      severity: 'warning',
      message: `Write the service token (Kibana, Fleet, Add Fleet Server; or POST /_security/service/elastic/fleet-server/credential/token) to ${serviceTokenPath} before you install, with nothing behind it: Fleet Server does not cut off a newline and could not log in.`,
      source: OUTPUT,
    },
    !/^https:\/\/(?:\[[^\]]*\]|[^/:]*):\d+/i.test(elasticsearch.url) && {
      code: 'elasticsearch_port_9200',
      severity: 'warning',
      message: `${elasticsearch.url} names no port, for which Fleet Server takes 9200 and not 443: write the port out, on Elastic Cloud :443.`,
      source: OUTPUT,
    },
    caFingerprint !== undefined && {
      code: 'ca_fingerprint_needs_chain',
      severity: 'info',
      message:
        'The fingerprint is found only if Elasticsearch sends that CA certificate along with its own. It is given in hex without colons, which Elastic Agent could not read.',
      source: 'elastic-agent-libs transport/tlscommon/tls_config.go',
    },
    elasticsearch.ca !== undefined && {
      code: 'elasticsearch_ca_is_one_path',
      severity: 'info',
      message:
        "--fleet-server-es-ca takes one path. Elastic's page on certificate rotation shows two with a comma, which fails: put several CAs into the one file.",
      source: 'elastic.co, Rotate SSL/TLS CA certificates; elastic-agent enroll.go (9.x)',
    },
    deployment.agent.proxy.url !== undefined && {
      code: 'proxy_is_for_elasticsearch',
      severity: 'info',
      message:
        'On a Fleet Server host --proxy-url stands between Fleet Server and Elasticsearch; its own agent never uses a proxy to reach it.',
      source: ENROLL,
    },
  ];
}

function roleNotes({ showsCertificate, certificateAuthorities }: FleetServer): readonly Candidate[] {
  const list =
    certificateAuthorities.length > 1 ? 'two files, joined by a comma without a space' : 'one file';
  return [
    {
      code: 'guide_lacks_client_auth',
      severity: 'info',
      message:
        "Elastic's guide leaves --fleet-server-client-auth out. Its default is none, with which Fleet Server asks for no certificate at all.",
      source: `${GUIDE}; elastic-agent enroll.go (9.x)`,
    },
    {
      code: 'guide_lacks_own_client_certificate',
      severity: 'info',
      message:
        "Elastic's guide leaves --elastic-agent-cert out for this host. Its own agent connects to Fleet Server (localhost:8221) like any other and is asked for a certificate.",
      source: `${GUIDE}; elastic-agent docs/agent-fleet-server-ES-CAs-certificates-usage.md`,
    },
    {
      code: 'certificate_authorities_has_two_roles',
      severity: 'info',
      message: `--certificate-authorities (here ${list}) verifies Fleet Server for the host's own agent and, for Fleet Server, the certificates of all agents; the guide says that Fleet Server connects to agents, which it never does.`,
      source: `${GUIDE}; elastic-agent enroll.go (9.x)`,
    },
    showsCertificate
      ? {
          code: 'elasticsearch_client_certificate',
          severity: 'info',
          message:
            'Fleet Server shows the certificate of fleetseal to Elasticsearch, or to a proxy in front of it. Elasticsearch asks for it where xpack.security.http.ssl.client_authentication is optional or required; the key cannot be encrypted, since there is no flag for its passphrase.',
          source: ENROLL,
        }
      : {
          code: 'elasticsearch_client_certificate_left_out',
          severity: 'warning',
          message:
            'Fleet Server shows no certificate to Elasticsearch: it cannot connect where xpack.security.http.ssl.client_authentication is required.',
          source: 'elastic.co, Elasticsearch security settings',
        },
  ];
}

function twoFilesInContainer({ certificateAuthorities }: FleetServer): Candidate {
  return (
    certificateAuthorities.length > 1 && {
      code: 'container_two_ca_files',
      severity: 'warning',
      message: `FLEET_CA names two files. Versions from ${releasesWith('containerCaOverride')} read it again at every start, and Elastic does not say that they split it at the comma then: if the agent does not start, join both into one file and name that.`,
      source: 'elastic/elastic-agent#15427',
    }
  );
}
