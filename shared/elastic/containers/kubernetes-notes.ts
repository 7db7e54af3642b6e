import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { type Candidate, info, warning } from '../kit/note.ts';
import { SAVED } from './kubernetes.ts';
import { AGENT_CONTAINER, nodeDirectory, restartsToRenew } from './pod-patch.ts';

const MANIFEST = 'elastic-agent deploy/kubernetes/elastic-agent-managed-kubernetes.yaml (9.1)';

/** The notes of the pods and their token. */
export function kubernetesNotes(deployment: ResolvedDeployment): readonly Candidate[] {
  const container = deployment.container;
  const { namespace, workload, tokenSecret } = container;
  return [
    warning(
      'kubernetes_patch',
      `Save manifests as ${SAVED.manifests} and patches as ${SAVED.patches}. The patch changes the DaemonSet ${workload} in ${namespace}, with the container ${AGENT_CONTAINER}, which you have created from Elastic's manifest. Before you apply that manifest again, remove its FLEET_ variables, or kubectl apply is refused (valueFrom may not be specified when value is not empty).`,
      `${MANIFEST}; kubernetes/kubernetes#46861`,
    ),
    info(
      'kubernetes_files',
      `You do not have to write the files: every pod makes its key on its node, below ${nodeDirectory(container)}, and enrolls with the node's name. The directory is on the node because a directory of the pod would cost one use of the token for each new pod.`,
      'kubernetes.io, Volumes, hostPath and emptyDir',
    ),
    warning(
      'kubernetes_nodes',
      `A hostPath volume needs the Pod Security level privileged in ${namespace}, or on OpenShift a security context constraint that allows it. With SELinux, run chcon -Rt svirt_sandbox_file_t /var/lib/fleetseal on every node, or the pods cannot write there. GKE Autopilot and Windows nodes are not supported. container.image must be available for the architecture of every node.`,
      'kubernetes.io, Pod Security Standards; elastic.co, Grant privileged permissions to Beats; Deploy a standalone Elastic Agent and/or Beats (GKE Autopilot)',
    ),
    info(
      'kubernetes_node_leaves',
      `If a node leaves the cluster and its disk is kept, remove ${nodeDirectory(container)} from it: it holds a private key.`,
      'kubernetes.io, Volumes, hostPath',
    ),
    warning(
      'kubernetes_token',
      `Create the pods' token with POST /v1/tokens and tokenRequest: allow one use for each node, also for those that join later, such as those of autoscaling, and replace {{EGRESS_CIDR}} with the networks from which the nodes reach the service. Run the first command with the token in FLEETSEAL_TOKEN and the service's address, without a path, in FLEETSEAL_URL.`,
      'this service, POST /v1/tokens',
    ),
    warning(
      'kubernetes_token_ends',
      `A token is valid for a year at most. When it has expired or its uses are spent, no new node enrolls; nodes that have a certificate renew it without a token. Create another token before that, and run the first command again: pods read ${tokenSecret} at the next attempt, without a restart.`,
      'this service, POST /v1/tokens',
    ),
    info(
      'kubernetes_node_names',
      'Compare the names that kubectl get nodes prints with names.commonName of the token: "*" matches no dot, so nodes such as ip-10-0-0-1.eu-central-1.compute.internal need "*.eu-central-1.compute.internal". Two clusters whose nodes have the same names replace each other\'s certificates: use different names, with a pattern for each token, or give each cluster an authority of its own. On a node whose name has more than 64 characters, the pod does not start, and its log gives the reason.',
      'this service, POST /v1/tokens; RFC 5280, ub-common-name',
    ),
    warning(
      'kubernetes_token_reach',
      `Anyone who can read the Secret ${tokenSecret}, or run a pod in ${namespace}, can get a certificate with the name of any node: allow both to administrators only.`,
      'kubernetes.io, Good practices for Kubernetes Secrets',
    ),
    info(
      'kubernetes_renewal',
      `The container fleetseal-renew checks once an hour whether it is time to renew, and renews with a new key by a proof of the present one, without the token. It enrolls again only where the service does not renew the certificate, as after a revocation; its log gives the reason. Do not give the token a certificateLifetime below PT6H. ${restartsToRenew(deployment) ? 'The liveness probe then makes the kubelet restart the agent, which reads the files only when it starts.' : 'The agent reads the new files by itself.'}`,
      'elastic/beats#50444; kubernetes.io, Configure Liveness, Readiness and Startup Probes',
    ),
    restartsToRenew(deployment) &&
      info(
        'kubernetes_changed_cas',
        `When you change the CAs of trust, they reach the files about an hour after kubectl apply, but only a new certificate restarts the agent: run kubectl rollout restart daemonset/${workload} --namespace=${namespace}.`,
        'kubernetes.io, Configure a Pod to Use a ConfigMap, mounted ConfigMaps are updated automatically',
      ),
  ];
}
