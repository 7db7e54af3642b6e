/**
 * The parts of Elastic's DaemonSet (elastic-agent-managed-kubernetes.yaml, 9.1) that a patch could harm: names,
 * variables, mounts and volumes as in the manifest, the rest left out.
 */
export const DAEMON_SET = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'elastic-agent', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { 'app.kubernetes.io/name': 'elastic-agent' } },
    template: {
      metadata: { labels: { 'app.kubernetes.io/name': 'elastic-agent' } },
      spec: {
        serviceAccountName: 'elastic-agent',
        hostNetwork: true,
        dnsPolicy: 'ClusterFirstWithHostNet',
        containers: [
          {
            name: 'elastic-agent',
            image: 'docker.elastic.co/elastic-agent/elastic-agent:9.1.10',
            env: [
              { name: 'FLEET_ENROLL', value: '1' },
              // As in the manifest of 8.3; that of 9.1 has false.
              { name: 'FLEET_INSECURE', value: 'true' },
              { name: 'FLEET_URL', value: 'https://fleet-server:8220' },
              { name: 'FLEET_ENROLLMENT_TOKEN', value: 'token-id' },
              { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            ],
            securityContext: { runAsUser: 0 },
            volumeMounts: [
              { name: 'varlog', mountPath: '/var/log', readOnly: true },
              { name: 'elastic-agent-state', mountPath: '/usr/share/elastic-agent/state' },
            ],
          },
        ],
        volumes: [
          { name: 'varlog', hostPath: { path: '/var/log' } },
          {
            name: 'elastic-agent-state',
            hostPath: {
              path: '/var/lib/elastic-agent-managed/kube-system/state',
              type: 'DirectoryOrCreate',
            },
          },
        ],
      },
    },
  },
};
