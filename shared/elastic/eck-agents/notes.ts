import { CHECKS_CLIENT_NAME } from '../agent/client-name-note.ts';
import { type EckAgent, FIRST_MANAGED, workloadOf } from '../deployment/eck-agent.ts';
import { NEWEST_ECK } from '../deployment/fields/eck.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { FEATURES, has, isBefore, lacks, withoutFeature } from '../deployment/versions.ts';
import { applicable, type Candidate, info, type Note, warning } from '../kit/note.ts';
import { ENROLLING } from '../kubernetes/enroll-script.ts';
import { newerEckNote } from '../kubernetes/newer-eck-note.ts';
import { rolloutRestart } from './activation.ts';
import { SAVED } from './commands.ts';
import { renewalName } from './secret.ts';

const FLEET_DOC = 'elastic.co, Fleet Server client certificate authentication on ECK';
const ELASTICSEARCH_DOC = 'elastic.co, Elasticsearch client certificate authentication on ECK';
const RECIPE = 'elastic/cloud-on-k8s config/recipes/mtls/manual/README.asciidoc';
const BUNDLE = 'elastic/cloud-on-k8s pkg/controller/common/certificates/client_cert_reconcile.go';
const DRIVER = 'elastic/cloud-on-k8s pkg/controller/agent/driver.go';

const MANAGED_FROM = `ECK manages client certificates only for Fleet Server ${FEATURES.eckClientAuthentication.join(', ')} and later releases of each line`;

/** The notes of the kit, the general ones first. */
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
    !agent.eckVersionKnown &&
      info(
        'eck_version_missing',
        `The request has no eck.eckVersion, so this kit is the one for ${NEWEST_ECK}. Before 3.5.0, Agents have no clientCertificateSecretName and need another kit: set eck.eckVersion.`,
        `${FLEET_DOC}; ${ELASTICSEARCH_DOC}`,
      ),
    newerEckNote(eckVersion, FLEET_DOC),
    way === 'managed' &&
      !agent.licenceKnown &&
      warning(
        'eck_enterprise_license',
        'ECK requires client certificates only with an Enterprise licence or trial. Without one, it ignores these fields, reports that only in an event on the resource, and admits every agent without a certificate. Set eck.enterpriseLicense to false to get a kit that needs no licence, or to true to remove this note.',
        `${FLEET_DOC}; ${DRIVER}`,
      ),
    way === 'managed' &&
      profile !== 'output-client' &&
      deployment.stackVersion === undefined &&
      warning(
        'eck_fleet_server_version',
        `${MANAGED_FROM}: set stackVersion to get a kit for an older one.`,
        FLEET_DOC,
      ),
    way === 'mounted' &&
      info(
        'eck_certificate_mounted',
        `${whyMounted(agent, deployment)}, so this kit mounts the certificate in the pod template, as Elastic's recipe for manual mutual TLS does, which needs no licence. Do the same for the Fleet Server and all of its agents.`,
        RECIPE,
      ),
  ];
}

function whyMounted(agent: EckAgent, { stackVersion }: ResolvedDeployment): string {
  if (isBefore(agent.eckVersion, FIRST_MANAGED))
    return 'ECK manages client certificates of Agents only from 3.5.0';
  if (lacks(stackVersion, 'eckClientAuthentication')) return MANAGED_FROM;
  if (agent.clientAuth !== 'required') return `ECK does not support clientAuth "${agent.clientAuth}"`;
  return 'ECK manages client certificates only with an Enterprise licence';
}

function peerNotes(agent: EckAgent, deployment: ResolvedDeployment): readonly Candidate[] {
  return [
    agent.notUsed.length > 0 &&
      info(
        'eck_connects_by_references',
        `ECK sets what its pods connect to, and with which token, from kibanaRef, fleetServerRef, elasticsearchRefs and policyID of the Agent: the kit does not use ${agent.notUsed.join(', ')} of the request.`,
        'elastic/cloud-on-k8s pkg/controller/agent/pod.go, getFleetModeEnvVars',
      ),
    agent.profile === 'agent' &&
      agent.way === 'managed' &&
      info(
        'eck_fleet_server_must_ask',
        'ECK uses clientCertificateSecretName only if the Fleet Server of fleetServerRef has spec.http.tls.client.authentication: true, which the kit of a certificate of profile fleet-server sets.',
        FLEET_DOC,
      ),
    agent.profile === 'agent' &&
      agent.way === 'mounted' &&
      !has(deployment.stackVersion, 'clientNameIgnored') &&
      CHECKS_CLIENT_NAME,
    agent.profile === 'agent' &&
      agent.way === 'mounted' &&
      info(
        'eck_output_in_kibana',
        "If Elasticsearch asks for certificates too, add the lines of output.yaml and the CA of Elasticsearch to ssl of an output in xpack.fleet.outputs of the Kibana resource. They go to every agent whose policy uses that output. Fleet Server's own agent has no files at these paths, so give its policy another output, or mount its Secret there too, as Elastic's recipe does.",
        RECIPE,
      ),
    agent.profile !== 'fleet-server' &&
      warning(
        'eck_shared_certificate',
        `All pods of ${agent.name} share this one certificate and key, so a revocation affects all of them. To give each pod its own certificate, use the runtime "kubernetes".`,
        FLEET_DOC,
      ),
    agent.profile === 'output-client' &&
      info(
        'eck_elasticsearch_must_ask',
        'ECK uses clientCertificateSecretName only if the Elasticsearch of elasticsearchRefs has spec.http.tls.client.authentication: true. For a Fleet Server, it copies certificate and key into the namespaces of all Agents that refer to it, which then present the same certificate.',
        `${ELASTICSEARCH_DOC}; elastic/cloud-on-k8s pkg/controller/association/controller/agent_fleetserver.go`,
      ),
  ];
}

function fleetServerNotes(agent: EckAgent): readonly Candidate[] {
  const managed = agent.way === 'managed';
  return [
    managed &&
      info(
        'eck_trust_bundle',
        'ECK collects the certificates of its Agents, each with its whole tls.crt, and Fleet Server trusts those instead of roots. The tls.crt of this kit includes the issuer, so Fleet Server accepts every client certificate of that issuer, also renewed ones and those of agents outside the cluster. It refuses outside agents with a certificate from another issuer of fleetseal: if you have any, set eck.enterpriseLicense to false to get a kit that trusts the roots.',
        `${BUNDLE}; ${DRIVER}`,
      ),
    managed &&
      warning(
        'eck_not_for_elasticsearch',
        `Do not name ${agent.secretName} in elasticsearchRefs: ECK would copy Fleet Server's private key into the namespaces of all its agents. If Elasticsearch asks for certificates, ECK makes one, or uses one of profile output-client.`,
        'elastic/cloud-on-k8s pkg/controller/association/controller/agent_fleetserver.go',
      ),
    !managed &&
      info(
        'eck_recipe_corrected',
        "Elastic's recipe sets CERTIFICATE_AUTHORITIES, which Elastic Agent does not read. Fleet Server verifies agents with FLEET_CA, which is the Secret's ca.crt here, with fleetseal's roots.",
        `${RECIPE}; elastic-agent internal/pkg/agent/cmd/setup_config.go`,
      ),
    !managed &&
      agent.showsCertificate &&
      info(
        'eck_elasticsearch_optional',
        "Fleet Server presents its certificate if Elasticsearch asks for one, and Elasticsearch must trust fleetseal's roots. If it does not, set fleetServer.elasticsearchClientCertificate to false. ECK lets you set client_authentication to optional yourself; required is possible only as spec.http.tls.client.authentication, with a licence.",
        RECIPE,
      ),
    info(
      'eck_ca_in_secret',
      "ECK gives the Secret's ca.crt to the agents of the cluster to verify Fleet Server. Without it, they would use the CAs of their system.",
      `${DRIVER}, DisableInternalCADefaulting`,
    ),
  ];
}

function renewalNotes(agent: EckAgent, deployment: ResolvedDeployment): readonly Candidate[] {
  const reloads = has(deployment.stackVersion, 'reload');
  const mountedAgent = agent.profile === 'agent' && agent.way === 'mounted';
  return [
    agent.profile === 'fleet-server' &&
      info(
        'eck_restarts_fleet_server',
        'ECK restarts the pods of Fleet Server, one by one, when its certificate changes, and if ECK manages client certificates, also when the certificate of one of its Agents does: run more than one replica.',
        `${DRIVER}, configHash`,
      ),
    agent.profile !== 'fleet-server' &&
      agent.way === 'managed' &&
      info(
        'eck_restarts_agents',
        `ECK restarts the pods when a client certificate changes, as its maintainers confirmed for client certificates of Elasticsearch.${reloads ? ' Agents of this version also read a renewed one by themselves.' : ' A user reports otherwise, so check after the first renewal that the pods are younger than the certificate. From 9.5.0, agents read a renewed one by themselves.'}`,
        'elastic/cloud-on-k8s#9661, #9707',
      ),
    mountedAgent && {
      code: 'eck_does_not_watch',
      severity: reloads ? 'info' : 'warning',
      message: reloads
        ? 'ECK does not watch the mounted Secret and restarts nothing when it changes, but Elastic Agent of this version reads it again by itself.'
        : `ECK does not watch the mounted Secret and restarts nothing when it changes, and Elastic Agent reads it again by itself only from 9.5.0. ${agent.image === undefined ? `Run ${rolloutRestart(agent)} after each renewal` : `The job therefore restarts ${workloadOf(agent)}, as its role allows`}.`,
      source: RECIPE,
    },
    !has(deployment.stackVersion, 'containerOverrides') &&
      warning(
        'eck_stored_enrollment',
        `${withoutFeature(deployment.stackVersion, 'containerOverrides')}, pods that are already enrolled keep the paths of their enrollment, since their state is on the node: set FLEET_FORCE to 1 in the pod template for one start to enroll them again.`,
        'elastic/elastic-agent#14408; elastic/cloud-on-k8s pkg/controller/agent/pod.go, createDataVolume',
      ),
  ];
}

function jobNotes(agent: EckAgent, deployment: ResolvedDeployment): readonly Candidate[] {
  const { image, profile, way } = agent;
  return [
    profile === 'fleet-server' &&
      deployment.keyKind !== 'rsa' &&
      info(
        'eck_ec_key_form',
        'ECK reads an elliptic curve key of Fleet Server only in the form EC PRIVATE KEY, which the kit uses. Old releases of ECK read only RSA keys.',
        'elastic/cloud-on-k8s pkg/controller/common/certificates/pem.go',
      ),
    info(
      'eck_save_parts',
      `Create the Agent first. Then run the commands in order, up to the first that fails${image === undefined ? '' : `, in the directory where you saved kubernetes.manifests as ${SAVED}`}, with permission to change the Agent. They need ${image === undefined ? ENROLLING : 'kubectl'}.${profile === 'output-client' ? '' : ' If you keep the Agent in a manifest, merge kubernetes.patches into it instead of running the command that patches it.'}${way === 'mounted' ? ' That command does not change an Agent with containers or volumes of its own.' : ''}`,
      'this service',
    ),
    image === undefined
      ? warning(
          'eck_renewal_manual',
          'Without container.image, the key is made where you run kubectl, and nothing renews the certificate: run the first command again before it expires. To have it made and renewed in the cluster, set container.image to an image with sh, kubectl, openssl, curl and sed.',
          'this service',
        )
      : info(
          'eck_renewal_in_cluster',
          `The CronJob ${renewalName(agent)} makes the keys in the cluster, and renews when the service says that it is time, by a proof of the present key. Its role allows access only to the Secret ${agent.secretName}. Apart from it, only those who may read Secrets in ${agent.namespace} see the key.`,
          'this service',
        ),
    warning(
      'eck_token',
      `Create the bootstrap token with POST /v1/tokens and tokenRequest, after you replace {{EGRESS_CIDR}} with the networks from which ${image === undefined ? 'you reach' : 'the nodes reach'} the service. Put the token into FLEETSEAL_TOKEN and the service's address, without a path, into FLEETSEAL_URL.${image === undefined ? '' : ` It is for the first certificate. Create another, and run the first command again, only where the service does not renew the certificate, as after a revocation: the log of the job gives the reason.`}`,
      'this service, POST /v1/tokens',
    ),
  ];
}
