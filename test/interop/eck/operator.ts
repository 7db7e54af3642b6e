/**
 * The parts of the operator's StatefulSet in Elastic's manifests that a patch could harm: names, ports and mounts as in
 * the release, the rest left out.
 */
export const OPERATOR = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'elastic-operator', namespace: 'elastic-system' },
  spec: {
    selector: { matchLabels: { 'control-plane': 'elastic-operator' } },
    serviceName: 'elastic-operator',
    replicas: 1,
    template: {
      metadata: { labels: { 'control-plane': 'elastic-operator' } },
      spec: {
        serviceAccountName: 'elastic-operator',
        securityContext: { runAsNonRoot: true },
        containers: [
          {
            name: 'manager',
            image: 'docker.elastic.co/eck/eck-operator',
            args: ['manager', '--config=/conf/eck.yaml'],
            securityContext: { readOnlyRootFilesystem: true },
            env: [{ name: 'WEBHOOK_SECRET', value: 'elastic-webhook-server-cert' }],
            ports: [{ containerPort: 9443, name: 'https-webhook', protocol: 'TCP' }],
            volumeMounts: [
              { mountPath: '/conf', name: 'conf', readOnly: true },
              { mountPath: '/tmp/k8s-webhook-server/serving-certs', name: 'cert', readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: 'conf', configMap: { name: 'elastic-operator' } },
          { name: 'cert', secret: { defaultMode: 420, secretName: 'elastic-webhook-server-cert' } },
        ],
      },
    },
  },
};
