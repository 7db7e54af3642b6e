import type { Deployment } from './deployment.ts';
import { FLEET_SERVER_DEFAULTS, type FleetServerSettings } from './fields/fleet-server.ts';
import { type KitPaths, SECRET_FILES } from './kit-paths.ts';
import { DEFAULT_DIRECTORIES, joinPath, normalizePath, type OperatingSystem } from './paths.ts';

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

/** What the settings of a Fleet Server depend on besides its own. */
interface Host {
  readonly os: OperatingSystem;
  readonly keyPassphraseFile: string | undefined;
  readonly paths: KitPaths;
}

/** The Fleet Server of a deployment that broke no rule, with its defaults filled in. */
export function resolveFleetServer(asked: Deployment, host: Host): FleetServer {
  const settings = asked.fleetServer ?? {};
  return {
    policyId: settings.policyId,
    serviceTokenPath: serviceTokenPathOf(asked, host.os),
    bindHost: settings.bindHost ?? FLEET_SERVER_DEFAULTS.bindHost,
    port: settings.port ?? FLEET_SERVER_DEFAULTS.port,
    clientAuth: settings.clientAuth ?? FLEET_SERVER_DEFAULTS.clientAuth,
    listener: listenerOf(settings, host),
    elasticsearch: {
      url: elasticsearchUrlOf(asked) ?? '',
      ca: host.paths.authorities.elasticsearch,
    },
    caFingerprint: normalizeFingerprint(settings.elasticsearchCaFingerprint),
    showsCertificate: showsCertificate(asked),
    certificateAuthorities: certificateAuthorities(host.paths),
  };
}

/** The file of the service token. */
export function serviceTokenPathOf({ fleetServer, directory }: Deployment, os: OperatingSystem): string {
  const usual = joinPath(os, directory ?? DEFAULT_DIRECTORIES[os], SECRET_FILES.serviceToken);
  return normalizePath(os, fleetServer?.serviceTokenPath ?? usual);
}

function listenerOf(settings: FleetServerSettings, { os, keyPassphraseFile, paths }: Host): Listener {
  const {
    listenerCertificatePath: certificate,
    listenerKeyPath: key,
    listenerKeyPassphrasePath: passphrase,
  } = settings;
  if (certificate === undefined || key === undefined)
    return {
      foreign: false,
      certificate: paths.certificate,
      key: paths.key,
      passphraseFile: keyPassphraseFile,
    };
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

function certificateAuthorities({ ca, authorities }: KitPaths): readonly string[] {
  const { fleetServer } = authorities;
  return fleetServer === undefined || fleetServer === ca ? [ca] : [fleetServer, ca];
}
