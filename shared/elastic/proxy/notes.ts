import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { namesToAsk } from '../deployment/server-names.ts';
import type { KitCertificate } from '../kit/kit.ts';
import { applicable, type Candidate, GUIDE, type Note } from '../kit/note.ts';
import { MAX_BODY, type ProxyPlan } from './plan.ts';
import { revocationNotes } from './revocation-notes.ts';

/** Notes for the clients of a terminating proxy, and where Elastic's guide falls short. */
export function clientNotes({ proxy, model, profile }: ResolvedDeployment): readonly Note[] {
  const cloudProxy = model === 'cloud-proxy';
  return applicable([
    {
      code: 'mutual_tls_ends_at_proxy',
      severity: 'info',
      message: `The proxy verifies this certificate; Elastic Cloud behind it sees only API keys. ${
        cloudProxy ? 'This applies to Fleet Server and Elasticsearch.' : 'This applies to Elasticsearch.'
      }`,
      source: GUIDE,
    },
    cloudProxy && {
      code: 'fleet_hosts_must_name_proxy',
      severity: 'warning',
      message: `In Kibana, Fleet, Settings, add a Fleet Server host with the address ${proxy?.fleetUrl} and choose it in the policies: after enrollment an agent follows its policy, and with the host that Elastic Cloud sets up it would bypass the proxy.`,
      source: 'elastic-agent internal/pkg/agent/application/actions/handlers/handler_action_policy_change.go',
    },
    proxy?.front.elasticsearchUrl === undefined
      ? {
          code: 'data_plane_without_proxy',
          severity: 'warning',
          message:
            'proxy.elasticsearchUrl is missing: an output with the address of Elastic Cloud works, but without mutual TLS, because every TLS connection ends at the boundary of Elastic Cloud.',
          source: GUIDE,
        }
      : {
          code: 'output_hosts_must_name_proxy',
          severity: 'warning',
          message: `Add an output of type elasticsearch with the host ${proxy.front.elasticsearchUrl} and choose it in the policies: with the address of Elastic Cloud the data would bypass the proxy, without mutual TLS. The output that Elastic Cloud sets up is locked.${
            cloudProxy
              ? " The guide's section on Elastic Cloud with a proxy lists only the agent's flags, but the output needs its settings too."
              : ''
          }`,
          source: `${GUIDE}; elastic.co, Fleet settings, Output settings`,
        },
    cloudProxy &&
      proxy?.hidesFleetUrl === true && {
        code: 'fleet_url_not_used',
        severity: 'warning',
        message: `Agents enroll at proxy.fleetUrl, ${proxy?.fleetUrl}. fleetUrl is used as the address of Fleet Server on Elastic Cloud, behind the proxy.`,
        source: GUIDE,
      },
    !cloudProxy && proxy?.fleetUrl !== undefined && profile !== 'proxy' && unusedFleetUrl,
    !cloudProxy &&
      profile === 'fleet-server' && {
        code: 'guide_lacks_es_certificate',
        severity: 'info',
        message:
          "Elastic's guide says that Fleet Server authenticates itself to the proxy, but lists no flags for it: --fleet-server-es-cert and --fleet-server-es-cert-key do that.",
        source: `${GUIDE}, on-premises Fleet Server; elastic-agent internal/pkg/agent/cmd/enroll.go`,
      },
  ]);
}

const unusedFleetUrl: Note = {
  code: 'proxy_fleet_url_not_used',
  severity: 'warning',
  message:
    'proxy.fleetUrl is not used: in this model mutual TLS ends at your own Fleet Server, which agents reach at fleetUrl; the proxy serves Elasticsearch.',
  source: GUIDE,
};

/** A forward proxy passes connections on without opening them. */
export const forwardNote: Note = {
  code: 'forward_proxy_carries',
  severity: 'info',
  message:
    'The forward proxy only tunnels the connection (HTTP CONNECT); mutual TLS ends at Fleet Server. A proxy that intercepts TLS would make it fail. A proxy in the policy replaces this one, and removing that proxy from the policy does not restore this one.',
  source: 'elastic-agent internal/pkg/agent/cmd/enroll.go; handler_action_policy_change.go',
};

/** Notes for those who run the proxy. */
export function terminatorNotes(
  deployment: ResolvedDeployment,
  plan: ProxyPlan,
  certificate: KitCertificate,
): readonly Note[] {
  const { proxy, model } = deployment;
  return applicable([
    ...revocationNotes(deployment, plan, certificate),
    reloadNote(deployment),
    // If the names are known, they have been compared with the addresses.
    certificate.dnsNames === undefined && {
      code: 'proxy_certificate_names',
      severity: 'warning',
      message: `Enroll with ${namesToAsk(fronts(deployment))}: clients refuse the proxy if they reach it under a name that its certificate does not contain.`,
      source: 'elastic-agent-libs transport/tlscommon/tls_config.go',
    },
    ...programNotes(deployment),
    ...systemNotes(deployment, plan),
    model !== 'cloud-proxy' && proxy?.fleetUrl !== undefined && unusedFleetUrl,
  ]);
}

function reloadNote({ os }: ResolvedDeployment): Note {
  return {
    code: 'proxy_reload',
    severity: 'warning',
    message: `Reload the proxy${os === 'linux' ? ' (systemctl reload)' : ''}, restart Envoy, or touch dynamic.yml of Traefik, whenever the certificate or the CA file changes: the files are read only then. nginx and Apache httpd resolve the addresses of Elastic Cloud only then too, so reload them daily. Open connections stay open until then, even if the certificate of the client expires or is revoked.`,
    source:
      'nginx.org, Controlling nginx; HAProxy management guide; Envoy, SDS key rotation; caddy.service; traefik pkg/provider/file/file.go',
  };
}

/** Differences between the programs. */
function programNotes({ keyKind, os }: ResolvedDeployment): readonly Note[] {
  return [
    {
      code: 'proxy_body_size',
      severity: 'info',
      message: `nginx accepts bodies of up to ${MAX_BODY.fleet} MiB for Fleet Server (agents upload files in chunks of 4 MiB; no request exceeds 5) and ${MAX_BODY.elasticsearch} MiB for Elasticsearch (its http.max_content_length); its own default, 1 MiB, is too small. The others accept larger ones.`,
      source: 'fleet-server fleet-server.reference.yml, limits; elastic.co, HTTP settings of Elasticsearch',
    },
    {
      code: 'proxy_connections',
      severity: 'info',
      message: `Each agent keeps a connection open for its check-in, and the proxy one more to Elastic Cloud: allow the proxy somewhat more than twice as many open files as there are agents${os === 'linux' ? ' (LimitNOFILE in systemd)' : ''}.`,
      source: 'fleet-server internal/pkg/config/timeouts.go, checkin_long_poll',
    },
    {
      code: 'nginx_refuses_after_handshake',
      severity: 'info',
      message:
        'nginx refuses a client without a valid certificate after the handshake, with HTTP 400; the others refuse it in the handshake. In either case nothing reaches Elastic Cloud.',
      source: 'nginx.org, ngx_http_ssl_module, error processing',
    },
    {
      code: 'envoy_reads_key_itself',
      severity: 'warning',
      message: `nginx, HAProxy and Apache httpd read the key as root and then switch to another user. Envoy, Caddy and Traefik do not switch: run them as the owner of the key, and make sure that they may listen on their ports.${
        keyKind === 'rsa' || keyKind === 'p256'
          ? ''
          : ' Only RSA and P-256 keys work in every version of Envoy.'
      } envoy.yaml was tested with Envoy 1.40: with another version, check it with envoy --mode validate first.`,
      source: 'envoyproxy.io, TLS; Docker image of Envoy',
    },
  ];
}

/** Where the packages of the programs read their configuration. */
const PLACES: Note = {
  code: 'proxy_places',
  severity: 'info',
  message:
    'Save the configuration of your proxy, and no other, where its package reads it: /etc/nginx/nginx.conf, /etc/haproxy/haproxy.cfg, /etc/envoy/envoy.yaml, /etc/apache2/sites-available/fleetseal.conf (Red Hat: /etc/httpd/conf.d/fleetseal.conf), /etc/caddy/Caddyfile, or traefik.static as /etc/traefik/traefik.yml and traefik.dynamic as /etc/traefik/dynamic.yml.',
  source:
    'packages of Debian and Red Hat; caddyserver.com, Keep Caddy running; doc.traefik.io, Configuration overview',
};

/** About the host. */
function systemNotes({ os, trust }: ResolvedDeployment, { services }: ProxyPlan): readonly Candidate[] {
  const ports = [...new Set(services.map(({ port }) => port))];
  return [
    os !== 'macos' && {
      code: 'proxy_without_ipv6',
      severity: 'info',
      message: `nginx, HAProxy and Envoy do not start if the kernel has no IPv6 (ipv6.disable=1). If so, remove the listen lines with [::] in nginx, write ${ports.map((port) => `*:${port} instead of :::${port}`).join(' and ')} in HAProxy, and use the address 0.0.0.0 without ipv4_compat in Envoy.`,
      source: 'socket(2), EAFNOSUPPORT; envoyproxy.io, SocketAddress, ipv4_compat',
    },
    os === 'linux' && PLACES,
    os === 'linux' && {
      code: 'proxy_selinux',
      severity: 'info',
      message: `If SELinux is enforcing (Red Hat, Fedora), nginx, Apache httpd and HAProxy cannot listen on every port or connect to Elastic Cloud: run ${ports.map((port) => `semanage port -a -t http_port_t -p tcp ${port}`).join(' and ')} (with -m instead of -a if the port already has another type, as 9200 has), then setsebool -P httpd_can_network_connect on for nginx and Apache httpd, or setsebool -P haproxy_connect_any on for HAProxy.`,
      source: 'nginx.com, Using NGINX Plus with SELinux; semanage-port(8)',
    },
    (trust.fleetServer === 'system' || trust.elasticsearch === 'system') &&
      os !== 'macos' && {
        code: 'system_ca_file',
        severity: 'info',
        message:
          "/etc/ssl/certs/ca-certificates.crt contains the system's CAs on Debian, Ubuntu, Alpine and SUSE; on Red Hat and Fedora it is /etc/pki/tls/certs/ca-bundle.crt.",
        source: 'envoyproxy.io, TLS, Enabling certificate verification',
      },
  ];
}

function fronts({ proxy }: ResolvedDeployment): readonly string[] {
  return Object.values(proxy?.front ?? {}).filter((url) => url !== undefined);
}
