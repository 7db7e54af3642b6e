import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KEY_KINDS } from '../../../shared/domain/key-kind.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { Kit } from '../../../shared/elastic/kit/kit.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Check } from '../report.ts';
import { secretFile } from './eck-pods.ts';
import type { Issued, Issuing } from './issue.ts';
import { verdict } from './judge.ts';
import type { Library } from './library.ts';
import { connectionsIn, strayTexts } from './parts.ts';
import { attempt, attemptOf } from './peers.ts';

/** Before and after ECK has fields of its own for client certificates. */
const ECK_VERSIONS = ['2.16.1', '3.4.0', '3.5.0'] as const;

const NO_ED25519 = /ECK cannot read an Ed25519 key/;

/**
 * Agents and Fleet Servers that ECK runs: every connection that the kit's patch configures, with the files of the Secret
 * where the patch mounts them. The peers are those of {@link listenAll}, which has run.
 */
export async function eckPodChecks(
  directory: string,
  own: Issuing,
  libraries: readonly Library[],
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const profile of ['agent', 'fleet-server'] as const)
    for (const kind of KEY_KINDS) {
      const issued = await own.issue(profile, kind);
      writeSecret(directory, issued);
      for (const version of ECK_VERSIONS)
        for (const library of libraries) {
          const subject = `${profile} ${kind} in pods of ECK ${version}`;
          checks.push({ subject, judge: library.name, ...(await judged(library, issued, version)) });
        }
    }
  return checks;
}

/** As the kit's job puts it together: the key of Fleet Server, where it is of a curve, as SEC1. */
function writeSecret(directory: string, issued: Issued): void {
  const { profile, keyKind, name, privateKey } = issued;
  const type = profile === 'fleet-server' && /^p\d/.test(keyKind) ? 'sec1' : 'pkcs8';
  const contents = {
    'tls.crt': [issued.certificatePem, ...issued.chainPem].join(''),
    'tls.key': privateKey.export({ type, format: 'pem' }).toString(),
    'ca.crt': issued.caBundlePem,
  };
  for (const [key, text] of Object.entries(contents)) {
    const file = join(directory, secretFile(name, key));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

async function judged(
  library: Library,
  issued: Issued,
  eckVersion: string,
): Promise<Pick<Check, 'passed' | 'findings'>> {
  const refused = issued.profile === 'fleet-server' && issued.keyKind === 'ed25519';
  const kit = kitOrWords(issued, eckVersion);
  if (typeof kit === 'string') return verdict({ ok: false, error: kit }, refused ? NO_ED25519 : 'accepted');
  if (refused) return verdict({ ok: true }, NO_ED25519);
  const strays = strayTexts(kit);
  if (strays.length > 0) return verdict({ ok: false, error: `nobody reads ${strays}` }, 'accepted');
  const verdicts = [];
  for (const connection of connectionsIn(kit)) {
    // ECK adds the CAs of an output.
    const trust = connection.yaml.includes('certificate_authorities') ? 'fleetseal' : 'system';
    const name = `${issued.name}-${eckVersion}`;
    verdicts.push(verdict(await attempt(library, attemptOf(connection, trust), name), 'accepted'));
  }
  const findings = verdicts.flatMap((each) => each.findings);
  return { passed: verdicts.length > 0 && verdicts.every(({ passed }) => passed), findings };
}

/** The kit, or the words with which it is refused. */
function kitOrWords({ profile, ...certificate }: Issued, eckVersion: string): Kit | string {
  const { keyKind, name } = certificate;
  const dnsNames = profile === 'fleet-server' ? ['fleet-server-agent-http.default.svc'] : [];
  const asked = {
    model: 'on-premises',
    os: 'container',
    stackVersion: '9.5.2',
    container: { runtime: 'eck', image: 'registry.example.com/tools:1' },
    eck: { eckVersion, enterpriseLicense: true, secretName: name },
  };
  try {
    const deployment = checkDeployment(asked, { profile, keyKind, dnsNames });
    return renderKit({ deployment, certificate: { ...certificate, dnsNames } });
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
