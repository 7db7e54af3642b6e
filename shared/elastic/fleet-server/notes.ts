import { CHECKS_CLIENT_NAME } from '../agent/client-name-note.ts';
import { guideNotes } from '../agent/guide-notes.ts';
import { hostNotes, keyNotes, versionNotes } from '../agent/notes.ts';
import { accountNotes } from '../agent/privilege-notes.ts';
import { containerNotes } from '../containers/notes.ts';
import type { FleetServer } from '../deployment/fleet-server.ts';
import { movesOver } from '../deployment/move.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { namesToAsk } from '../deployment/server-names.ts';
import { portOf } from '../deployment/url-port.ts';
import { has, lacks, releasesWith } from '../deployment/versions.ts';
import { applicable, type Candidate, GUIDE, type Note } from '../kit/note.ts';

const ENROLL = 'elastic-agent internal/pkg/agent/cmd/enroll.go (9.x)';
const ENROLL_CMD = 'elastic-agent internal/pkg/agent/cmd/enroll_cmd.go (9.x)';
const OUTPUT = 'fleet-server internal/pkg/config/output.go (9.x)';

/**
 * The notes of a Fleet Server host's kit, the general ones first.
 *
 * @param namesKnown - whether the names of the certificate are known, and were compared with `fleetUrl`
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
      : [...hostNotes(deployment), flavorNote(deployment)]),
  ]);
}

/** elastic-agent, dev-tools/packaging/templates/linux/preinstall.sh.tmpl; archives get their flavor from the flags. */
function flavorNote(deployment: ResolvedDeployment): Candidate {
  const { agent, stackVersion } = deployment;
  return (
    agent.fromPackage &&
    !movesOver(deployment) &&
    !lacks(stackVersion, 'packageFlavors') && {
      code: 'package_has_fleet_server',
      severity: 'warning',
      message:
        'From 9.0.0, the package has Fleet Server only if ELASTIC_AGENT_FLAVOR=servers was in the environment of its first installation: if /var/lib/elastic-agent/.flavor does not say servers, remove the package and install it again with that variable.',
      source: 'Elastic Agent release notes 9.0.0, breaking changes',
    }
  );
}

function listenerNotes(deployment: ResolvedDeployment, server: FleetServer): readonly Candidate[] {
  const { agent, os } = deployment;
  const reached = Number(portOf(deployment.fleetUrl));
  return [
    server.clientAuth !== 'required' && {
      code: 'client_auth_not_required',
      severity: 'warning',
      message: `With --fleet-server-client-auth=${server.clientAuth}, Fleet Server also accepts agents without a certificate: use "required" once every agent has one.`,
      source: ENROLL,
    },
    !has(deployment.stackVersion, 'clientNameIgnored') && CHECKS_CLIENT_NAME,
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
        "Without fleetServer.policyId, Fleet Server waits for the policy that is Fleet's default for Fleet Servers: set it if you made a policy of your own.",
      source: 'elastic-agent internal/pkg/agent/cmd/container.go, FLEET_SERVER_POLICY_ID',
    },
    reached !== server.port && {
      code: 'fleet_server_port_differs',
      severity: 'warning',
      message: `Agents connect to port ${reached} of fleetUrl, but Fleet Server listens on ${server.port}: forward the one to the other, or set fleetServer.port to ${reached}.`,
      source: ENROLL_CMD,
    },
    agent.unprivileged &&
      os === 'linux' &&
      server.port < 1024 && {
        code: 'privileged_port',
        severity: 'warning',
        message: `An unprivileged agent may not listen on port ${server.port}: use port 1024 or higher, or allow it with net.ipv4.ip_unprivileged_port_start.`,
        source: 'Linux, ip(7); elastic.co, Run Elastic Agent without administrative privileges',
      },
  ];
}

/** About the listener's certificate where there are two CAs, and the output's files, which the host does not have. */
function certificateNotes(deployment: ResolvedDeployment, server: FleetServer): readonly Candidate[] {
  const { listener, certificateAuthorities, showsCertificate } = server;
  const [other] = certificateAuthorities;
  return [
    listener.foreign && {
      code: 'listener_keeps_certificate',
      severity: 'info',
      message: `The listener presents ${listener.certificate}, which fleetseal does not renew. All agents verify it with the CA of trust.fleetServer, so their kits need the same setting. The host's own agent presents fleetseal's certificate${showsCertificate ? ', and Fleet Server presents it to Elasticsearch' : ''}.`,
      source: 'elastic-agent docs/agent-fleet-server-ES-CAs-certificates-usage.md',
    },
    !listener.foreign &&
      certificateAuthorities.length > 1 && {
        code: 'second_ca_not_of_listener',
        severity: 'warning',
        message: `The listener presents fleetseal's certificate, so every agent must trust fleetseal's roots (ca.crt): ${other} does not verify it, and only admits agents with certificates of that CA. If the listener has a certificate of that CA, give its files in fleetServer.listenerCertificatePath and listenerKeyPath.`,
        source: ENROLL,
      },
    {
      code: 'fleet_server_needs_own_output',
      severity: 'warning',
      message: `The agents' output names agent.crt and agent.key, which this host does not have: give Fleet Server's policy an output of its own with ${deployment.paths.certificate} and its key, or write a certificate of profile agent to this host too.`,
      source: 'elastic.co, Logstash output settings, client SSL certificate',
    },
  ];
}

/** About the names by which agents reach the host, where no rule could compare them with the certificate. */
function nameNote(
  { fleetUrl }: ResolvedDeployment,
  { listener }: FleetServer,
  namesKnown: boolean,
): Candidate {
  if (namesKnown && !listener.foreign) return undefined;
  const message = listener.foreign
    ? `Agents compare the host of fleetUrl, ${new URL(fleetUrl).hostname}, with the DNS names and IP addresses in ${listener.certificate}: it must be among them, and so must every other name by which agents reach this host.`
    : `Enroll with ${namesToAsk([fleetUrl])}, and with every other name by which agents reach this host: they refuse it under any name that is not in its certificate.`;
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
      message: `Write the service token (Kibana, Fleet, Add Fleet Server; or POST /_security/service/elastic/fleet-server/credential/token) to ${serviceTokenPath} before you install, without a newline at the end: Fleet Server does not remove one, and could not log in.`,
      source: OUTPUT,
    },
    caFingerprint !== undefined && {
      code: 'ca_fingerprint_needs_chain',
      severity: 'info',
      message:
        'The fingerprint is found only if Elasticsearch sends that CA certificate along with its own. The kit gives it without colons, because Elastic Agent cannot read them.',
      source: 'elastic-agent-libs transport/tlscommon/tls_config.go',
    },
    elasticsearch.ca !== undefined && {
      code: 'elasticsearch_ca_is_one_path',
      severity: 'info',
      message:
        "--fleet-server-es-ca takes one path. Elastic's page on certificate rotation shows two with a comma, which fails: put several CAs into one file.",
      source: 'elastic.co, Rotate SSL/TLS CA certificates; elastic-agent enroll.go (9.x)',
    },
    deployment.agent.proxy.url !== undefined && {
      code: 'proxy_is_for_elasticsearch',
      severity: 'info',
      message:
        "On a Fleet Server host, --proxy-url is the proxy between Fleet Server and Elasticsearch. The host's own agent never uses a proxy to reach Fleet Server.",
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
        "Elastic's guide omits --fleet-server-client-auth. Its default is none: Fleet Server then asks for no certificate at all.",
      source: `${GUIDE}; elastic-agent enroll.go (9.x)`,
    },
    {
      code: 'guide_lacks_own_client_certificate',
      severity: 'info',
      message:
        "Elastic's guide omits --elastic-agent-cert for this host. The host's own agent connects to Fleet Server (localhost:8221) like any other, and is asked for a certificate too.",
      source: `${GUIDE}; elastic-agent docs/agent-fleet-server-ES-CAs-certificates-usage.md`,
    },
    {
      code: 'certificate_authorities_has_two_roles',
      severity: 'info',
      message: `--certificate-authorities (here ${list}) has two uses: with it, the host's own agent verifies Fleet Server, and Fleet Server verifies the certificates of all agents. The guide says that Fleet Server connects to agents, which it never does.`,
      source: `${GUIDE}; elastic-agent enroll.go (9.x)`,
    },
    showsCertificate
      ? {
          code: 'elasticsearch_client_certificate',
          severity: 'info',
          message:
            "Fleet Server presents fleetseal's certificate to Elasticsearch, or to a proxy in front of it. Elasticsearch asks for it if xpack.security.http.ssl.client_authentication is optional or required. The key cannot be encrypted, because there is no flag for its passphrase.",
          source: ENROLL,
        }
      : {
          code: 'elasticsearch_client_certificate_left_out',
          severity: 'warning',
          message:
            'Fleet Server presents no certificate to Elasticsearch: it cannot connect if xpack.security.http.ssl.client_authentication is required.',
          source: 'elastic.co, Elasticsearch security settings',
        },
  ];
}

function twoFilesInContainer({ certificateAuthorities }: FleetServer): Candidate {
  return (
    certificateAuthorities.length > 1 && {
      code: 'container_two_ca_files',
      severity: 'warning',
      message: `FLEET_CA names two files. Versions from ${releasesWith('containerCaOverride')} read it again at every start, and Elastic does not document that they then split it at the comma: if the agent does not start, join both into one file and name that file.`,
      source: 'elastic/elastic-agent#15427',
    }
  );
}
