import { join } from 'node:path';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { KEY_KINDS } from '../../../shared/domain/key-kind.ts';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import type { Kit } from '../../../shared/elastic/kit/kit.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Check } from '../report.ts';
import { clientYaml, serverYaml, writeHost, writeKitHost } from './host.ts';
import type { Issued, Issuing } from './issue.ts';
import { handshake, verdict } from './judge.ts';
import { ENCRYPTED, type KeyForm, PLAIN } from './keys.ts';
import { kitOf } from './kits.ts';
import type { Library } from './library.ts';
import { HOST } from './names.ts';
import { OldCa } from './old-ca.ts';
import { connectionsIn } from './parts.ts';
import { attempt, attemptOf, listenAll, type OtherCas } from './peers.ts';
import type { Expected } from './verdict.ts';

/** The library as in the usual agent, and as in both kinds of builds for FIPS. */
export interface FipsLibraries {
  readonly current: Library;
  readonly fips: Library;
  readonly fipsBefore: Library;
}

type Verdicts = Readonly<Record<keyof FipsLibraries, Expected>>;

/** What becomes of a key. */
interface Row {
  /** The words with which fleetseal refuses it. @default - it does not */
  readonly refusal?: RegExp;
  readonly verdicts: Verdicts;
}

const SERVED: Row = { verdicts: { current: 'accepted', fips: 'accepted', fipsBefore: 'accepted' } };

const ENCRYPTED_KEY = /encrypted private keys are unsupported in FIPS mode/;
const TOO_SHORT = /no FIPS compatible certificate chains found|RSA-1024 public key which is not allowed/;

/** Each column says what only a build for FIPS refuses, and what fleetseal refuses for its sake. */
function rowOf(kind: KeyKind, form: KeyForm): Row {
  if (form.passphrase)
    return {
      refusal: /encrypted key/,
      verdicts: {
        current: form.verdicts(kind).current,
        fips: ENCRYPTED_KEY,
        fipsBefore: ENCRYPTED_KEY,
      },
    };
  if (kind !== 'ed25519') return SERVED;
  return {
    refusal: /FIPS builds of Elastic Agent accept/,
    verdicts: { ...SERVED.verdicts, fipsBefore: /no FIPS compatible certificate chains|unsupported key/ },
  };
}

/** Every key of agents and Fleet Servers that are built for FIPS, with every connection that their kits configure. */
export async function fipsChecks(
  directory: string,
  own: Issuing,
  foreign: Issued,
  others: OtherCas,
  libraries: FipsLibraries,
): Promise<readonly Check[]> {
  await listenAll(join(directory, 'fips-peers'), own, foreign, others, Object.values(libraries));
  const checks: Check[] = [];
  for (const profile of ['agent', 'fleet-server'] as const)
    for (const kind of KEY_KINDS)
      for (const form of [PLAIN, ENCRYPTED]) {
        const issued = await own.issue(profile, kind);
        const place = join(directory, `fips-${issued.name}`);
        checks.push(...(await kitRow(`${profile} ${kind}, ${form.name}`, place, issued, form, libraries)));
      }
  return [...checks, ...(await lengthChecks(directory, own, libraries))];
}

async function kitRow(
  subject: string,
  directory: string,
  issued: Issued,
  form: KeyForm,
  libraries: FipsLibraries,
): Promise<readonly Check[]> {
  const row = rowOf(issued.keyKind, form);
  const { kit, refusal } = kitFor(directory, issued, form);
  const attempts = connectionsIn(kit).map((connection) => attemptOf(connection, 'fleetseal'));
  const judged = await byLibrary(libraries, async (library, name) => {
    const expected = row.verdicts[name];
    const verdicts = [];
    for (const asked of attempts)
      verdicts.push(verdict(await attempt(library, asked, directory), asked.open ? 'accepted' : expected));
    const texts = new Map(verdicts.flatMap(({ findings }) => findings).map((each) => [each.text, each]));
    return { passed: verdicts.every(({ passed }) => passed), findings: [...texts.values()] };
  });
  return [fleetseal(refusal, row.refusal), ...judged].map((check) => ({ subject, ...check }));
}

/** The host's kit; where it is refused, the one of a host like it that has nothing to refuse. */
function kitFor(
  directory: string,
  issued: Issued,
  form: KeyForm,
): { readonly kit: Kit; readonly refusal: string | undefined } {
  const asked: Deployment = {
    ...(issued.profile === 'fleet-server'
      ? {
          fleetServer: {
            policyId: 'fleet-servers',
            elasticsearchUrl: `https://${HOST}:9200`,
            elasticsearchClientCertificate: !form.passphrase,
          },
        }
      : {}),
  };
  try {
    const { kit } = writeKitHost(directory, issued, form, { ...asked, agent: { fips: true } });
    return { kit, refusal: undefined };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const host = writeHost(`${directory}-refused`, issued, { form });
    const passphrase = host.passphrase === undefined ? {} : { keyPassphraseFile: host.passphrase };
    const kit = kitOf(
      { ...asked, directory: host.directory, ...passphrase },
      { ...issued, keyKind: form.passphrase ? 'rsa' : issued.keyKind },
    );
    return { kit, refusal: error.message };
  }
}

/** Lengths of RSA keys: the service itself refuses what no build for FIPS takes. */
async function lengthChecks(
  directory: string,
  own: Issuing,
  libraries: FipsLibraries,
): Promise<readonly Check[]> {
  const ca = new OldCa(join(directory, 'fips-ca'), 'CA of RSA keys');
  const good = {
    agent: writeHost(join(directory, 'fips-agent'), ca.issue('agent')),
    'fleet-server': writeHost(join(directory, 'fips-server'), ca.issue('fleet-server')),
  };
  const rows: readonly (readonly [number, Row])[] = [
    [
      1024,
      { refusal: /1024 bits; it must have 2048/, verdicts: { ...SERVED.verdicts, ...TOO_SHORT_IN_FIPS } },
    ],
    [2048, SERVED],
    [3072, SERVED],
  ];
  const checks: Check[] = [];
  for (const [bits, row] of rows) {
    const refusal = await own.refusalOf(bits);
    for (const profile of ['agent', 'fleet-server'] as const) {
      const place = join(directory, `fips-${profile}-${bits}`);
      const hosts = { ...good, [profile]: writeHost(place, ca.issue(profile, ['-newkey', `rsa:${bits}`])) };
      const [server, client] = [serverYaml(hosts['fleet-server']), clientYaml(hosts.agent)];
      const subject = `${profile === 'agent' ? 'client' : 'server'} with an RSA key of ${bits} bits`;
      const judged = await byLibrary(libraries, async (library, name) =>
        verdict(await handshake(library, { server, client, host: HOST }), row.verdicts[name]),
      );
      checks.push(...[fleetseal(refusal, row.refusal), ...judged].map((check) => ({ subject, ...check })));
    }
  }
  return checks;
}

const TOO_SHORT_IN_FIPS = { fips: TOO_SHORT, fipsBefore: TOO_SHORT };

type Judged = Omit<Check, 'subject'>;

async function byLibrary(
  libraries: FipsLibraries,
  judge: (library: Library, name: keyof FipsLibraries) => Promise<Omit<Judged, 'judge'>>,
): Promise<readonly Judged[]> {
  const names = ['current', 'fips', 'fipsBefore'] as const;
  return Promise.all(
    names.map(async (name) => ({ judge: libraries[name].name, ...(await judge(libraries[name], name)) })),
  );
}

/** What fleetseal says of it before any agent does. */
function fleetseal(refusal: string | undefined, expected: RegExp | undefined): Judged {
  const answer = refusal === undefined ? { ok: true } : { ok: false, error: refusal };
  return { judge: 'fleetseal', ...verdict(answer, expected ?? 'accepted') };
}
