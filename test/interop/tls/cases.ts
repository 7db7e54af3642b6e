import { join } from 'node:path';
import { stringify } from 'yaml';
import { KEY_KINDS } from '../../../shared/domain/key-kind.ts';
import type { ProfileName } from '../../../shared/domain/profile.ts';
import { clientYaml, type Host, serverYaml, writeHost, writeKitHost } from './host.ts';
import type { Issued, Issuing } from './issue.ts';
import { ENCRYPTED, KEY_FORMS, type KeyForm, PLAIN } from './keys.ts';
import { HOST } from './names.ts';
import { everywhere, type Verdicts } from './verdict.ts';

/** A handshake to try. */
export interface Case {
  readonly name: string;
  /** YAML of the listener and of the client. */
  readonly server: string;
  readonly client: string;
  /** The name that the client expects of the server. */
  readonly host: string;
  readonly verdicts: Verdicts;
}

const CLIENTS: readonly ProfileName[] = ['fleet-server', 'output-client', 'proxy'];
const SERVERS: readonly ProfileName[] = ['fleet-server', 'output-server', 'proxy'];

/** Every combination; `own` is issued by the local cloud that the peers trust, `foreign` by another. */
export async function* cases(directory: string, own: Issuing, foreign: Issued): AsyncGenerator<Case> {
  let count = 0;
  const next = () => join(directory, `host-${++count}`);
  const listener = writeHost(next(), await own.issue('fleet-server', 'p256'));
  const agent = writeHost(next(), await own.issue('agent', 'p256'));
  const basis = { server: serverYaml(listener), client: clientYaml(agent), host: HOST };
  const good = everywhere('accepted');

  for (const kind of KEY_KINDS) {
    const issued = await own.issue('agent', kind);
    for (const form of KEY_FORMS) {
      const name = `agent ${kind}, ${form.name}, kit.output.yaml`;
      const client = outputYaml(next(), issued, form);
      yield { ...basis, name, client, verdicts: form.verdicts(kind) };
    }
  }
  for (const profile of CLIENTS) {
    for (const kind of KEY_KINDS) {
      const host = writeHost(next(), await own.issue(profile, kind));
      yield { ...basis, name: `${profile} ${kind} as client`, client: clientYaml(host), verdicts: good };
    }
  }
  for (const profile of SERVERS) {
    for (const kind of KEY_KINDS) {
      const issued = await own.issue(profile, kind);
      for (const form of [PLAIN, ENCRYPTED]) {
        const host = writeHost(next(), issued, { form });
        const name = `${profile} ${kind}, ${form.name}, as server`;
        yield { ...basis, name, server: serverYaml(host), verdicts: form.verdicts(kind) };
      }
    }
  }

  yield* refusals(basis, own, foreign, agent, next);
}

/** The default output of the agent's kit. An encrypted Ed25519 key is refused; what it would say is what any other says. */
function outputYaml(directory: string, issued: Issued, form: KeyForm): string {
  const allowed = !(form.passphrase && issued.keyKind === 'ed25519');
  const { kit } = writeKitHost(directory, allowed ? issued : { ...issued, keyKind: 'rsa' }, form);
  if (kit.output === undefined) throw new Error('the kit has no output');
  return kit.output.yaml;
}

/** What must not pass, and why it does not. */
async function* refusals(
  basis: Pick<Case, 'server' | 'client' | 'host'>,
  own: Issuing,
  foreign: Issued,
  agent: Host,
  next: () => string,
): AsyncGenerator<Case> {
  const client = (name: string, host: Host, verdicts: Verdicts): Case => ({
    ...basis,
    name,
    // Whose certificate it is does not change whom it trusts.
    client: clientYaml({ ...host, ca: agent.ca }),
    verdicts,
  });
  const { issued } = agent;
  const withChain = (...chain: readonly string[]) => writeHost(next(), issued, { chain });
  const refused = async (name: string, profile: ProfileName, words: RegExp, lag?: number) =>
    client(name, writeHost(next(), await own.issue(profile, 'p256', lag)), everywhere(words));

  const swapped = withChain(...issued.chainPem, issued.certificatePem);
  yield client('leaf after its issuer', swapped, everywhere(/private key (type )?does not match public key/));
  const strange = writeHost(next(), foreign);
  yield client('leaf without its issuer', withChain(issued.certificatePem), UNKNOWN_CLIENT);
  yield client('client of a foreign CA', strange, UNKNOWN_CLIENT);
  yield refused('certificate for servers alone as client', 'output-server', /incompatible key usage/);
  yield refused('expired client', 'agent', /has expired or is not yet valid: .* is after/, 2400);
  yield refused('client from the future', 'agent', /has expired or is not yet valid: .* is before/, -3600);
  const noCertificate = stringify({ ssl: { certificate_authorities: [agent.ca] } });
  yield { ...basis, name: 'no client certificate', client: noCertificate, verdicts: everywhere(NONE_GIVEN) };

  const otherName = everywhere(/valid for fleet\.example\.com, not other\.example\.com/);
  yield { ...basis, name: 'server of another name', host: 'other.example.com', verdicts: otherName };
  const trustsStranger = clientYaml({ ...agent, ca: strange.ca });
  const unknown = everywhere(/unknown authority/);
  yield { ...basis, name: 'client that trusts a foreign CA', client: trustsStranger, verdicts: unknown };
  const expired = writeHost(next(), await own.issue('fleet-server', 'p256', 2400));
  const late = everywhere(/has expired or is not yet valid: .* is after/);
  yield { ...basis, name: 'expired server', server: serverYaml(expired), verdicts: late };
}

const NONE_GIVEN = /client didn't provide a certificate/;

/** Before 0.43 the client kept its certificate to itself where the server names no CA of it. */
const UNKNOWN_CLIENT: Verdicts = { current: /unknown authority/, before043: NONE_GIVEN };
