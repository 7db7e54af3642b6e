import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { at } from '../../../support/json.ts';
import { PEM } from '../rendering.ts';
import { eckKit, eckRefusals, manifestsOf, NAME, PROXY_IMAGE } from './kits.ts';

const noteOf = (kit: ReturnType<typeof eckKit>, code: string) =>
  kit.notes.find((note) => note.code === code)?.message;

describe("OpenShift's monitoring of user workloads", () => {
  const OPENSHIFT = { prometheusFlavor: 'openshift' };

  // prometheus-operator, resource_selector.go, testForArbitraryFSAccess: a ServiceMonitor that names a file is ignored.
  test.each(['helm', 'manifests'])('gets a ServiceMonitor that names no files, by %s', (install) => {
    const found = manifestsOf(eckKit({ ...OPENSHIFT, install }));
    const name = install === 'helm' ? 'elastic-operator-metrics' : 'elastic-operator';
    const monitor = found[`ServiceMonitor ${name}`];
    expect(at(monitor, 'metadata.namespace')).toBe('elastic-system');
    expect(at(monitor, 'spec.endpoints.0')).toEqual({
      port: 'https',
      path: '/metrics',
      scheme: 'https',
      interval: '30s',
      authorization: { credentials: { name: 'elastic-operator-metrics-reader-token', key: 'token' } },
      tlsConfig: {
        ca: { secret: { name: 'eck-metrics-tls-ca', key: 'ca.crt' } },
        serverName: NAME,
        insecureSkipVerify: false,
      },
    });
  });

  test('reads both Secrets beside the ServiceMonitor, where it looks for them', () => {
    const found = manifestsOf(eckKit(OPENSHIFT));
    const namespace = 'elastic-system';
    expect(found['Secret eck-metrics-tls-ca']).toMatchObject({
      metadata: { namespace },
      stringData: { 'ca.crt': PEM.root },
    });
    expect(found['ServiceAccount elastic-operator-metrics-reader']).toMatchObject({
      metadata: { namespace },
      automountServiceAccountToken: false,
    });
    expect(found['Secret elastic-operator-metrics-reader-token']).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'elastic-operator-metrics-reader-token',
        namespace,
        annotations: { 'kubernetes.io/service-account.name': 'elastic-operator-metrics-reader' },
      },
      type: 'kubernetes.io/service-account-token',
    });
    expect(at(found['ClusterRoleBinding elastic-operator-metrics-reader'], 'subjects')).toEqual([
      { kind: 'ServiceAccount', name: 'elastic-operator-metrics-reader', namespace },
    ]);
  });

  test('finds the Service of the chart, whose own ServiceMonitor is off', () => {
    const kit = eckKit({ ...OPENSHIFT, helmRelease: 'eck' });
    expect(at(manifestsOf(kit)['ServiceMonitor elastic-operator-metrics'], 'spec.selector')).toEqual({
      matchLabels: {
        'app.kubernetes.io/name': 'elastic-operator-metrics-service',
        'app.kubernetes.io/instance': 'eck',
      },
    });
    expect(parse(kit.kubernetes.helmValues ?? '').serviceMonitor.enabled).toBe(false);
  });

  test("is not patched: OpenShift's own operator would undo it", () => {
    const kit = eckKit(OPENSHIFT);
    expect(kit.kubernetes.commands.join('\n')).not.toContain('prometheus.monitoring.coreos.com');
    expect(noteOf(kit, 'openshift_user_workload')).toBe(
      'OpenShift must monitor user workloads: enableUserWorkload: true in config.yaml of the ConfigMap cluster-monitoring-config in openshift-monitoring. It reads the roots and the token from Secrets beside the ServiceMonitor, so Prometheus itself is not changed.',
    );
    for (const code of [
      'prometheus_secrets_in_values',
      'prometheus_file_access',
      'prometheus_selects_service_monitors',
    ])
      expect(noteOf(kit, code)).toBeUndefined();
  });

  test.each(['prometheusName', 'prometheusNamespace', 'prometheusServiceAccount'])('has no %s', (field) => {
    expect(eckRefusals({ ...OPENSHIFT, [field]: 'x' })).toEqual([
      {
        pointer: `#/deployment/eck/${field}`,
        detail: `${field} does not apply to prometheusFlavor "openshift", whose Prometheus belongs to the cluster: leave it out`,
      },
    ]);
  });

  test('needs a chart that can leave its ServiceMonitor out', () => {
    const eck = { ...OPENSHIFT, eckVersion: '2.15.0', kubeRbacProxyImage: PROXY_IMAGE };
    expect(eckRefusals({ ...eck, install: 'helm' })).toEqual([
      {
        pointer: '#/deployment/eck/prometheusFlavor',
        detail:
          'prometheusFlavor "openshift" needs ECK 2.16.0 or later if Helm installed it: the charts before cannot leave out their own ServiceMonitor, which OpenShift ignores. Upgrade ECK',
      },
    ]);
    expect(() => eckKit({ ...eck, install: 'manifests' })).not.toThrow();
  });

  test('has the roots in the namespace of the operator, so their Secret needs a name of its own', () => {
    expect(eckRefusals({ ...OPENSHIFT, secretName: 'tls', caSecretName: 'tls' })[0]?.pointer).toBe(
      '#/deployment/eck/caSecretName',
    );
  });
});

describe('the chart kube-prometheus-stack', () => {
  const kit = eckKit({ prometheusFlavor: 'kube-prometheus-stack' });

  test('has names of its own', () => {
    expect(kit.kubernetes.commands.join('\n')).toContain(
      'prometheus.monitoring.coreos.com/kube-prometheus-stack-prometheus --namespace=monitoring',
    );
    expect(
      at(manifestsOf(kit)['ClusterRoleBinding elastic-operator-metrics-reader'], 'subjects.0.name'),
    ).toBe('kube-prometheus-stack-prometheus');
  });

  test('which its release changes, and a caller may give', () => {
    const own = eckKit({ prometheusFlavor: 'kube-prometheus-stack', prometheusName: 'mine' });
    expect(own.kubernetes.commands.join('\n')).toContain('prometheus.monitoring.coreos.com/mine ');
    const words =
      'These are the names of a release kube-prometheus-stack in monitoring. Compare them with kubectl get prometheus --all-namespaces: for another release, set prometheusName and prometheusServiceAccount, both its full name and -prometheus (for the release prometheus: prometheus-kube-prometheus-prometheus), and prometheusNamespace.';
    expect(noteOf(kit, 'prometheus_stack_names')).toBe(words);
    expect(noteOf(eckKit(), 'prometheus_stack_names')).toBeUndefined();
  });

  test('selects only its own ServiceMonitors, in every namespace', () => {
    const inOne = eckKit(
      { prometheusFlavor: 'kube-prometheus-stack', operatorNamespace: 'monitoring' },
      {},
      { dnsNames: undefined },
    );
    expect(noteOf(inOne, 'prometheus_selects_service_monitors')).toContain(
      'serviceMonitorSelectorNilUsesHelmValues: false',
    );
    const plain = eckKit({ operatorNamespace: 'monitoring' }, {}, { dnsNames: undefined });
    expect(noteOf(plain, 'prometheus_selects_service_monitors')).toBeUndefined();
  });
});

test('another flavor is refused', () => {
  expect(eckRefusals({ prometheusFlavor: 'stack' })).toEqual([
    {
      pointer: '#/deployment/eck/prometheusFlavor',
      detail:
        'prometheusFlavor "stack" is not supported: use one of kube-prometheus, kube-prometheus-stack, openshift. Did you mean "kube-prometheus-stack"?',
    },
  ]);
});

test('a kit that names files says where it does not work, and which flavor does', () => {
  expect(noteOf(eckKit(), 'prometheus_file_access')).toBe(
    'A Prometheus with spec.arbitraryFSAccessThroughSMs.deny: true ignores ServiceMonitors that name files, as this one does (caFile, bearerTokenFile). So does OpenShift\'s monitoring of user workloads: set eck.prometheusFlavor to "openshift" for both.',
  );
});
