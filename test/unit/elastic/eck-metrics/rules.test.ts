import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { EckSettings } from '../../../../shared/elastic/deployment/fields/eck.ts';
import { eckKit, eckRefusals, PROXY_IMAGE } from './kits.ts';

type Row = readonly [what: string, EckSettings, Deployment, field: string, words: string];

describe('a deployment of ECK metrics is refused', () => {
  const rows: readonly Row[] = [
    ['for a version that is none', { eckVersion: '3.5' }, {}, '/eck/eckVersion', 'such as 3.5.0'],
    [
      'before metrics could be secured',
      { eckVersion: '2.11.1' },
      {},
      '/eck/eckVersion',
      'upgrade it to 2.16.0',
    ],
    ['for another way to install', { install: 'olm' }, {}, '/eck/install', 'use one of helm, manifests'],
    [
      'without an image of the proxy before 2.16',
      { eckVersion: '2.15.0' },
      {},
      '/eck/kubeRbacProxyImage',
      'kubeRbacProxyImage is required',
    ],
    [
      'with the image that is gone',
      { eckVersion: '2.15.0', kubeRbacProxyImage: 'gcr.io/kubebuilder/kube-rbac-proxy:v0.15.0' },
      {},
      '/eck/kubeRbacProxyImage',
      'shut down in 2025',
    ],
    [
      'with a proxy that is not needed',
      { kubeRbacProxyImage: PROXY_IMAGE },
      {},
      '/eck/kubeRbacProxyImage',
      'leave it out',
    ],
    ['for an image that is none', { jobImage: '$(reboot)' }, {}, '/eck/jobImage', 'name of an image'],
    ['for a name that is none', { secretName: "a'b" }, {}, '/eck/secretName', 'Kubernetes name of 1 to 57'],
    ['for a name that is too long', { operatorName: 'a'.repeat(41) }, {}, '/eck/operatorName', '1 to 40'],
    [
      'for two Secrets of one name in one namespace',
      { secretName: 'tls', caSecretName: 'tls', prometheusNamespace: 'elastic-system' },
      {},
      '/eck/caSecretName',
      'use different names',
    ],
    [
      'for a domain with a dot at its end',
      { clusterDomain: 'cluster.local.' },
      {},
      '/eck/clusterDomain',
      'dot',
    ],
    ['for a privileged port', { metricsPort: 443 }, {}, '/eck/metricsPort', '1024 to 65535'],
    ['for half a port', { metricsPort: 8081.5 }, {}, '/eck/metricsPort', 'whole number'],
    ["for the webhook's port", { metricsPort: 9443 }, {}, '/eck/metricsPort', 'such as 8443'],
    [
      'for the port of the health probes',
      { metricsPort: 8081, eckVersion: '3.6.0' },
      {},
      '/eck/metricsPort',
      "metricsPort 8081 conflicts with the operator's health probes, which listen on 8081 from ECK 3.6.0: use another, such as 8443, or leave it out",
    ],
    ...['2.12.0', '2.13.0', '2.14.0'].map(
      (eckVersion): Row => [
        `for the chart ${eckVersion}, which Helm cannot render`,
        { eckVersion, install: 'helm', kubeRbacProxyImage: PROXY_IMAGE },
        {},
        '/eck/eckVersion',
        `the chart of ECK ${eckVersion} cannot render a ServiceMonitor that verifies the endpoint (fixed in 2.15.0): upgrade ECK to 2.15.0 or later, best 2.16.0 or later, or set eck.install to "manifests" if it was installed from manifests`,
      ],
    ),
    [
      "for the webhook's port behind the proxy",
      { metricsPort: 9442, eckVersion: '2.15.0', kubeRbacProxyImage: PROXY_IMAGE },
      {},
      '/eck/metricsPort',
      'such as 8443',
    ],
    [
      'for a name that the certificate lacks',
      { operatorNamespace: 'ops' },
      {},
      '#/dnsNames',
      "Prometheus checks the name elastic-operator-metrics.ops.svc, which is not among the certificate's DNS names and IP addresses (it has elastic-operator-metrics.elastic-system.svc, elastic-operator-metrics.elastic-system.svc.cluster.local): add it to dnsNames (and to names.dns of the token), or correct operatorName and operatorNamespace",
    ],
    [
      'with a passphrase',
      {},
      { keyPassphraseFile: '/p' },
      '/keyPassphraseFile',
      'the ECK operator cannot read an encrypted key. Leave it out',
    ],
    ['with a trust of its own', {}, { trust: { fleetServer: 'system' } }, '/trust', 'Leave it out'],
    ['with a version of the stack', {}, { stackVersion: '9.5.2' }, '/stackVersion', 'eck.eckVersion'],
    ['for a shell that it does not speak', {}, { os: 'windows' }, '/os', 'POSIX shell'],
    ['for an unknown system', {}, { os: 'plan9' }, '/os', 'one of linux'],
    ['with a Fleet Server', {}, { fleetUrl: 'https://fleet' }, '/fleetUrl', 'does not apply'],
    [
      'in another model',
      {},
      { model: 'on-premises', os: 'linux' },
      '/model',
      'no kit for the profile eck-metrics',
    ],
  ];
  test.each(rows)('%s', (_, eck, more, field, words) => {
    const [error, ...others] = eckRefusals(eck, more);
    expect(error?.pointer).toBe(field.startsWith('#') ? field : `#/deployment${field}`);
    expect(error?.detail).toContain(words);
    expect(others).toEqual([]);
  });

  test('not for names that are not known yet', () => {
    expect(
      eckKit({ operatorNamespace: 'ops' }, {}, { dnsNames: undefined }).kubernetes.commands[0],
    ).toContain(
      '"dnsNames":["elastic-operator-metrics.ops.svc","elastic-operator-metrics.ops.svc.cluster.local"]',
    );
  });

  test.each([
    { eckVersion: '3.5.0', metricsPort: 8081 },
    { eckVersion: '3.6.0', metricsPort: 8082 },
    { eckVersion: '3.6.0' },
    { eckVersion: '2.15.0', kubeRbacProxyImage: PROXY_IMAGE },
    { eckVersion: '2.14.0', install: 'manifests', kubeRbacProxyImage: PROXY_IMAGE },
  ])('not $eckVersion, port $metricsPort, by $install', (eck) => {
    expect(() => eckKit(eck)).not.toThrow();
  });
});
