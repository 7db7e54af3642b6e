/** `deployment.fleetServer`, as a caller sends it. */
export interface FleetServerSettings {
  /** The ID of the agent policy with the Fleet Server integration. @default - Fleet's default policy, with a note */
  readonly policyId?: string | undefined;
  /** A file on the host that holds the service token, never the token itself. @default - `service-token` in the directory */
  readonly serviceTokenPath?: string | undefined;
  /** @default 0.0.0.0 */
  readonly bindHost?: string | undefined;
  /** @default 8220 */
  readonly port?: number | undefined;
  /** `none`, `optional` or `required`. @default required */
  readonly clientAuth?: string | undefined;
  /**
   * Files on the host: a certificate of another CA that the listener keeps, and its key. `trust.fleetServer` gives the
   * CA. @default - the listener presents fleetseal's certificate
   */
  readonly listenerCertificatePath?: string | undefined;
  readonly listenerKeyPath?: string | undefined;
  /** A file with the passphrase of that key. @default - the key is not encrypted */
  readonly listenerKeyPassphrasePath?: string | undefined;
  /** An https:// address. Required, unless `proxy.elasticsearchUrl` is given. */
  readonly elasticsearchUrl?: string | undefined;
  /** SHA-256 of Elasticsearch's CA certificate in hex; colons are removed. @default - only `trust.elasticsearch` */
  readonly elasticsearchCaFingerprint?: string | undefined;
  /**
   * Whether Fleet Server presents its certificate to Elasticsearch, or to the proxy in front of it. The key may be
   * encrypted only if it does not. @default true
   */
  readonly elasticsearchClientCertificate?: boolean | undefined;
}

/** What `--fleet-server-client-auth` takes (enroll.go, validateEnrollFlags). */
export const CLIENT_AUTH = ['none', 'optional', 'required'] as const;
