import {
  authority,
  byPort,
  CONNECTIONS,
  DEPTH,
  heading,
  LISTS,
  type ProxyPlan,
  type ProxyService,
  RESUMED,
  stripped,
  UPSTREAM_IDLE,
  WAITS,
} from './plan.ts';

/** Threads of a process of Apache httpd: its default limit (httpd.apache.org, event, ThreadLimit). */
const THREADS = 64;

/**
 * A configuration for Apache httpd (2.4.34 or later), beside those that the system's package includes, that terminates
 * mutual TLS.
 */
export function apacheConf(plan: ProxyPlan): string {
  const listens = byPort(plan.services).map(([port]) => `Listen ${port}\n`);
  return `${heading('fleetseal.conf')}
# Debian: a2enmod ssl headers proxy_http; a2ensite fleetseal
${listens.join('')}
# A held check-in takes a thread, also in processes that a reload has replaced.
<IfModule mpm_event_module>
    ServerLimit ${(2 * CONNECTIONS) / THREADS}
    ThreadsPerChild ${THREADS}
    MaxRequestWorkers ${CONNECTIONS}
</IfModule>
${plan.services.map((service) => virtualHost(plan, service)).join('')}`;
}

function virtualHost(plan: ProxyPlan, { host, port, upstream }: ProxyService): string {
  return `
<VirtualHost *:${port}>
    ServerName ${host}
    Protocols http/1.1

    SSLEngine on
    SSLProtocol -all +TLSv1.2 +TLSv1.3
    ${RESUMED}
    # (A cache that another file sets cannot be switched off again.)
    SSLSessionCacheTimeout 0
    SSLSessionTickets off
    SSLCertificateFile ${plan.certificate}
    SSLCertificateKeyFile ${plan.key}
    SSLCACertificateFile ${plan.clientCa}
    SSLVerifyClient require
    ${DEPTH}
    SSLVerifyDepth 3
${revocationOf(plan)}
    KeepAliveTimeout ${plan.hold}
    MaxKeepAliveRequests 0
    AllowEncodedSlashes NoDecode

    SSLProxyEngine on
    SSLProxyVerify require
    SSLProxyVerifyDepth 5
    SSLProxyCACertificateFile ${upstream.ca}
    ProxyAddHeaders off
    ${WAITS}
    ProxyTimeout ${plan.hold}
    ProxyPass / https://${authority(upstream)}/ nocanon connectiontimeout=10 retry=0 ttl=${UPSTREAM_IDLE}
${stripped((header) => `    RequestHeader unset ${header}`)}</VirtualHost>
`;
}

function revocationOf({ revocation }: ProxyPlan): string {
  if (revocation === undefined) return '';
  return `    ${LISTS}
    SSLCARevocationCheck chain
    SSLCARevocationFile ${revocation.lists}
`;
}
