import { inDirectory, REVOCATION_FILES } from '../deployment/kit-paths.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { publicPlace } from '../files/access.ts';
import type { KitFile } from '../kit/kit-file.ts';
import type { ByProgram, RefreshCommands } from '../kit/proxy-configurations.ts';
import { shellCommand } from '../syntax/shell.ts';
import { envoySecretYaml } from './envoy.ts';
import type { ProxyPlan, ProxyRevocationPlan } from './plan.ts';
import { refreshScript } from './refresh-script.ts';

/** What reloads each program; nothing for Envoy, which reads the lists itself. */
type Reloads = Readonly<Record<keyof ByProgram, readonly string[]>>;

const SYSTEMD: Reloads = {
  nginx: ['systemctl', 'reload', 'nginx'],
  haproxy: ['systemctl', 'reload', 'haproxy'],
  envoy: [],
  // Debian and SUSE call the service apache2, Red Hat httpd. "apachectl graceful" starts an Apache httpd that is stopped.
  apache: ['sh', '-c', 'systemctl reload apache2 || systemctl reload httpd'],
};

/** The oldest process of a program is its master. */
const SIGNALS: Reloads = {
  nginx: ['pkill', '-HUP', '-o', '-x', 'nginx'],
  haproxy: ['pkill', '-USR2', '-o', '-x', 'haproxy'],
  envoy: [],
  // With a wrong configuration, the signal would end the program.
  apache: ['sh', '-c', 'apachectl configtest && pkill -USR1 -o -x httpd'],
};

/** Minutes between two refreshes. */
export const REFRESH_MINUTES = 5;

/** The files with which the proxy of a deployment checks whether certificates are revoked. */
export function revocationPlan(deployment: ResolvedDeployment): ProxyRevocationPlan {
  return {
    lists: inDirectory(deployment, REVOCATION_FILES.lists),
    envoySecret: inDirectory(deployment, REVOCATION_FILES.envoySecret),
  };
}

/** The commands that keep the lists fresh. */
export function refreshCommands(deployment: ResolvedDeployment): RefreshCommands {
  const { os } = deployment;
  const command = (reload: readonly string[]) =>
    shellCommand(['sh', inDirectory(deployment, REVOCATION_FILES.script), ...reload]);
  const fetch = command([]);
  if (os === 'container') return { fetch };
  const reloads = os === 'linux' ? SYSTEMD : SIGNALS;
  const cron = byProgram(reloads, (reload) => `*/${REFRESH_MINUTES} * * * * ${command(reload)}`);
  if (os !== 'linux') return { fetch, cron };
  return { fetch, systemd: byProgram(reloads, (reload) => timer(command(reload))), cron };
}

function byProgram(reloads: Reloads, render: (reload: readonly string[]) => string): ByProgram {
  const { nginx, haproxy, envoy, apache } = reloads;
  return {
    nginx: render(nginx),
    haproxy: render(haproxy),
    envoy: render(envoy),
    apache: render(apache),
  };
}

const UNIT = '/etc/systemd/system/fleetseal-revocation-lists';

/** The paths in the command are plain (see rules.ts), so that systemd splits it as a shell does. */
function timer(command: string): string {
  return `cat >${UNIT}.service <<'EOF'
[Unit]
Description=Refresh the revocation lists of the proxy
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
TimeoutStartSec=20min
ExecStart=/bin/${command}
EOF
cat >${UNIT}.timer <<'EOF'
[Unit]
Description=Refresh the revocation lists of the proxy

[Timer]
OnBootSec=10s
OnCalendar=*:0/${REFRESH_MINUTES}
RandomizedDelaySec=60s

[Install]
WantedBy=timers.target
EOF
systemctl daemon-reload
systemctl enable --now fleetseal-revocation-lists.timer
`;
}

/** The lists, the script that fetches them, and what lets Envoy read them again; none if none are published. */
export function revocationFiles(
  deployment: ResolvedDeployment,
  plan: ProxyPlan,
  revocationUrl: string | undefined,
): readonly KitFile[] {
  const { revocation, certificate: chain, clientCa: roots } = plan;
  if (revocation === undefined || revocationUrl === undefined) return [];
  const { lists } = revocation;
  const place = (name: string) => publicPlace(deployment, name);
  return [
    {
      ...place(REVOCATION_FILES.script),
      role: 'script',
      source: 'kit',
      mode: '0755',
      contents: refreshScript({ revocationUrl, lists, chain, roots }),
      purpose: 'fetches the revocation lists; needs curl, awk and OpenSSL 1.1.1 or later',
    },
    {
      ...place(REVOCATION_FILES.lists),
      role: 'revocation-list',
      source: 'service',
      contents: null,
      purpose: `the revocation lists of every CA, for the check of client certificates: before the proxy first starts, fetch them as root with "${refreshCommands(deployment).fetch}"`,
    },
    {
      ...place(REVOCATION_FILES.envoySecret),
      role: 'configuration',
      source: 'kit',
      contents: envoySecretYaml({ ...plan, revocation }),
      purpose: 'Envoy only: verifies clients, and lets Envoy read new revocation lists without a restart',
    },
  ];
}
