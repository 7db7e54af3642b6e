import type { Deployment } from './deployment.ts';
import type { Trust } from './fields/trust.ts';

/*
 * What is kept of a deployment with its certificate: all but its secrets. Fleet's enrollment token, the values of
 * headers and logins in addresses are only for the host's commands; a kit that needs them again has placeholders.
 */

type Headers = Readonly<Record<string, string>>;

/** What is kept of a field's value. */
type Treatment<T> = (value: T) => T | undefined;

/** A treatment for every field, at any depth: a field without one does not compile, and is not recorded. */
type Plan<T> = [T] extends [string | number | boolean | readonly string[] | Trust | Headers]
  ? Treatment<T>
  : [T] extends [readonly (infer Item)[]]
    ? readonly [Plan<Item>]
    : { readonly [Field in keyof T]-?: Plan<NonNullable<T[Field]>> };

/** No secret: kept as it is. */
const plain = <T>(value: T): T => value;

/** Not kept at all: the kit has its own placeholder and note for it. */
const secret = (): undefined => undefined;

/** An address without its login: rules refuse most logins, this removes all. */
const address: Treatment<string> = (url) => {
  const [before = '', login] = loginOf(url);
  if (login === undefined) return url;
  const placeholder = login.includes(':') ? `${PROXY_USER}:${PROXY_PASSWORD}` : PROXY_USER;
  return `${before}${placeholder}${url.slice(before.length + login.length)}`;
};

const addresses: Treatment<readonly string[]> = (urls) => urls.flatMap((url) => address(url) ?? []);

/** Header names without their values; all of them, since any may hold a credential. */
const headers =
  (kind: HeaderKind): Treatment<Headers> =>
  (values) =>
    Object.fromEntries(Object.keys(values).map((name) => [name, headerPlaceholder(kind, name)]));

type HeaderKind = 'HEADER' | 'PROXY_HEADER';

function headerPlaceholder(kind: HeaderKind, name: string): string {
  return `{{${kind}_${name}}}`;
}

/** Placeholders for a login, without braces, which an address cannot contain. */
const PROXY_USER = 'PROXY_USER';
const PROXY_PASSWORD = 'PROXY_PASSWORD';

/** What precedes the login of an address, and the login; URLs of http and https need no slashes (WHATWG URL). */
export function loginOf(url: string): readonly (string | undefined)[] {
  return (/^([a-z][a-z0-9+.-]*:[/\\]*)([^/\\?#]*)@/i.exec(url) ?? []).slice(1);
}

const PLAN: Plan<Deployment> = {
  model: plain,
  stackVersion: plain,
  os: plain,
  fleetUrl: address,
  fleetEnrollmentToken: secret,
  directory: plain,
  keyPassphraseFile: plain,
  agent: {
    alreadyEnrolled: plain,
    unprivileged: plain,
    user: plain,
    group: plain,
    tags: plain,
    headers: headers('HEADER'),
    proxy: { url: address, headers: headers('PROXY_HEADER'), disabled: plain },
    elasticDefend: plain,
    fips: plain,
  },
  fleetServer: {
    policyId: plain,
    serviceTokenPath: plain,
    bindHost: plain,
    port: plain,
    clientAuth: plain,
    listenerCertificatePath: plain,
    listenerKeyPath: plain,
    listenerKeyPassphrasePath: plain,
    elasticsearchUrl: address,
    elasticsearchCaFingerprint: plain,
    elasticsearchClientCertificate: plain,
  },
  outputs: [
    {
      id: plain,
      type: plain,
      name: plain,
      hosts: addresses,
      isDefault: plain,
      isDefaultMonitoring: plain,
      form: plain,
      kafka: { topic: plain, version: plain },
      remote: { kibanaUrl: address },
    },
  ],
  proxy: {
    kind: plain,
    fleetUrl: address,
    elasticsearchUrl: address,
    upstream: { fleetUrl: address, elasticsearchUrl: address },
  },
  container: {
    runtime: plain,
    namespace: plain,
    workload: plain,
    // The name of a Kubernetes Secret.
    tokenSecret: plain,
    image: plain,
    uid: plain,
  },
  eck: {
    eckVersion: plain,
    install: plain,
    helmRelease: plain,
    operatorName: plain,
    operatorNamespace: plain,
    clusterDomain: plain,
    prometheusName: plain,
    prometheusNamespace: plain,
    prometheusServiceAccount: plain,
    secretName: plain,
    caSecretName: plain,
    metricsPort: plain,
    kubeRbacProxyImage: plain,
    jobImage: plain,
    enterpriseLicense: plain,
    workloadKind: plain,
  },
  // Certificates and paths, by the rules.
  trust: { fleetServer: plain, elasticsearch: plain, logstash: plain, kafka: plain, proxy: plain },
};

/**
 * A deployment as it is recorded: JSON without secrets, its fields in the order of {@link PLAN}, so that deployments that
 * differ in their secrets or in the order of their fields are recorded alike.
 */
export function recordDeployment(deployment: Deployment): string {
  return JSON.stringify(treated(PLAN, deployment));
}

/**
 * What {@link recordDeployment} wrote, as a request could have said it: no request may hold placeholders, so the values of
 * headers are empty. {@link withPlaceholders} puts them back.
 */
export function parseRecorded(recorded: string): unknown {
  return JSON.parse(recorded, (name, value) =>
    value === headerPlaceholder('HEADER', name) || value === headerPlaceholder('PROXY_HEADER', name)
      ? ''
      : value,
  );
}

/** The deployment with what stands for its secrets: the same as it is recorded. */
export function withPlaceholders(deployment: Deployment): Deployment {
  return JSON.parse(recordDeployment(deployment));
}

type AnyPlan = ((value: never) => unknown) | readonly [AnyPlan] | { readonly [Field in string]: AnyPlan };

function treated(plan: AnyPlan, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (typeof plan === 'function') return plan(value as never);
  if (isList(plan)) return (value as readonly unknown[]).map((item) => treated(plan[0], item));
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(plan).map(([name, part]) => [name, treated(part, fields[name])]));
}

function isList(plan: AnyPlan): plan is readonly [AnyPlan] {
  return Array.isArray(plan);
}
