import type { Deployment } from './deployment.ts';
import { FLEET_SERVER_DEFAULTS } from './fields/fleet-server.ts';
import { kitPaths, SECRET_FILES } from './kit-paths.ts';
import { DEFAULT_DIRECTORIES, joinPath, normalizePath, type OperatingSystem } from './paths.ts';
import type { ResolvedDeployment } from './resolved-deployment.ts';

/** Where the host's own agent reaches its Fleet Server (enroll_cmd.go, defaultFleetServerInternalPort). */
export const INTERNAL_PORT = 8221;

/** A Fleet Server host that broke no rule, with its defaults filled in. */
export interface FleetServer {
  readonly policyId: string | undefined;
  readonly serviceTokenPath: string;
  readonly bindHost: string;
  readonly port: number;
  readonly clientAuth: string;
  readonly listener: Listener;
  readonly elasticsearch: ElasticsearchPeer;
  /** 64 hex digits, lower case. */
  readonly caFingerprint: string | undefined;
  readonly showsCertificate: boolean;
  /**
   * The one list that verifies Fleet Server for the host's own agent, and the certificates of all agents for Fleet
   * Server (enroll.go, `cfg.Server.TLS.CAs = cas`): the other CA first, if any, then fleetseal's roots.
   */
  readonly certificateAuthorities: readonly string[];
}

/** The certificate that the listener presents to agents. */
export interface Listener {
  /** Whether it is a certificate of another CA, which fleetseal does not renew. */
  readonly foreign: boolean;
  readonly certificate: string;
  readonly key: string;
  readonly passphraseFile: string | undefined;
}

/** What Fleet Server connects to: Elasticsearch, or the proxy in front of it. */
export interface ElasticsearchPeer {
  readonly url: string;
  /** The one file that `--fleet-server-es-ca` takes; undefined where the system's CAs verify it. */
  readonly ca: string | undefined;
}

/** The Fleet Server of a deployment that broke no rule, with its defaults filled in. */
export function fleetServerOf(deployment: ResolvedDeployment): FleetServer {
  const { os, asked } = deployment;
  const settings = asked.fleetServer ?? {};
  return {
    policyId: settings.policyId,
    serviceTokenPath: serviceTokenPathOf(asked, os),
    bindHost: settings.bindHost ?? FLEET_SERVER_DEFAULTS.bindHost,
    port: settings.port ?? FLEET_SERVER_DEFAULTS.port,
    clientAuth: settings.clientAuth ?? FLEET_SERVER_DEFAULTS.clientAuth,
    listener: listenerOf(deployment),
    elasticsearch: {
      url: elasticsearchUrlOf(asked) ?? '',
      ca: kitPaths(deployment).elasticsearchCa,
    },
    caFingerprint: normalizeFingerprint(settings.elasticsearchCaFingerprint),
    showsCertificate: showsCertificate(asked),
    certificateAuthorities: certificateAuthorities(deployment),
  };
}

/** The file of the service token. */
export function serviceTokenPathOf({ fleetServer, directory }: Deployment, os: OperatingSystem): string {
  const usual = joinPath(os, directory ?? DEFAULT_DIRECTORIES[os], SECRET_FILES.serviceToken);
  return normalizePath(os, fleetServer?.serviceTokenPath ?? usual);
}

function listenerOf(deployment: ResolvedDeployment): Listener {
  const { os, asked, keyPassphraseFile } = deployment;
  const {
    listenerCertificatePath: certificate,
    listenerKeyPath: key,
    listenerKeyPassphrasePath: passphrase,
  } = asked.fleetServer ?? {};
  if (certificate === undefined || key === undefined) {
    const own = kitPaths(deployment);
    return { foreign: false, certificate: own.certificate, key: own.key, passphraseFile: keyPassphraseFile };
  }
  return {
    foreign: true,
    certificate: normalizePath(os, certificate),
    key: normalizePath(os, key),
    passphraseFile: passphrase === undefined ? undefined : normalizePath(os, passphrase),
  };
}

/** Whether the listener of a Fleet Server host keeps a certificate of another CA. */
export function keepsListener({ fleetServer }: Deployment): boolean {
  return fleetServer?.listenerCertificatePath !== undefined;
}

/** Where Fleet Server reaches Elasticsearch; on Elastic Cloud, the proxy in front of it. */
export function elasticsearchUrlOf({ model, proxy, fleetServer }: Deployment): string | undefined {
  const front = model === 'on-premises-hosted-elasticsearch' ? proxy?.elasticsearchUrl : undefined;
  return fleetServer?.elasticsearchUrl ?? front;
}

/** Whether Fleet Server presents the certificate to Elasticsearch too. */
export function showsCertificate({ fleetServer }: Deployment): boolean {
  return fleetServer?.elasticsearchClientCertificate ?? FLEET_SERVER_DEFAULTS.elasticsearchClientCertificate;
}

/** Without the colons that openssl prints: the agent reads plain hex (tlscommon, hex.DecodeString). */
export function normalizeFingerprint(fingerprint: string | undefined): string | undefined {
  return fingerprint?.replaceAll(':', '').toLowerCase();
}

function certificateAuthorities(deployment: ResolvedDeployment): readonly string[] {
  const { ca, fleetServerCa } = kitPaths(deployment);
  return fleetServerCa === undefined || fleetServerCa === ca ? [ca] : [fleetServerCa, ca];
}
