import * as z from 'zod/mini';
import { describeFormat, freeText } from '../schema.ts';
import { HEADER_NAME } from './formats.ts';

/*
 * The form of `deployment`: which fields there are and of which type. What they may say is checked by
 * `shared/elastic/deployment.ts`, all rules at once and each with its reason: so a field with a table of values is a
 * string here, and an unknown value is answered in our words. Every string is a `freeText`. A test compares the two at compile time. What a field
 * means is said where the description of the API is made, by a table that knows every field: functions need not load it.
 */

const trust = z.union(
  [
    z.enum(['fleetseal', 'system']),
    z.strictObject({ pem: freeText({ lineBreaks: true }) }),
    z.strictObject({ path: freeText() }),
  ],
  'must be "fleetseal", "system", { "pem": "-----BEGIN CERTIFICATE-----..." } or { "path": "/etc/ssl/own-ca.crt" }',
);

const string = z.optional(freeText());
const boolean = z.optional(z.boolean());
const integer = z.optional(z.int().check(z.nonnegative()));
const headers = z.optional(z.record(freeText().check(describeFormat(HEADER_NAME)), freeText()));

const agent = z.strictObject({
  alreadyEnrolled: boolean,
  unprivileged: boolean,
  user: string,
  group: string,
  tags: z.optional(z.array(freeText())),
  headers,
  proxy: z.optional(z.strictObject({ url: string, headers, disabled: boolean })),
  elasticDefend: boolean,
  fips: boolean,
});

const fleetServer = z.strictObject({
  policyId: string,
  serviceTokenPath: string,
  bindHost: string,
  port: integer,
  clientAuth: string,
  listenerCertificatePath: string,
  listenerKeyPath: string,
  listenerKeyPassphrasePath: string,
  elasticsearchUrl: string,
  elasticsearchCaFingerprint: string,
  elasticsearchClientCertificate: boolean,
});

const output = z.strictObject({
  id: string,
  type: string,
  name: string,
  hosts: z.optional(z.array(freeText())),
  isDefault: boolean,
  isDefaultMonitoring: boolean,
  form: string,
  kafka: z.optional(z.strictObject({ topic: string, version: string })),
  remote: z.optional(z.strictObject({ kibanaUrl: string })),
});

const proxy = z.strictObject({
  kind: string,
  fleetUrl: string,
  elasticsearchUrl: string,
  upstream: z.optional(z.strictObject({ fleetUrl: string, elasticsearchUrl: string })),
});

const eck = z.strictObject({
  eckVersion: string,
  install: string,
  helmRelease: string,
  operatorName: string,
  operatorNamespace: string,
  clusterDomain: string,
  prometheusName: string,
  prometheusNamespace: string,
  prometheusServiceAccount: string,
  secretName: string,
  caSecretName: string,
  metricsPort: integer,
  kubeRbacProxyImage: string,
  jobImage: string,
  enterpriseLicense: boolean,
  workloadKind: string,
});

const container = z.strictObject({
  runtime: string,
  namespace: string,
  workload: string,
  tokenSecret: string,
  image: string,
  uid: integer,
});

/** `deployment` of a request; unknown fields are refused. */
export const deploymentSchema = z
  .strictObject({
    model: string,
    stackVersion: string,
    os: string,
    fleetUrl: string,
    fleetEnrollmentToken: string,
    directory: string,
    keyPassphraseFile: string,
    agent: z.optional(agent),
    fleetServer: z.optional(fleetServer),
    outputs: z.optional(z.array(output)),
    proxy: z.optional(proxy),
    eck: z.optional(eck),
    container: z.optional(container),
    trust: z.optional(
      z.strictObject({
        fleetServer: z.optional(trust),
        elasticsearch: z.optional(trust),
        logstash: z.optional(trust),
        kafka: z.optional(trust),
        proxy: z.optional(trust),
      }),
    ),
  })
  .check(z.meta({ id: 'Deployment' }));
