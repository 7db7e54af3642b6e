import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Deployment } from '../../../shared/elastic/deployment.ts';
import type { AgentCommands } from '../../../shared/elastic/kit.ts';
import { type Case, KEY_KINDS } from './cases.ts';
import { type Connections, connectionsOf, flagsOf } from './flags.ts';
import { serverYaml, writeHost, writeKitHost } from './host.ts';
import type { Issued, Issuing } from './issue.ts';
import { ENCRYPTED, type KeyForm, PLAIN } from './keys.ts';
import { HOST } from './names.ts';
import { everywhere } from './verdict.ts';

const SYSTEMS = ['linux', 'container'] as const;

/**
 * A Fleet Server host and an agent, each as the arguments of its kit (in a container: the variables) make it: the agent
 * to Fleet Server, Fleet Server's own agent to its internal listener, and Fleet Server to Elasticsearch.
 */
export async function* flagCases(directory: string, own: Issuing): AsyncGenerator<Case> {
  const elasticsearch = writeHost(join(directory, 'es'), await own.issue('output-server', 'p256'));
  for (const kind of KEY_KINDS) {
    const [server, agent] = [await own.issue('fleet-server', kind), await own.issue('agent', kind)];
    for (const os of SYSTEMS) {
      for (const form of kind === 'ed25519' || os === 'container' ? [PLAIN] : [PLAIN, ENCRYPTED]) {
        const name = `${kind}, ${form.name}, ${os}`;
        const at = (role: string) => join(directory, `${role} ${name}`.replace(/\W+/g, '-'));
        const host = connections(at('fleet-server'), server, form, { os, ...serverSettings(form) });
        const client = connections(at('agent'), agent, form, { os });
        const listener = ssl(host.listener);
        const good = { host: HOST, server: listener, verdicts: everywhere('accepted') };
        yield { ...good, name: `flags ${name}: agent to Fleet Server`, client: ssl(client.agent) };
        // By localhost, whatever the certificate's names (enroll.go; enroll/options.go).
        const internal = ssl({ ...host.agent, verification_mode: 'certificate' });
        yield { ...good, name: `flags ${name}: its own agent`, client: internal, host: 'localhost' };
        if (form.passphrase) continue;
        const output = { client: ssl(host.elasticsearch), server: serverYaml(elasticsearch) };
        yield { ...good, name: `flags ${name}: Fleet Server to Elasticsearch`, ...output };
      }
    }
  }
}

/** With an encrypted key Fleet Server shows Elasticsearch no certificate: the kit refuses it otherwise. */
function serverSettings({ passphrase }: KeyForm): Deployment {
  const elasticsearchUrl = `https://${HOST}:9200`;
  return { fleetServer: { elasticsearchUrl, elasticsearchClientCertificate: !passphrase } };
}

function connections(directory: string, issued: Issued, form: KeyForm, deployment: Deployment): Connections {
  const { kit } = writeKitHost(directory, issued, form, deployment);
  const commands: AgentCommands | undefined = kit.fleetServer ?? kit.elasticAgent;
  const flags = commands?.enroll?.arguments ?? flagsOf(commands?.environment ?? {});
  if (flags.length === 0) throw new Error(`the kit of ${issued.name} has no flags`);
  return connectionsOf(flags);
}

function ssl(settings: object | undefined): string {
  return stringify({ ssl: settings });
}
