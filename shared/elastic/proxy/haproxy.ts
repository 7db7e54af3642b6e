import {
  authority,
  byPort,
  heading,
  type ProxyPlan,
  type ProxyService,
  RESUMED,
  stripped,
  UPSTREAM_IDLE,
  WAITS,
} from './plan.ts';

/** A whole haproxy.cfg (HAProxy 2.6 or later) that terminates mutual TLS. */
export function haproxyCfg(plan: ProxyPlan): string {
  const { account, hold } = plan;
  const frontends = byPort(plan.services).map(([port, services]) => frontend(plan, port, services));
  const account_ = account === undefined ? '' : `    user ${account}\n    group ${account}\n`;
  return `${heading('haproxy.cfg')}
global
${account_}    log stdout format raw local0 info
    # No maxconn: the limit of open files sets it. HAProxy does not start with a maxconn above that limit.
    # After a reload, old connections are closed within this time.
    hard-stop-after ${hold}s
    # The key of proxy.crt is in proxy.key.
    ssl-load-extra-del-ext
    ${RESUMED}
    tune.ssl.cachesize 0
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    ssl-default-server-options ssl-min-ver TLSv1.2

resolvers system
    parse-resolv-conf

defaults
    mode http
    log global
    option httplog
    option dontlognull
    timeout connect 10s
    timeout http-request 30s
    ${WAITS}
    timeout client ${hold}s
    timeout server ${hold}s
    timeout http-keep-alive ${hold}s

${[...frontends, ...plan.services.map(backend)].join('\n')}`;
}

function frontend(plan: ProxyPlan, port: number, services: readonly ProxyService[]): string {
  const [first, ...others] = services;
  const tls = `ssl crt ${plan.certificate} alpn http/1.1`;
  const { revocation } = plan;
  const lists = revocation === undefined ? '' : ` crl-file ${revocation.lists}`;
  const clients = `ca-file ${plan.clientCa}${lists} verify required`;
  const chosen = others
    .map(({ name, host }) => `    use_backend ${name} if { ssl_fc_sni -i ${host} }\n`)
    .join('');
  return `frontend port-${port}
    bind :::${port} v4v6 ${tls} ${clients}
${chosen}    default_backend ${first?.name}
`;
}

function backend({ name, upstream }: ProxyService): string {
  const { host, port, address, ca } = upstream;
  const found = address === undefined ? ' resolvers system init-addr last,libc,none' : '';
  return `backend ${name}
${stripped((header) => `    http-request del-header ${header}`)}    http-request set-header Host ${authority(upstream)}
    server cloud ${address ?? host}:${port} ssl verify required ca-file ${ca} sni str(${host}) verifyhost ${host} alpn http/1.1 pool-purge-delay ${UPSTREAM_IDLE}s${found}
`;
}
