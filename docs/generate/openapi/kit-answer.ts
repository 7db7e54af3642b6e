import * as z from 'zod/mini';
import {
  FILE_ROLES,
  FILE_SOURCES,
  type FileRole,
  type FileSource,
} from '../../../shared/elastic/kit/kit-file.ts';

/*
 * The shape of a kit, for the description of the API; the functions render kits without a schema. A test compares it
 * with the types of `shared/elastic` at compile time.
 */

const said = (text: string) => z.string().check(z.describe(text));

const place = {
  path: z.string(),
  mode: z.nullable(said('Octal; null on Windows.')),
  owner: z.nullable(said('A name or a numeric id; null on Windows.')),
  group: z.nullable(said('A name or a numeric id; null on Windows.')),
  acl: z.nullable(z.array(said('A PowerShell line that sets the access control list.'))),
  purpose: z.string(),
};

const { kit: fromKit, ...elsewhere } = FILE_SOURCES;
const elsewhereNames = Object.keys(elsewhere) as readonly (keyof typeof elsewhere)[];
const elsewhereRoles = new Set(Object.values(elsewhere).flatMap(({ roles }) => [...roles]));

const file = z.discriminatedUnion('source', [
  z
    .object({
      ...place,
      role: z.enum(fromKit.roles).check(z.describe(rolesText(fromKit.roles))),
      source: z.literal('kit').check(z.describe(sourceText('kit'))),
      contents: z.string(),
    })
    .check(z.meta({ id: 'WholeFile', description: 'A file whose contents are in the kit.' })),
  z
    .object({
      ...place,
      role: z.enum([...elsewhereRoles]).check(z.describe(rolesText([...elsewhereRoles]))),
      source: z.enum(elsewhereNames).check(z.describe(elsewhereNames.map(sourceText).join(' '))),
      contents: z.null(),
    })
    .check(
      z.meta({
        id: 'HostFile',
        description: 'A file whose contents are not in the kit: source says where they come from.',
      }),
    ),
]);

function rolesText(roles: readonly FileRole[]): string {
  return roles.map((role) => `\`${role}\`: ${FILE_ROLES[role]}`).join(' ');
}

function sourceText(source: FileSource): string {
  const { meaning, roles } = FILE_SOURCES[source];
  return `\`${source}\` (${roles.join(', ')}): ${meaning}`;
}

const command = z.object({
  arguments: z.array(z.string()).check(z.describe('Exact argv for elastic-agent.')),
  shell: z.optional(said('The same, quoted for a POSIX shell.')),
  powershell: z.optional(said('The same, quoted for PowerShell.')),
});

const docker = z.object({
  prepare: said("For a POSIX shell, run once: makes the directory for the agent's state."),
  arguments: z.array(z.string()).check(z.describe('Exact argv for docker.')),
  shell: said('The same, quoted for a POSIX shell.'),
  compose: said('The same as compose.yaml.'),
});

const agentCommands = z
  .object({
    install: z.optional(command),
    enroll: z.optional(command),
    environment: z.optional(
      z.record(z.string(), z.string()).check(z.describe('Variables of the container.')),
    ),
    docker: z.optional(docker),
  })
  .check(z.meta({ id: 'AgentCommands' }));

const kibanaCall = z.object({
  method: z.enum(['POST', 'PUT']),
  path: said('Below the address of Kibana.'),
  headers: z.record(z.string(), z.string()),
  body: z.record(z.string(), z.unknown()),
});

const kibanaApi = z
  .object({
    create: kibanaCall,
    update: kibanaCall,
    command: z.optional(
      said(
        'For a POSIX shell with curl and awk: fills in what only the host knows, then creates the object, or changes what the kit says of the one that exists, and prints what that was. Absent where it needs a file of a Windows host.',
      ),
    ),
  })
  .check(z.meta({ id: 'KibanaRequests' }));

const output = z.object({
  name: z.string(),
  type: z.string(),
  yaml: said('For Advanced YAML in Fleet.'),
  standalone: said('For elastic-agent.yml of a standalone agent.'),
  kibanaYml: said('For kibana.yml.'),
  kibanaApi,
  clients: z.optional(
    z
      .object({
        kibanaYml: said('Lines for kibana.yml.'),
        beatsYml: said('For the configuration of a Beat, or of APM Server.'),
        logstash: z.optional(said('An output for a pipeline of Logstash. Absent with a passphrase.')),
        curl: z.optional(said('A request to the first host. Absent on Windows.')),
      })
      .check(
        z.describe(
          'With profile output-client, type elasticsearch and form path: settings of other clients, which Elasticsearch refuses without a certificate.',
        ),
      ),
  ),
  fill: z.optional(said('Inline form: a shell filter that fills in {{file:/path}}.')),
});

const serviceEnvironment = z
  .object({
    shell: z.optional(said('Linux and macOS, for sudo sh.')),
    powershell: z.optional(said('Windows, for an elevated PowerShell.')),
  })
  .check(
    z.describe(
      "Only with directoryVariable: sets it for the agent's service, and restarts an agent that runs without it.",
    ),
  );

const keyEncryption = z
  .object({
    shell: z.optional(said('For root, with POSIX sh and OpenSSL 1.1.1 or later.')),
    powershell: z.optional(
      said('For an elevated PowerShell, with OpenSSL 1.1.1 or later or as PowerShell 7.2 or later.'),
    ),
  })
  .check(
    z.describe(
      'With keyPassphraseFile: a script that creates the passphrase file if there is none, and encrypts the key in place. Run it after the certificate is written and before the agent is installed or restarted; it can be run again.',
    ),
  );

const outputServers = z.object({
  logstash: z.optional(said("An input for a pipeline's configuration.")),
  elasticsearchYml: z.optional(said('Lines for elasticsearch.yml.')),
  kafkaProperties: z.optional(said('Lines for the properties of a broker.')),
});

const byProgram = z.object({
  nginx: z.string(),
  haproxy: z.string(),
  envoy: z.string(),
  apache: z.string(),
});

const proxy = z.object({
  nginx: said('nginx.conf'),
  haproxy: said('haproxy.cfg'),
  envoy: said('envoy.yaml'),
  apache: said('A file for Apache httpd to include.'),
  caddy: said('Caddyfile'),
  traefik: z.object({ static: said('/etc/traefik/traefik.yml'), dynamic: said('/etc/traefik/dynamic.yml') }),
  revocationLists: z.optional(
    z
      .object({
        fetch: said('Run before the proxy first starts: fetches the lists.'),
        systemd: z.optional(
          byProgram.check(
            z.describe('Then, with systemd: a timer that refreshes the lists and reloads the proxy.'),
          ),
        ),
        cron: z.optional(byProgram.check(z.describe("The same as a line of root's crontab."))),
      })
      .check(
        z.describe(
          'How the file with the revocation lists comes onto the host, and stays fresh. For a POSIX shell, as root.',
        ),
      ),
  ),
});

const kubernetes = z.object({
  manifests: z.optional(said('YAML documents for kubectl apply.')),
  helmValues: z.optional(said('YAML for helm upgrade --values.')),
  patches: z.optional(
    said('YAML documents to merge into the manifests of your own resources. The commands do it too.'),
  ),
  tokenRequest: z.optional(
    z
      .record(z.string(), z.unknown())
      .check(z.describe("The body of POST /v1/tokens for the pods' token; fill in {{...}}.")),
  ),
  commands: z.array(z.string()).check(z.describe('For a POSIX shell, in this order.')),
});

const migration = z.object({
  steps: z
    .array(z.object({ title: z.string(), detail: z.string(), commands: z.array(z.string()) }))
    .check(z.describe('Finish each on every host before the next begins.')),
  agentPolicy: z.optional(
    z
      .extend(kibanaCall, {
        method: z.literal('PUT'),
        command: said('For a POSIX shell with curl and awk: changes only this, and prints what that was.'),
      })
      .check(z.describe('Points the agents of a policy at the files of this kit.')),
  ),
});

const note = z.object({
  code: said('Stable, for programs.'),
  severity: z.enum(['info', 'warning']),
  message: z.string(),
  source: said('The document or source file that says so.'),
});

/** What a deployment needs, ready to use. A part that does not apply is absent. */
export const kitView = z
  .object({
    files: z.array(file),
    elasticAgent: z.optional(agentCommands),
    fleetServer: z.optional(agentCommands),
    fleetSettings: z.optional(z.object({ proxy: z.optional(kibanaApi), fleetServerHost: kibanaApi })),
    keyEncryption: z.optional(keyEncryption),
    serviceEnvironment: z.optional(serviceEnvironment),
    outputServers: z.optional(outputServers),
    outputs: z.optional(z.array(output)),
    output: z.optional(
      z.object({ yaml: said("The default output's settings, for Advanced YAML in Fleet.") }),
    ),
    proxy: z.optional(proxy),
    kubernetes: z.optional(kubernetes),
    migration: z.optional(migration),
    notes: z.array(note),
  })
  .check(z.meta({ id: 'Kit' }));

const activationMode = z.optional(z.enum(['automatic', 'restart', 'reenroll']));

/** What it takes for each component to use a renewed certificate. */
export const activationView = z.object({
  agent: activationMode,
  fleetServer: activationMode,
  outputs: activationMode,
  elasticDefend: activationMode,
  commands: z.array(z.string()),
  reason: z.string(),
});
