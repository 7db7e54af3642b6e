import { readFileSync } from 'node:fs';
import { type Finding, ok, skipped, warning } from '../finding.ts';
import type { Subject } from '../subject.ts';

/** What a version of the Elastic Agent does with certificates; the releases are those of `shared/elastic/versions.ts`. */
export function checkStackVersion({ stackVersion, keyFile, chain }: Subject): readonly Finding[] {
  const check = 'stack version';
  if (stackVersion === undefined)
    return [skipped(check, 'No Elastic Agent is installed here: pass --stack-version for hints.')];
  const isBefore = (release: string) => compare(stackVersion, release) < 0;
  const upgrade = (release: string) => `Upgrade it to ${release} or later.`;
  if (isBefore('8.13.0'))
    return [warning(check, `Elastic Agent ${stackVersion} takes no client certificate.`, upgrade('8.13.0'))];
  const findings: Finding[] = [];
  const encrypted = keyFile !== undefined && isEncrypted(keyFile);
  if (encrypted && isBefore('8.16.0'))
    findings.push(
      warning(
        check,
        `Elastic Agent ${stackVersion} reads no encrypted key.`,
        `${upgrade('8.16.0')} Or leave the key unencrypted.`,
      ),
    );
  if (isBefore('9.1.0') && chain[0].publicKey.asymmetricKeyType !== 'rsa')
    findings.push(
      warning(
        check,
        `Elastic Defend ${stackVersion} reads RSA keys only.`,
        `${upgrade('9.1.0')} Or enroll the host with an RSA key, if it has Elastic Defend.`,
      ),
    );
  if (isBefore('9.5.0'))
    findings.push(
      warning(
        check,
        `Elastic Agent ${stackVersion} reads renewed files only when it starts.`,
        'Let the renewal job run "elastic-agent restart", or upgrade to 9.5.0.',
      ),
    );
  return findings.length > 0
    ? findings
    : [ok(check, `Elastic Agent ${stackVersion} reads renewed files by itself.`)];
}

function isEncrypted(file: string): boolean {
  try {
    return /ENCRYPTED PRIVATE KEY|DEK-Info/.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}

function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
