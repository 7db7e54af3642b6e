import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { at } from '../../../support/json.ts';
import { PEM } from '../rendering.ts';
import { eckKit, manifestsOf, NAME, PROXY_IMAGE, patchOf } from './kits.ts';

const CA_FILE = '/etc/prometheus/secrets/eck-metrics-tls-ca/ca.crt';

describe.each([
  { eckVersion: '2.15.0', native: false },
  { eckVersion: '2.16.0', native: true },
  { eckVersion: '3.0.0', native: true },
  { eckVersion: '3.5.0', native: true },
  { eckVersion: '3.6.0', native: true },
])('ECK $eckVersion', ({ eckVersion, native }) => {
  const image = native ? {} : { kubeRbacProxyImage: PROXY_IMAGE };

  // A release may hold values under the old names, which charts from 2.16 prefer to the new ones.
  test('by Helm: values under the old names and the new ones, and never an unverified scrape', () => {
    const kit = eckKit({ eckVersion, install: 'helm', ...image });
    const verification = {
      caSecret: 'eck-metrics-tls-ca',
      caMountDirectory: '/etc/prometheus/secrets/',
      insecureSkipVerify: false,
    };
    const certificateSecret = 'eck-metrics-tls-certificate';
    expect(parse(kit.kubernetes.helmValues ?? '')).toEqual({
      config: {
        metrics: {
          port: '8443',
          secureMode: { enabled: true, tls: { certificateSecret, ...verification } },
        },
      },
      podMonitor: { enabled: false },
      serviceMonitor: { enabled: true, ...verification },
    });
    const commands = kit.kubernetes.commands.join('\n');
    expect(commands).toContain(
      `helm upgrade elastic-operator eck-operator --repo=https://helm.elastic.co --namespace=elastic-system --version=${eckVersion} --reset-then-reuse-values --values=eck-metrics-values.yaml`,
    );
    // It would bring the old chart's insecureSkipVerify: true along.
    expect(commands).not.toContain(' --reuse-values');
    // The chart's own image is gone, and a pod that never ran is not replaced.
    expect(commands.includes('kubectl set image statefulset/elastic-operator')).toBe(!native);
    expect(commands.includes('kubectl delete pod elastic-operator-0')).toBe(!native);
    expect(Object.keys(manifestsOf(kit))).toEqual([
      'Secret eck-metrics-tls-ca',
      'ClusterRole elastic-operator-metrics-reader',
      'ClusterRoleBinding elastic-operator-metrics-reader',
    ]);
  });

  test('by manifests: what the ServiceMonitor names, the Service has, and what that names, the pod has', () => {
    const kit = eckKit({ eckVersion, install: 'manifests', metricsPort: 9100, ...image });
    const found = manifestsOf(kit);
    const service = found['Service elastic-operator-metrics'];
    const endpoint = at(found['ServiceMonitor elastic-operator'], 'spec.endpoints.0');
    const serving = patchOf(kit).containers.find(({ ports }: { ports?: unknown }) => ports !== undefined);
    expect(at(found['ServiceMonitor elastic-operator'], 'spec.selector.matchLabels')).toEqual(
      at(service, 'metadata.labels'),
    );
    expect(at(endpoint, 'port')).toBe(at(service, 'spec.ports.0.name'));
    expect(at(service, 'spec.ports.0.targetPort')).toBe(serving.ports[0].name);
    expect(serving.ports).toEqual([{ name: 'metrics', containerPort: 9100, protocol: 'TCP' }]);
    expect(serving.name).toBe(native ? 'manager' : 'kube-rbac-proxy');
    expect(at(service, 'spec.selector')).toEqual({ 'control-plane': 'elastic-operator' });
    expect(endpoint).toMatchObject({
      scheme: 'https',
      tlsConfig: { caFile: CA_FILE, serverName: NAME, insecureSkipVerify: false },
      bearerTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    });
    expect(kit.kubernetes).not.toHaveProperty('helmValues');
    expect(kit.kubernetes.commands.join('\n')).not.toContain('helm');
  });

  test('by manifests: the pod mounts the Secret that the commands make, and serves it', () => {
    const kit = eckKit({ eckVersion, install: 'manifests', ...image });
    const { containers, volumes } = patchOf(kit);
    expect(volumes).toEqual([
      { name: 'tls-certificate', secret: { secretName: 'eck-metrics-tls-certificate', defaultMode: 0o644 } },
    ]);
    const mountPath = native ? '/tmp/k8s-metrics-server/serving-certs' : '/tls';
    expect(containers[native ? 0 : 1].volumeMounts).toEqual([
      { name: 'tls-certificate', mountPath, readOnly: true },
    ]);
    const variables = Object.fromEntries(
      containers[0].env.map(({ name, value }: { name: string; value: unknown }) => [name, value]),
    );
    expect(variables).toEqual(
      native
        ? { METRICS_PORT: '8443', METRICS_HOST: '0.0.0.0', METRICS_SECURE: 'true' }
        : { METRICS_PORT: '8444', METRICS_HOST: '127.0.0.1' },
    );
    if (native) {
      expect(containers[1]).toEqual({ name: 'kube-rbac-proxy', $patch: 'delete' });
    } else {
      expect(containers[1]).toMatchObject({
        image: PROXY_IMAGE,
        securityContext: { readOnlyRootFilesystem: true },
      });
      expect(containers[1].args).toEqual(
        expect.arrayContaining([
          '--secure-listen-address=0.0.0.0:8443',
          '--upstream=http://127.0.0.1:8444/',
          '--tls-cert-file=/tls/tls.crt',
          '--tls-private-key-file=/tls/tls.key',
        ]),
      );
    }
    expect(kit.kubernetes.commands[0]).toContain(
      'kubectl create secret tls eck-metrics-tls-certificate --namespace=elastic-system',
    );
    // Nobody's ConfigMap is replaced.
    expect(`${kit.kubernetes.manifests}${kit.kubernetes.commands.join('\n')}`).not.toMatch(/configmap/i);
  });

  test('says that the image of the proxy is gone, where there is one', () => {
    const codes = eckKit({ eckVersion, ...image }).notes.map(({ code }) => code);
    expect(codes.includes('eck_kube_rbac_proxy_image_gone')).toBe(!native);
    // A server that offers only h2 still speaks HTTP/1.1 to clients without ALPN.
    expect(codes).not.toContain('prometheus_http2_needed');
    // The values set both names.
    expect(codes).not.toContain('eck_legacy_values_win');
  });
});

describe('notes on the way in', () => {
  const said = (kit: ReturnType<typeof eckKit>, code: string) =>
    kit.notes.find((note) => note.code === code)?.message;

  test.each([{ eckVersion: '2.16.0' }, { eckVersion: '3.6.0' }, { eckVersion: undefined }])(
    'helm upgrade installs the named chart, also for version $eckVersion',
    ({ eckVersion }) => {
      const target = eckVersion ?? '3.5.0';
      const kit = eckKit({ eckVersion });
      expect(kit.kubernetes.commands.join('\n')).toContain(` --version=${target} `);
      expect(said(kit, 'eck_helm_upgrade')).toBe(
        `helm upgrade installs ECK ${target}, whichever version runs now. Its --reset-then-reuse-values needs Helm 3.14 or later: with an older Helm, save your values with helm get values elastic-operator --namespace=elastic-system --output=yaml and replace that flag with a --values for their file, before the --values of the kit. Do not use --reuse-values: from a chart up to 2.15, it would also keep insecureSkipVerify: true, a default of that chart.`,
      );
      expect(said(eckKit({ eckVersion, install: 'manifests' }), 'eck_helm_upgrade')).toBeUndefined();
    },
  );

  test.each([
    { eckVersion: '3.5.0', metricsPort: 8081, warned: true },
    { eckVersion: undefined, metricsPort: 8081, warned: true },
    { eckVersion: '3.5.0', metricsPort: undefined, warned: false },
  ])(
    'of $eckVersion with port $metricsPort, whether 3.6 will take the port: $warned',
    ({ warned, ...eck }) => {
      expect(said(eckKit(eck), 'eck_metrics_port_taken')).toBe(
        warned
          ? "From ECK 3.6.0, the operator's health probes listen on 8081 too, and the operator does not start: change metricsPort before you upgrade to it."
          : undefined,
      );
    },
  );

  test.each([
    {
      code: 'eck_metrics_off_by_default',
      message:
        "Elastic's guide says that metrics are secured by default from 2.14.0, or from 3.0.0, but no release does that. By default, every chart and the manifests set port 0 and leave secured metrics off; this kit sets both.",
    },
    {
      code: 'eck_secret_commands',
      message:
        'The commands read FLEETSEAL_URL (the address of this service, without /v1) and FLEETSEAL_TOKEN (a bootstrap token, made with POST /v1/tokens and tokenRequest, after you replace {{EGRESS_CIDR}} with the networks from which you reach the service) from the environment. They use the key and the certificate in the files of this kit, create what is missing (also the directory, with sudo if that needs root), and remove both files once the Secret holds them.',
    },
    {
      code: 'eck_renewal_in_cluster',
      message:
        'The CronJob elastic-operator-tls-renewal renews when the service says that it is time, by a proof of the key in the Secret, without a token. Where the service does not renew the certificate, as after a revocation, its log gives the reason: run the first command again.',
    },
  ])('$code', ({ code, message }) => {
    expect(said(eckKit({ jobImage: 'registry.example.com/tools:1' }), code)).toBe(message);
  });
});

describe('what Prometheus gets', () => {
  const found = manifestsOf(eckKit({ install: 'manifests' }));

  test('the roots alone, in its own namespace', () => {
    expect(found['Secret eck-metrics-tls-ca']).toMatchObject({
      metadata: { namespace: 'monitoring' },
      stringData: { 'ca.crt': PEM.root },
    });
  });

  test('the right to read metrics, and no other', () => {
    expect(at(found['ClusterRole elastic-operator-metrics-reader'], 'rules')).toEqual([
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ]);
    expect(at(found['ClusterRoleBinding elastic-operator-metrics-reader'], 'subjects')).toEqual([
      { kind: 'ServiceAccount', name: 'prometheus-k8s', namespace: 'monitoring' },
    ]);
  });

  test('while the operator may ask who scrapes', () => {
    expect(at(found['ClusterRole elastic-operator-metrics-auth'], 'rules')).toEqual([
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    ]);
    expect(at(found['ClusterRoleBinding elastic-operator-metrics-auth'], 'subjects')).toEqual([
      { kind: 'ServiceAccount', name: 'elastic-operator', namespace: 'elastic-system' },
    ]);
  });
});

describe('other names', () => {
  const kit = eckKit(
    {
      install: 'manifests',
      operatorName: 'eck',
      operatorNamespace: 'ops',
      prometheusNamespace: 'prom',
      caSecretName: 'roots',
      secretName: 'endpoint',
      clusterDomain: 'k8s.example.com',
    },
    { os: 'macos', directory: "/Users/me/it's" },
    { dnsNames: ['eck-metrics.ops.svc'] },
  );

  test('are used wherever they belong', () => {
    const found = manifestsOf(kit);
    expect(at(found['ServiceMonitor eck'], 'spec.endpoints.0.tlsConfig')).toEqual({
      caFile: '/etc/prometheus/secrets/roots/ca.crt',
      serverName: 'eck-metrics.ops.svc',
      insecureSkipVerify: false,
    });
    expect(at(found['Secret roots'], 'metadata.namespace')).toBe('prom');
    expect(patchOf(kit).volumes[0].secret.secretName).toBe('endpoint');
    expect(kit.kubernetes.commands.join('\n')).not.toMatch(
      /elastic-system|monitoring(?!\.coreos)|eck-metrics-tls/,
    );
  });

  test('are quoted for the shell', () => {
    expect(kit.kubernetes.commands[0]).toContain(`--key='/Users/me/it'\\''s/eck-metrics.key'`);
  });

  test('are those of the token that the kit proposes, and of every request for a certificate', () => {
    const jobImage = 'registry.example.com/tools:1';
    for (const dnsNames of [['eck-metrics.ops.svc', 'metrics.example.com'], undefined]) {
      const { kubernetes } = eckKit(
        { jobImage, operatorName: 'eck', operatorNamespace: 'ops' },
        {},
        { dnsNames },
      );
      const names = {
        commonName: 'eck-metrics',
        dns: dnsNames ?? ['eck-metrics.ops.svc', 'eck-metrics.ops.svc.cluster.local'],
      };
      expect(kubernetes.tokenRequest).toEqual({
        profile: 'eck-metrics',
        names,
        maxUses: 1,
        expiresIn: 'PT24H',
        onExistingName: 'replace',
        bind: { sourceCidr: ['{{EGRESS_CIDR}}'] },
        description: "Metrics of ECK's operator ops/eck",
      });
      const asked = `"name":"eck-metrics","dnsNames":${JSON.stringify(names.dns)}`;
      expect(kubernetes.commands[0]).toContain(asked);
      expect(JSON.stringify(parseAllDocuments(kubernetes.manifests ?? ''))).toContain(
        JSON.stringify(asked).slice(1, -1),
      );
    }
  });

  test('that the certificate lacks, though Prometheus does not use them, are said', () => {
    const note = kit.notes.find(({ code }) => code === 'eck_long_name_missing');
    expect(note?.message).toContain('eck-metrics.ops.svc.k8s.example.com');
    expect(eckKit().notes.map(({ code }) => code)).not.toContain('eck_long_name_missing');
  });

  test('reach the values of the chart', () => {
    const { kubernetes } = eckKit(
      { operatorName: 'eck' },
      {},
      { dnsNames: ['eck-metrics.elastic-system.svc'] },
    );
    expect(parse(kubernetes.helmValues ?? '').fullnameOverride).toBe('eck');
  });
});

describe('no private key', () => {
  test.each(['helm', 'manifests'])('is in the answer for %s', (install) => {
    const kit = eckKit({ install, jobImage: 'registry.example.com/tools:1' });
    expect(JSON.stringify(kit)).not.toMatch(/PRIVATE KEY/);
    expect(kit.files.filter(({ role }) => role === 'private-key')).toMatchObject([{ source: 'host-key' }]);
  });
});

test('is the same for the same request', () => {
  expect(eckKit({ install: 'manifests' })).toEqual(eckKit({ install: 'manifests' }));
});
