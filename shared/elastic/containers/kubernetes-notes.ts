import type { ResolvedDeployment } from '../deployment.ts';
import type { Candidate } from '../note.ts';
import { SAVED, USES_A_YEAR } from './kubernetes.ts';
import { AGENT_CONTAINER, nodeDirectory, restartsToRenew } from './pod-patch.ts';
import { resolveContainer } from './settings.ts';

const MANIFEST = 'elastic-agent deploy/kubernetes/elastic-agent-managed-kubernetes.yaml (9.1)';

/** What a reader should know of the pods and their token. */
export function kubernetesNotes(deployment: ResolvedDeployment): readonly Candidate[] {
  const container = resolveContainer(deployment.asked.container);
  const { namespace, workload, tokenSecret } = container;
  return [
    {
      code: 'kubernetes_patch',
      severity: 'warning',
      message: `Save manifests as ${SAVED.manifests} and patches as ${SAVED.patches}. The patch is for Elastic's manifest, applied before: a DaemonSet ${workload} in ${namespace} whose container is ${AGENT_CONTAINER}. kubectl apply of that manifest is refused afterwards (valueFrom may not be specified when value is not empty): take the FLEET_ variables out of it first.`,
      source: `${MANIFEST}; kubernetes/kubernetes#46861`,
    },
    {
      code: 'kubernetes_files',
      severity: 'info',
      message: `Nobody has to write the files: every pod makes its key on its node, below ${nodeDirectory(container)}, and enrolls in the node's name. The directory is the node's and not the pod's: otherwise each new pod would be a new enrollment, and use the token up.`,
      source: 'kubernetes.io, Volumes, hostPath and emptyDir',
    },
    {
      code: 'kubernetes_nodes',
      severity: 'warning',
      message: `A hostPath volume needs the Pod Security level privileged in ${namespace}, on OpenShift a security context constraint that allows it. With SELinux, run chcon -Rt svirt_sandbox_file_t /var/lib/fleetseal on every node, or the pods cannot write there. GKE Autopilot allows no such volume, and nodes with Windows are not served. container.image must be there for the architecture of every node.`,
      source:
        'kubernetes.io, Pod Security Standards; elastic.co, Grant privileged permissions to Beats; Deploy a standalone Elastic Agent and/or Beats (GKE Autopilot)',
    },
    {
      code: 'kubernetes_node_leaves',
      severity: 'info',
      message: `Where a node leaves the cluster and its disk stays, remove ${nodeDirectory(container)} there: it holds a private key.`,
      source: 'kubernetes.io, Volumes, hostPath',
    },
    {
      code: 'kubernetes_token',
      severity: 'warning',
      message: `Make the pods' token by POST /v1/tokens with tokenRequest: count ${USES_A_YEAR} uses for each node and year and one more for each node that is made anew, as autoscaling does, and put the networks from which the nodes reach the service in the place of {{EGRESS_CIDR}}. Run the first command with it in FLEETSEAL_TOKEN and the service's address, without a path, in FLEETSEAL_URL.`,
      source: 'this service, POST /v1/tokens',
    },
    {
      code: 'kubernetes_token_ends',
      severity: 'warning',
      message: `A token lives a year at most. When it has ended, or its uses are spent, agents go on until their certificates end, but none is renewed and no new node enrolls. Before that, make another and run the first command again: pods read ${tokenSecret} at the next try, without a restart.`,
      source: 'this service, POST /v1/tokens',
    },
    {
      code: 'kubernetes_node_names',
      severity: 'info',
      message:
        'Compare the names of kubectl get nodes with names.commonName of the token: "*" stands for no dot, so nodes such as ip-10-0-0-1.eu-central-1.compute.internal need "*.eu-central-1.compute.internal". Two clusters whose nodes have the same names take them from each other: let the names differ, with a pattern for each token, or give each cluster an authority of its own. The pod of a node whose name has more than 64 characters does not start, and its log says so.',
      source: 'this service, POST /v1/tokens; RFC 5280, ub-common-name',
    },
    {
      code: 'kubernetes_token_reach',
      severity: 'warning',
      message: `Who can read the Secret ${tokenSecret}, or run a pod in ${namespace}, can get a certificate in the name of any node: keep both to administrators.`,
      source: 'kubernetes.io, Good practices for Kubernetes Secrets',
    },
    {
      code: 'kubernetes_renewal',
      severity: 'info',
      message: `The container fleetseal-renew looks once an hour, and enrolls again with a new key once a third of the certificate's life is left. So give the token no certificateLifetime below PT6H. ${restartsToRenew(deployment) ? 'The liveness probe then has the kubelet start the agent anew: it reads the files at its start only.' : 'The agent reads the new files by itself.'}`,
      source: 'elastic/beats#50444; kubernetes.io, Configure Liveness, Readiness and Startup Probes',
    },
    restartsToRenew(deployment) && {
      code: 'kubernetes_changed_cas',
      severity: 'info',
      message: `Changed CAs of trust reach the files about an hour after kubectl apply, but only a new certificate restarts the agent: run kubectl rollout restart daemonset/${workload} --namespace=${namespace}.`,
      source:
        'kubernetes.io, Configure a Pod to Use a ConfigMap, mounted ConfigMaps are updated automatically',
    },
  ];
}
