/** Whole configurations that end the mutual TLS of the agents in front of Elastic Cloud. */
export interface ProxyConfigurations {
  /** nginx.conf, nginx 1.19.4 or later. */
  readonly nginx: string;
  /** haproxy.cfg, HAProxy 2.6 or later. */
  readonly haproxy: string;
  /** envoy.yaml, Envoy 1.30 or later. */
  readonly envoy: string;
  /** A file among those that Apache httpd includes (2.4.34 or later), such as sites-available/fleetseal.conf. */
  readonly apache: string;
  /** Caddyfile, Caddy 2.11 or later, which checks no revocation lists. */
  readonly caddy: string;
  /** Traefik 3.6.7 or later, which checks no revocation lists. */
  readonly traefik: TraefikFiles;
  /** How the file with the revocation lists comes onto the host, and stays fresh. */
  readonly revocationLists?: RefreshCommands;
}

/** What Traefik reads. */
export interface TraefikFiles {
  /** /etc/traefik/traefik.yml, read at startup. */
  readonly static: string;
  /** /etc/traefik/dynamic.yml, read again whenever it is written. */
  readonly dynamic: string;
}

/** How the file with the revocation lists comes onto the host, and stays fresh. Lines for a POSIX shell, as root. */
export interface RefreshCommands {
  /** Before the proxy first starts: fetches the lists. */
  readonly fetch: string;
  /** Then, with systemd: a timer that refreshes the lists and reloads the proxy. Only on Linux. */
  readonly systemd?: ByProgram;
  /** The same as a line of root's crontab. Absent in a container. */
  readonly cron?: ByProgram;
}

/** The same for each program that checks revocation lists. */
export interface ByProgram {
  readonly nginx: string;
  readonly haproxy: string;
  readonly envoy: string;
  readonly apache: string;
}
