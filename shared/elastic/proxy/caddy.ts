import {
  authority,
  byPort,
  heading,
  type ProxyPlan,
  type ProxyService,
  stripped,
  UPSTREAM_IDLE,
  WAITS,
} from './plan.ts';

/**
 * A whole Caddyfile (Caddy 2.11 or later) that terminates mutual TLS. Caddy checks no revocation lists; where clients
 * are asked for certificates, it resumes no session (caddy, modules/caddytls/connpolicy.go).
 */
export function caddyfile(plan: ProxyPlan): string {
  const sites = byPort(plan.services).flatMap(([port, services]) =>
    services.map((service) => site(plan, service, `${services.length > 1 ? service.host : ''}:${port}`)),
  );
  return `${heading('Caddyfile')}
{
	auto_https off
	servers {
		protocols h1
		# All sites ask for the same client certificates; clients of an IP address send no SNI.
		strict_sni_host insecure_off
		timeouts {
			idle ${plan.hold}s
		}
	}
}
${sites.join('')}`;
}

function site(
  { certificate, key, clientCa, hold }: ProxyPlan,
  { upstream }: ProxyService,
  address: string,
): string {
  const { host, port, address: found = host, ca } = upstream;
  return `
https://${address} {
	tls ${certificate} ${key} {
		protocols tls1.2 tls1.3
		client_auth {
			mode require_and_verify
			trust_pool file ${clientCa}
		}
	}
	reverse_proxy https://${found}:${port} {
		header_up Host ${authority(upstream)}
${stripped((header) => `\t\theader_up -${header}`)}		transport http {
			versions 1.1
			compression off
			${WAITS}
			response_header_timeout ${hold}s
			keepalive ${UPSTREAM_IDLE}s
			tls_server_name ${host}
			tls_trust_pool file ${ca}
		}
	}
}
`;
}
