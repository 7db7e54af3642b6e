import type { ResolvedDeployment } from '../deployment.ts';
import { applicable, type Candidate, GUIDE, type Note } from '../note.ts';
import { namesToAsk } from '../server-names.ts';
import { MAX_BODY, type ProxyPlan } from './plan.ts';
import { frontOf } from './settings.ts';

/** What a client of a terminating proxy should know, and where Elastic's guide falls short. */
export function clientNotes({ asked, model, profile }: ResolvedDeployment): readonly Note[] {
  const { proxy = {}, fleetUrl } = asked;
  const cloudProxy = model === 'cloud-proxy';
  return applicable([
    {
      code: 'mutual_tls_ends_at_proxy',
      severity: 'info',
      message: `The proxy asks for this certificate; behind it Elastic Cloud sees API keys alone. ${
        cloudProxy ? 'That holds for Fleet Server and for Elasticsearch.' : 'That holds for Elasticsearch.'
      }`,
      source: GUIDE,
    },
    cloudProxy && {
      code: 'fleet_hosts_must_name_proxy',
      severity: 'warning',
      message: `In Kibana, Fleet, Settings, add a Fleet Server host with the address ${proxy.fleetUrl} and choose it in the policies: after enrollment an agent follows its policy, and the host that Elastic Cloud sets up would lead it past the proxy.`,
      source: 'elastic-agent internal/pkg/agent/application/actions/handlers/handler_action_policy_change.go',
    },
    proxy.elasticsearchUrl === undefined
      ? {
          code: 'data_plane_without_proxy',
          severity: 'warning',
          message:
            'proxy.elasticsearchUrl is missing: an output that names Elastic Cloud itself works, without mutual TLS, since every connection ends at its boundary.',
          source: GUIDE,
        }
      : {
          code: 'output_hosts_must_name_proxy',
          severity: 'warning',
          message: `Add an output of type elasticsearch with the host ${proxy.elasticsearchUrl} and choose it in the policies: with the address of Elastic Cloud the data would go past the proxy, without mutual TLS. The output that Elastic Cloud sets up is locked.${
            cloudProxy
              ? " The guide's section on Elastic Cloud with a proxy lists the agent's flags alone, but the output needs its settings too."
              : ''
          }`,
          source: `${GUIDE}; elastic.co, Fleet settings, Output settings`,
        },
    cloudProxy &&
      fleetUrl !== undefined &&
      fleetUrl !== proxy.fleetUrl &&
      fleetUrl !== proxy.upstream?.fleetUrl && {
        code: 'fleet_url_not_used',
        severity: 'warning',
        message: `Agents enroll at proxy.fleetUrl, ${proxy.fleetUrl}; fleetUrl is taken for the address of Fleet Server on Elastic Cloud, behind it.`,
        source: GUIDE,
      },
    !cloudProxy && proxy.fleetUrl !== undefined && profile !== 'proxy' && unusedFleetUrl,
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

/** What carries a connection on does not see into it. */
export const forwardNote: Note = {
  code: 'forward_proxy_carries',
  severity: 'info',
  message:
    'The forward proxy carries the connection (HTTP CONNECT) and mutual TLS ends at Fleet Server: a proxy that opens the TLS connection would make it fail. A proxy in the policy takes the place of this one; removing it there does not bring this one back.',
  source: 'elastic-agent internal/pkg/agent/cmd/enroll.go; handler_action_policy_change.go',
};

/**
 * What whoever runs the proxy should know.
 *
 * @param namesKnown - whether the certificate is there: its names were compared with the addresses then
 */
export function terminatorNotes(
  deployment: ResolvedDeployment,
  plan: ProxyPlan,
  namesKnown: boolean,
): readonly Note[] {
  const { asked, model } = deployment;
  return applicable([
    ...FILE_NOTES,
    !namesKnown && {
      code: 'proxy_certificate_names',
      severity: 'warning',
      message: `Enroll with ${namesToAsk(fronts(deployment))}: clients refuse the proxy under a name that its certificate does not hold.`,
      source: 'elastic-agent-libs transport/tlscommon/tls_config.go',
    },
    ...programNotes(deployment),
    ...systemNotes(deployment, plan),
    model !== 'cloud-proxy' && asked.proxy?.fleetUrl !== undefined && unusedFleetUrl,
  ]);
}

/** About the certificates of the proxy and of its clients. */
const FILE_NOTES: readonly Note[] = [
  {
    code: 'revocation_not_checked',
    severity: 'warning',
    message:
      'The proxy does not refuse revoked certificates: fleetseal does not publish revocation lists yet, so the configurations name none. Until it does, the lifetime of a certificate limits how long a stolen key can be used: set certificateLifetime in the bootstrap token.',
    source: 'fleetseal',
  },
  {
    code: 'proxy_reload',
    severity: 'warning',
    message:
      'Reload nginx and HAProxy (systemctl reload), and restart Envoy, whenever the certificate or the CA file changes: they are read at the start. nginx looks up the addresses of Elastic Cloud then too, so reload it daily. Connections that are open stay open until then, whatever becomes of the certificate of the client.',
    source: 'nginx.org, Controlling nginx; HAProxy management guide; Envoy, SDS key rotation',
  },
];

/** About what nginx, HAProxy and Envoy do each in their own way. */
function programNotes({ keyKind }: ResolvedDeployment): readonly Note[] {
  return [
    {
      code: 'proxy_body_size',
      severity: 'info',
      message: `nginx takes bodies of up to ${MAX_BODY.fleet} MiB for Fleet Server (agents upload files in chunks of 4 MiB; nothing is above 5) and ${MAX_BODY.elasticsearch} MiB for Elasticsearch (its http.max_content_length); its own default, 1 MiB, is too small. HAProxy and Envoy have no limit.`,
      source: 'fleet-server fleet-server.reference.yml, limits; elastic.co, HTTP settings of Elasticsearch',
    },
    {
      code: 'proxy_connections',
      severity: 'info',
      message:
        'Every agent holds a connection for its check-in, and the proxy one more behind it: allow it twice as many open files as there are agents, and some (LimitNOFILE in systemd).',
      source: 'fleet-server internal/pkg/config/timeouts.go, checkin_long_poll',
    },
    {
      code: 'nginx_refuses_after_handshake',
      severity: 'info',
      message:
        'nginx refuses a client without a good certificate after the handshake, with HTTP 400; HAProxy and Envoy refuse in the handshake. Nothing reaches Elastic Cloud in any case.',
      source: 'nginx.org, ngx_http_ssl_module, error processing',
    },
    {
      code: 'envoy_reads_key_itself',
      severity: 'warning',
      message: `nginx and HAProxy read the key as root and go on as another user; Envoy does not change its user: run it as the owner of the key, and see that it may listen on its ports.${
        keyKind === 'rsa' || keyKind === 'p256' ? '' : ' It takes RSA and P-256 keys in every version.'
      } This configuration was run with Envoy 1.40: with another version, try it with envoy --mode validate first.`,
      source: 'envoyproxy.io, TLS; Docker image of Envoy',
    },
  ];
}

/** About the host. */
function systemNotes({ os, trust }: ResolvedDeployment, { services }: ProxyPlan): readonly Candidate[] {
  const ports = [...new Set(services.map(({ port }) => port))];
  return [
    {
      code: 'proxy_without_ipv6',
      severity: 'info',
      message: `The configurations listen for IPv4 and IPv6, and do not start where the kernel has no IPv6 (ipv6.disable=1). There, take out the listen lines with [::] in nginx, write ${ports.map((port) => `*:${port} instead of :::${port}`).join(' and ')} in HAProxy, and in Envoy the address 0.0.0.0 without ipv4_compat.`,
      source: 'socket(2), EAFNOSUPPORT; envoyproxy.io, SocketAddress, ipv4_compat',
    },
    os === 'linux' && {
      code: 'proxy_selinux',
      severity: 'info',
      message: `Where SELinux is enforced (Red Hat, Fedora), nginx and HAProxy may not listen on every port, nor connect to Elastic Cloud: run ${ports.map((port) => `semanage port -a -t http_port_t -p tcp ${port}`).join(' and ')} (with -m instead of -a where the port has another type already, as 9200 has), then setsebool -P httpd_can_network_connect on for nginx, or setsebool -P haproxy_connect_any on for HAProxy.`,
      source: 'nginx.com, Using NGINX Plus with SELinux; semanage-port(8)',
    },
    (trust.fleetServer === 'system' || trust.elasticsearch === 'system') &&
      os !== 'macos' && {
        code: 'system_ca_file',
        severity: 'info',
        message:
          "/etc/ssl/certs/ca-certificates.crt holds the system's CAs on Debian, Ubuntu, Alpine and SUSE; on Red Hat and Fedora it is /etc/pki/tls/certs/ca-bundle.crt.",
        source: 'envoyproxy.io, TLS, Enabling certificate verification',
      },
  ];
}

function fronts({ asked }: ResolvedDeployment): readonly string[] {
  return Object.values(frontOf(asked)).filter((url) => url !== undefined);
}
