import * as z from 'zod/mini';
import { DEFAULT_DIRECTORIES } from '../paths.ts';
import type { Asked } from './asked.ts';
import { flag, number, text, url } from './field.ts';
import { about } from './words.ts';

/** What `--fleet-server-client-auth` takes (enroll.go, validateEnrollFlags). */
export const CLIENT_AUTH = ['none', 'optional', 'required'] as const;

/** `deployment.fleetServer`: only with profile `fleet-server`. */
export const FLEET_SERVER = z.strictObject({
  policyId: text,
  serviceTokenPath: text,
  bindHost: text,
  port: number,
  clientAuth: text,
  listenerCertificatePath: text,
  listenerKeyPath: text,
  listenerKeyPassphrasePath: text,
  elasticsearchUrl: url,
  elasticsearchCaFingerprint: text,
  elasticsearchClientCertificate: flag,
});

/** @see FLEET_SERVER */
export type FleetServerSettings = Asked<typeof FLEET_SERVER>;

/** Host and port are Fleet Server's own (enroll_cmd.go, defaultFleetServerHost and -Port): flags for them are left out. */
export const FLEET_SERVER_DEFAULTS = {
  bindHost: '0.0.0.0',
  port: 8220,
  clientAuth: 'required',
  elasticsearchClientCertificate: true,
} as const;

/* @__PURE__ */ about(
  FLEET_SERVER,
  () => ({
    policyId: {
      description:
        "Id of the agent policy with the Fleet Server integration. By default Fleet's default one, and a note says so.",
      examples: ['fleet-server-policy'],
    },
    serviceTokenPath: {
      description:
        'Absolute path of a file on the host with the service token of Elasticsearch; not the token itself. By default service-token in directory.',
      examples: [`${DEFAULT_DIRECTORIES.linux}/service-token`],
    },
    bindHost: {
      description: 'IP address or name of this host on which Fleet Server listens, without port.',
    },
    port: {
      description: "Port on which Fleet Server listens; not 8221, which is for the host's own agent.",
      minimum: 1,
      maximum: 65_535,
    },
    clientAuth: {
      description:
        'Whether Fleet Server asks agents for a certificate. Only required enforces mutual TLS; optional checks a certificate only if the agent sends one.',
      enum: CLIENT_AUTH,
    },
    listenerCertificatePath: {
      description:
        "File on the host with a certificate of another CA that the listener keeps, followed by its issuers: agents verify it by trust.fleetServer. Goes with listenerKeyPath. By default the listener presents fleetseal's certificate, which the host's own agent and the client to Elasticsearch use in both cases.",
      examples: ['/etc/pki/tls/fleet.crt'],
    },
    listenerKeyPath: {
      description: 'File on the host with the key of that certificate; not the key itself.',
      examples: ['/etc/pki/tls/fleet.key'],
    },
    listenerKeyPassphrasePath: {
      description: 'File on the host with only the passphrase of that key; not the passphrase itself.',
      examples: ['/etc/pki/tls/fleet.pass'],
    },
    elasticsearchUrl: {
      description:
        'Address of Elasticsearch, https://host:port without user, query and fragment. Required unless proxy.elasticsearchUrl is given.',
      examples: ['https://es.example.com:9200'],
    },
    elasticsearchCaFingerprint: {
      description:
        "SHA-256 of Elasticsearch's CA certificate, 64 hex digits; colons are removed. By default none: only trust.elasticsearch verifies it.",
      examples: ['3c0b4a0f6f2f6b3a7d7a5b0a9c8e1d2f3a4b5c6d7e8f90123456789abcdef012'],
    },
    elasticsearchClientCertificate: {
      description:
        'Whether Fleet Server presents its certificate to Elasticsearch, or to the proxy in front of it. The key may be encrypted only without it.',
    },
  }),
  FLEET_SERVER_DEFAULTS,
);
