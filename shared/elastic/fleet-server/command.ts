import { connectionFlags, connectionVariables, flag, identityFlags } from '../command-line/agent.ts';
import { FLEET_SERVER_DEFAULTS } from '../deployment/fields/fleet-server.ts';
import type { FleetServer } from '../deployment/fleet-server.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';

/**
 * The flags of a Fleet Server host (enroll.go, addEnrollFlags). One certificate and key serve the listener, the host's
 * own agent and the client of Elasticsearch, unless the listener keeps one of another CA.
 */
export function fleetServerFlags(deployment: ResolvedDeployment, server: FleetServer): readonly string[] {
  return [
    // Required beside --fleet-server-cert (enroll_cmd.go, prepareFleetTLS).
    ...flag('url', deployment.fleetUrl),
    // Without it, the agent enrolls with the token of Fleet Server's policy (enroll_cmd.go, waitForFleetServer).
    ...flag('enrollment-token', deployment.fleetEnrollmentToken),
    ...flag('certificate-authorities', server.certificateAuthorities.join(',')),
    ...identityFlags(deployment),
    ...elasticsearchFlags(deployment, server),
    ...listenerFlags(server),
    ...connectionFlags(deployment),
  ];
}

function elasticsearchFlags(deployment: ResolvedDeployment, server: FleetServer): readonly string[] {
  const { elasticsearch, caFingerprint, showsCertificate, serviceTokenPath, policyId } = server;
  const { certificate, key } = deployment.paths;
  return [
    ...flag('fleet-server-es', elasticsearch.url),
    ...flag('fleet-server-es-ca', elasticsearch.ca),
    ...flag('fleet-server-es-ca-trusted-fingerprint', caFingerprint),
    ...(showsCertificate
      ? [...flag('fleet-server-es-cert', certificate), ...flag('fleet-server-es-cert-key', key)]
      : []),
    ...flag('fleet-server-service-token-path', serviceTokenPath),
    ...flag('fleet-server-policy', policyId),
  ];
}

function listenerFlags(server: FleetServer): readonly string[] {
  const { certificate, key, passphraseFile } = server.listener;
  const { host, port } = boundTo(server);
  return [
    ...flag('fleet-server-host', host),
    ...flag('fleet-server-port', port),
    ...flag('fleet-server-cert', certificate),
    ...flag('fleet-server-cert-key', key),
    ...flag('fleet-server-cert-key-passphrase', passphraseFile),
    ...flag('fleet-server-client-auth', server.clientAuth),
  ];
}

/** Where it listens; undefined for a default. */
function boundTo({ bindHost, port }: FleetServer) {
  return {
    host: bindHost === FLEET_SERVER_DEFAULTS.bindHost ? undefined : bindHost,
    port: port === FLEET_SERVER_DEFAULTS.port ? undefined : String(port),
  };
}

/** The environment variables of a container (setup_config.go; container.go, buildEnrollArgs). */
export function fleetServerEnvironment(
  deployment: ResolvedDeployment,
  server: FleetServer,
): Readonly<Record<string, string>> {
  const { certificate, key } = deployment.paths;
  const { host, port } = boundTo(server);
  return defined({
    FLEET_SERVER_ENABLE: '1',
    FLEET_ENROLL: '1',
    FLEET_URL: deployment.fleetUrl,
    FLEET_ENROLLMENT_TOKEN: deployment.fleetEnrollmentToken,
    FLEET_CA: server.certificateAuthorities.join(','),
    ELASTIC_AGENT_CERT: certificate,
    ELASTIC_AGENT_CERT_KEY: key,
    FLEET_SERVER_ELASTICSEARCH_HOST: server.elasticsearch.url,
    FLEET_SERVER_ELASTICSEARCH_CA: server.elasticsearch.ca,
    FLEET_SERVER_ELASTICSEARCH_CA_TRUSTED_FINGERPRINT: server.caFingerprint,
    FLEET_SERVER_ES_CERT: server.showsCertificate ? certificate : undefined,
    FLEET_SERVER_ES_CERT_KEY: server.showsCertificate ? key : undefined,
    FLEET_SERVER_SERVICE_TOKEN_PATH: server.serviceTokenPath,
    FLEET_SERVER_POLICY_ID: server.policyId,
    FLEET_SERVER_HOST: host,
    FLEET_SERVER_PORT: port,
    FLEET_SERVER_CERT: server.listener.certificate,
    FLEET_SERVER_CERT_KEY: server.listener.key,
    FLEET_SERVER_CERT_KEY_PASSPHRASE: server.listener.passphraseFile,
    FLEET_SERVER_CLIENT_AUTH: server.clientAuth,
    ...connectionVariables(deployment),
  });
}

function defined(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
