import {
  authority,
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

/** A whole nginx.conf (nginx 1.19.4 or later) that terminates mutual TLS. */
export function nginxConf(plan: ProxyPlan): string {
  const { hold } = plan;
  return `${heading('nginx.conf')}
worker_processes auto;
worker_rlimit_nofile ${2 * CONNECTIONS};
# After a reload, old workers and their connections are closed within this time.
worker_shutdown_timeout ${hold}s;

events {
    # Each agent keeps a check-in open: one connection from the agent, one to Elastic Cloud.
    worker_connections ${CONNECTIONS};
}

http {
    server_tokens off;

    ssl_certificate ${plan.certificate};
    ssl_certificate_key ${plan.key};
    ssl_protocols TLSv1.2 TLSv1.3;

    ssl_client_certificate ${plan.clientCa};
    ssl_verify_client on;
    ${DEPTH}
    ssl_verify_depth 3;
${revocationOf(plan)}    ${RESUMED}
    ssl_session_cache off;
    ssl_session_tickets off;

    ${WAITS} Nothing is buffered.
    keepalive_timeout ${hold}s;
    proxy_read_timeout ${hold}s;
    proxy_send_timeout ${hold}s;
    proxy_buffering off;
    proxy_request_buffering off;
    proxy_redirect off;
    proxy_http_version 1.1;

    proxy_ssl_protocols TLSv1.2 TLSv1.3;
    proxy_ssl_server_name on;
    proxy_ssl_verify on;
    proxy_ssl_verify_depth 5;
${plan.services.map((service) => `\n${serviceBlocks(service)}`).join('')}}
`;
}

function revocationOf({ revocation }: ProxyPlan): string {
  if (revocation === undefined) return '';
  return `    ${LISTS}
    ssl_crl ${revocation.lists};
`;
}

function serviceBlocks({ name, host, port, upstream, maxBody }: ProxyService): string {
  return `    upstream ${name} {
        server ${upstream.address ?? upstream.host}:${upstream.port};
        keepalive 64;
        keepalive_timeout ${UPSTREAM_IDLE}s;
    }

    server {
        listen ${port} ssl;
        listen [::]:${port} ssl;
        server_name ${host};
        client_max_body_size ${maxBody}m;

        location / {
            proxy_pass https://${name};
            proxy_ssl_name ${upstream.host};
            proxy_ssl_trusted_certificate ${upstream.ca};
            proxy_set_header Host ${authority(upstream)};
            proxy_set_header Connection "";
${stripped((header) => `            proxy_set_header ${header} "";`)}        }
    }
`;
}
