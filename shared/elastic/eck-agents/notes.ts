import { DAY } from '../../domain/duration.ts';
import type { ResolvedDeployment } from '../deployment.ts';
import { NEWEST_ECK, newerEckNote } from '../eck.ts';
import { renewsBefore } from '../kubernetes/renewal.ts';
import { applicable, type Candidate, type Note } from '../note.ts';
import { FEATURES, has, isBefore, lacks, releasesWith } from '../versions.ts';
import { SAVED } from './commands.ts';
import { renewalName } from './secret.ts';
import { type EckAgent, FIRST_MANAGED, workloadOf } from './settings.ts';

const FLEET_DOC = 'elastic.co, Fleet Server client certificate authentication on ECK';
const ELASTICSEARCH_DOC = 'elastic.co, Elasticsearch client certificate authentication on ECK';
const RECIPE = 'elastic/cloud-on-k8s config/recipes/mtls/manual/README.asciidoc';
const BUNDLE = 'elastic/cloud-on-k8s pkg/controller/common/certificates/client_cert_reconcile.go';
const DRIVER = 'elastic/cloud-on-k8s pkg/controller/agent/driver.go';

const MANAGED_FROM = `ECK manages client certificates for Fleet Server ${FEATURES.eckClientAuthentication.join(', ')} and later of each line`;

/** What a reader of the kit should know, the general first. */
export function eckAgentNotes(agent: EckAgent, deployment: ResolvedDeployment): readonly Note[] {
  return applicable([
    ...wayNotes(agent, deployment),
    ...peerNotes(agent, deployment),
    ...(agent.profile === 'fleet-server' ? fleetServerNotes(agent) : []),
    ...renewalNotes(agent, deployment),
    ...jobNotes(agent, deployment),
  ]);
}

function wayNotes(agent: EckAgent, deployment: ResolvedDeployment): readonly Candidate[] {
  const { way, eckVersion, profile } = agent;
  return [
    !agent.eckVersionKnown && {
      code: 'eck_version_missing',
      severity: 'info',
      message: `The kit was rendered without eck.eckVersion, as for ${NEWEST_ECK}: before 3.5.0 Agents have no clientCertificateSecretName, and another kit is needed.`,
      source: `${FLEET_DOC}; ${ELASTICSEARCH_DOC}`,
    },
    newerEckNote(eckVersion, FLEET_DOC),
    way === 'managed' &&
      !agent.licenceKnown && {
        code: 'eck_enterprise_license',
        severity: 'warning',
        message:
          'ECK asks for client certificates with an Enterprise licence or trial only: without one it ignores these fields, with a mere event on the resource, and every agent gets in without a certificate. Say eck.enterpriseLicense false to get a kit that needs no licence, true to lose this note.',
        source: `${FLEET_DOC}; ${DRIVER}`,
      },
    way === 'managed' &&
      profile !== 'output-client' &&
      deployment.stackVersion === undefined && {
        code: 'eck_fleet_server_version',
        severity: 'warning',
        message: `${MANAGED_FROM}: say stackVersion to get a kit that fits an older one.`,
        source: FLEET_DOC,
      },
    way === 'mounted' && {
      code: 'eck_certificate_mounted',
      severity: 'info',
      message: `${whyMounted(agent, deployment)}: the certificate is set in the pod template, as in Elastic's recipe for mutual TLS by hand, which needs no licence. Use the same way for the Fleet Server and all of its agents.`,
      source: RECIPE,
    },
  ];
}

function whyMounted(agent: EckAgent, { stackVersion }: ResolvedDeployment): string {
  if (isBefore(agent.eckVersion, FIRST_MANAGED))
    return 'ECK manages client certificates of Agents from 3.5.0';
  if (lacks(stackVersion, 'eckClientAuthentication')) return MANAGED_FROM;
  if (agent.clientAuth !== 'required') return `ECK manages no clientAuth "${agent.clientAuth}"`;
  return 'ECK manages client certificates with an Enterprise licence only';
}

function peerNotes(agent: EckAgent, deployment: ResolvedDeployment): readonly Candidate[] {
  const { asked } = deployment;
  const given = [
    asked.fleetUrl !== undefined && 'fleetUrl',
    asked.fleetEnrollmentToken !== undefined && 'fleetEnrollmentToken',
    asked.fleetServer?.elasticsearchUrl !== undefined && 'fleetServer.elasticsearchUrl',
  ].filter((field) => field !== false);
  return [
    given.length > 0 && {
      code: 'eck_connects_by_references',
      severity: 'info',
      message: `ECK tells its pods what they connect to and with which token, from kibanaRef, fleetServerRef, elasticsearchRefs and policyID of the Agent: ${given.join(', ')} of the request ${given.length === 1 ? 'is' : 'are'} not in the kit.`,
      source: 'elastic/cloud-on-k8s pkg/controller/agent/pod.go, getFleetModeEnvVars',
    },
    agent.profile === 'agent' &&
      agent.way === 'managed' && {
        code: 'eck_fleet_server_must_ask',
        severity: 'info',
        message:
          'ECK uses clientCertificateSecretName only where the Fleet Server of fleetServerRef has spec.http.tls.client.authentication: true: see the kit of a certificate of profile fleet-server.',
        source: FLEET_DOC,
      },
    agent.profile === 'agent' &&
      agent.way === 'mounted' &&
      !has(deployment.stackVersion, 'clientNameIgnored') && {
        code: 'fleet_server_checks_client_name',
        severity: 'warning',
        message:
          "Fleet Server before 8.16.2 also compares the names in the agent's certificate with its own host name and refuses the agent if they differ: upgrade it.",
        source: 'elastic-agent-libs 0.14.0, commit 4babafd',
      },
    agent.profile === 'agent' &&
      agent.way === 'mounted' && {
        code: 'eck_output_in_kibana',
        severity: 'info',
        message:
          "Where Elasticsearch asks for certificates too, put the lines of output.yaml, with the CA of Elasticsearch, under ssl of an output in xpack.fleet.outputs of the Kibana resource. They go to every agent of its policies: Fleet Server's own agent has no files there, so leave its policy another output, or mount its Secret there too, as Elastic's recipe does.",
        source: RECIPE,
      },
    agent.profile !== 'fleet-server' && {
      code: 'eck_shared_certificate',
      severity: 'warning',
      message: `All pods of ${agent.name} share this one certificate and key: what is done to it, revocation above all, is done to all of them. For a certificate of each pod use the runtime "kubernetes".`,
      source: FLEET_DOC,
    },
    agent.profile === 'output-client' && {
      code: 'eck_elasticsearch_must_ask',
      severity: 'info',
      message:
        'ECK uses clientCertificateSecretName only where the Elasticsearch of elasticsearchRefs has spec.http.tls.client.authentication: true. On a Fleet Server it copies certificate and key into the namespaces of all Agents that refer to it, which then show the same certificate.',
      source: `${ELASTICSEARCH_DOC}; elastic/cloud-on-k8s pkg/controller/association/controller/agent_fleetserver.go`,
    },
  ];
}

function fleetServerNotes(agent: EckAgent): readonly Candidate[] {
  const managed = agent.way === 'managed';
  return [
    managed && {
      code: 'eck_trust_bundle',
      severity: 'info',
      message:
        "Fleet Server trusts the certificates themselves that ECK collects from its Agents, each with the whole of its tls.crt. Since this kit's hold their issuer, every client certificate of that issuer is let in: renewed ones at once, and those of agents outside the cluster. Agents outside whose certificate is of another issuer of fleetseal are not: for those set eck.enterpriseLicense to false, whose kit trusts the roots.",
      source: `${BUNDLE}; ${DRIVER}`,
    },
    managed && {
      code: 'eck_not_for_elasticsearch',
      severity: 'warning',
      message: `Do not name ${agent.secretName} in elasticsearchRefs: ECK would copy Fleet Server's private key into the namespaces of all its agents. Where Elasticsearch asks for certificates, ECK makes one, or takes one of profile output-client.`,
      source: 'elastic/cloud-on-k8s pkg/controller/association/controller/agent_fleetserver.go',
    },
    !managed && {
      code: 'eck_recipe_corrected',
      severity: 'info',
      message:
        "The recipe sets CERTIFICATE_AUTHORITIES, which Elastic Agent does not read: what verifies the agents is FLEET_CA, here the ca.crt of the Secret with fleetseal's roots.",
      source: `${RECIPE}; elastic-agent internal/pkg/agent/cmd/setup_config.go`,
    },
    !managed &&
      agent.showsCertificate && {
        code: 'eck_elasticsearch_optional',
        severity: 'info',
        message:
          'Fleet Server shows its certificate to Elasticsearch if that asks: ECK allows client_authentication: optional by hand, required only as spec.http.tls.client.authentication with a licence, and Elasticsearch must trust the roots of fleetseal. Where it does not, set fleetServer.elasticsearchClientCertificate to false.',
        source: RECIPE,
      },
    {
      code: 'eck_ca_in_secret',
      severity: 'info',
      message:
        'The ca.crt in the Secret is what ECK hands to the agents of the cluster to verify Fleet Server: without it they would use the CAs of their system.',
      source: `${DRIVER}, DisableInternalCADefaulting`,
    },
  ];
}

function renewalNotes(agent: EckAgent, deployment: ResolvedDeployment): readonly Candidate[] {
  const reloads = has(deployment.stackVersion, 'reload');
  const mountedAgent = agent.profile === 'agent' && agent.way === 'mounted';
  return [
    agent.profile === 'fleet-server' && {
      code: 'eck_restarts_fleet_server',
      severity: 'info',
      message:
        'ECK restarts the pods of Fleet Server, one by one, when its certificate changes, and where it manages client certificates also when that of one of its Agents does: have more than one replica.',
      source: `${DRIVER}, configHash`,
    },
    agent.profile !== 'fleet-server' &&
      agent.way === 'managed' && {
        code: 'eck_restarts_agents',
        severity: 'info',
        message: `ECK restarts the pods when a client certificate changes, as its maintainers found for those of Elasticsearch; ${reloads ? 'from 9.5.0 agents read a renewed one by themselves too' : 'a report says otherwise, so look after the first renewal that they are younger than the certificate. From 9.5.0 agents read a renewed one by themselves'}.`,
        source: 'elastic/cloud-on-k8s#9661, #9707',
      },
    mountedAgent && {
      code: 'eck_does_not_watch',
      severity: reloads ? 'info' : 'warning',
      message: reloads
        ? 'ECK does not know of the mounted Secret and restarts nothing when it is renewed: from 9.5.0 Elastic Agent reads it by itself.'
        : `ECK does not know of the mounted Secret and restarts nothing when it is renewed, and Elastic Agent reads it by itself only from 9.5.0: ${agent.image === undefined ? `run kubectl rollout restart ${workloadOf(agent)} --namespace=${agent.namespace} after each renewal` : `so the job restarts ${workloadOf(agent)}, which its role allows`}.`,
      source: RECIPE,
    },
    !has(deployment.stackVersion, 'containerOverrides') && {
      code: 'eck_stored_enrollment',
      severity: 'warning',
      message: `Pods that are enrolled already keep the paths of their enrollment before ${releasesWith('containerOverrides')}, since their state is on the node: set FLEET_FORCE to 1 in the pod template for one start to enroll them again.`,
      source:
        'elastic/elastic-agent#14408; elastic/cloud-on-k8s pkg/controller/agent/pod.go, createDataVolume',
    },
  ];
}

function jobNotes(agent: EckAgent, deployment: ResolvedDeployment): readonly Candidate[] {
  const { image, profile, way } = agent;
  return [
    profile === 'fleet-server' &&
      deployment.keyKind !== 'rsa' && {
        code: 'eck_ec_key_form',
        severity: 'info',
        message:
          'ECK reads an elliptic curve key of Fleet Server only as EC PRIVATE KEY, in which form the kit makes it; old releases of ECK read RSA keys only.',
        source: 'elastic/cloud-on-k8s pkg/controller/common/certificates/pem.go',
      },
    {
      code: 'eck_save_parts',
      severity: 'info',
      message: `Run the commands in their order${image === undefined ? '' : `, where kubernetes.manifests is saved as ${SAVED}`}, as one who may change the Agent, once it is there.${profile === 'output-client' ? '' : ' Those who keep manifests merge kubernetes.patches into the Agent instead of the command that patches it.'}${way === 'mounted' ? ' That command does nothing to an Agent with containers or volumes of its own.' : ''}`,
      source: 'this service',
    },
    image === undefined
      ? {
          code: 'eck_renewal_manual',
          severity: 'warning',
          message:
            'Without container.image the key is made where you run kubectl, and nothing renews the certificate: run the first command again before it ends. Name an image with sh, kubectl, openssl, curl and sed to have it made and renewed in the cluster.',
          source: 'this service',
        }
      : {
          code: 'eck_renewal_in_cluster',
          severity: 'info',
          message: `The CronJob ${renewalName(agent)} makes the key in the cluster and enrolls again, with a new key, once less than ${renewsBefore(profile) / DAY} days are left. It may touch the one Secret ${agent.secretName}; nobody else sees the key but who may read Secrets of ${agent.namespace}.`,
          source: 'this service',
        },
    {
      code: 'eck_token',
      severity: 'warning',
      message: `Make the bootstrap token by POST /v1/tokens with tokenRequest, with the networks from which ${image === undefined ? 'you reach' : 'the nodes reach'} the service in the place of {{EGRESS_CIDR}}. Put it into FLEETSEAL_TOKEN and the service's address, without a path, into FLEETSEAL_URL.${image === undefined ? '' : ` A token lives a year at most: before that make another and run the first command again, or nothing is renewed.`}`,
      source: 'this service, POST /v1/tokens',
    },
  ];
}
