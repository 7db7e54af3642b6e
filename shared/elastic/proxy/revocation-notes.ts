import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { KitCertificate } from '../kit/kit.ts';
import type { Candidate, Note } from '../kit/note.ts';
import type { ProxyPlan } from './plan.ts';
import { REFRESH_MINUTES } from './revocation.ts';

const PROGRAMS =
  'nginx.org, ngx_http_ssl_module, ssl_crl; HAProxy, crl-file; Envoy, CertificateValidationContext; mod_ssl, SSLCARevocationFile';

/** What those who run the proxy should know of the revocation lists. */
export function revocationNotes(
  deployment: ResolvedDeployment,
  { revocation, hold, clientCa }: ProxyPlan,
  { caBundlePem }: Pick<KitCertificate, 'caBundlePem'>,
): readonly Candidate[] {
  if (revocation === undefined) return [NOT_CHECKED];
  const additional = revocation.lists.replace(/[^/]*$/, 'additional.pem');
  const container = deployment.os === 'container';
  const linux = deployment.os === 'linux';
  const roots = caBundlePem.split('-----BEGIN CERTIFICATE-----').length - 1;
  return [
    {
      code: 'revocation_lists_first',
      severity: 'warning',
      message: `Fetch the revocation lists before the proxy first starts (proxy.revocationLists.fetch): without the file, nginx, HAProxy and Apache httpd do not start, and Envoy refuses every client. Then ${
        container
          ? `run the script every ${REFRESH_MINUTES} minutes`
          : `let it run every ${REFRESH_MINUTES} minutes: as root, ${linux ? 'run proxy.revocationLists.systemd of your proxy, or ' : ''}add the line of proxy.revocationLists.cron to the crontab of root`
      }. It replaces the lists only by newer ones with valid signatures.`,
      source: PROGRAMS,
    },
    {
      code: 'revocation_lists_expire',
      severity: 'warning',
      message: `The proxy refuses every client once one of the lists has expired. When less than half of a list's life is left, the script reports it and exits with code 3: make sure that a failed run alerts somebody${linux ? ' (systemctl --failed, or the mail of cron)' : ''}.`,
      source: PROGRAMS,
    },
    {
      code: 'revocation_takes_effect',
      severity: 'info',
      message: `A revoked certificate is refused at the next handshake after the proxy has the new lists. Open connections of its client end at most ${hold} seconds after the reload of nginx, HAProxy or Apache httpd; Envoy keeps them, so restart it to end them.`,
      source: 'nginx.org, worker_shutdown_timeout; HAProxy, hard-stop-after',
    },
    roots > 1 && {
      code: 'revocation_lists_of_other_roots',
      severity: 'warning',
      message: `${clientCa} contains ${roots} roots. The proxy refuses every client below a root without a revocation list. fleetseal publishes the lists of its own CAs; put those of the others, PEM, into ${additional}.`,
      source: PROGRAMS,
    },
    container && CONTAINER,
    UNABLE,
  ];
}

const NOT_CHECKED: Note = {
  code: 'revocation_not_checked',
  severity: 'warning',
  message:
    'The proxy does not refuse revoked certificates: this service publishes no revocation lists. Upgrade it and render this kit again. Until then, the lifetime of a certificate limits how long a stolen key can be used: set certificateLifetime in the bootstrap token.',
  source: 'fleetseal',
};

/** Neither asks for revocation data of clients. A plug-in of Caddy could. */
const UNABLE: Note = {
  code: 'proxy_checks_no_lists',
  severity: 'warning',
  message:
    'Caddy and Traefik cannot check revocation lists: with them, a revoked certificate works until it expires. Use another proxy, or set certificateLifetime in the bootstrap token.',
  source: 'caddy modules/caddytls/connpolicy.go; traefik pkg/tls/tls.go',
};

const CONTAINER: Note = {
  code: 'revocation_lists_container',
  severity: 'info',
  message:
    'The images of the proxies have no timer. Run the script on the host or in a second container, over the same volume: mount the directory, not the file, because the script replaces the file. Give it the command that reloads the proxy: docker kill --signal=HUP NAME for nginx, --signal=USR1 for Apache httpd, or --signal=USR2 for HAProxy in master-worker mode; Envoy needs none.',
  source: 'nginx.org, Controlling nginx; HAProxy management guide',
};
