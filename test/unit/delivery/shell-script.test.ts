import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { issuedShellScript } from '../../../shared/delivery/issued-shell-script.ts';
import type { Issued } from '../../../shared/delivery/render-issued.ts';
import { ISSUED } from '../../support/issued.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-kit-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs lines after the values of a script, in a directory that is empty before. */
function withValues(issued: Issued, lines: string): string {
  const script = join(directory, 'kit.sh');
  writeFileSync(script, issuedShellScript(issued, undefined));
  const source = `set -u\nvalues_only=yes\n. ${script}\n${lines}`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', source], { cwd: directory, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('what was issued, as a script of POSIX sh', () => {
  test('has the values that bootstrap.sh reads, and runs nothing when it is only read', () => {
    const printed = withValues(
      ISSUED,
      'echo "$serial_number $profile $name $not_after $renewal_from $trust_sha256 $directory"',
    );
    expect(printed).toBe(
      `${ISSUED.serialNumber} agent web-01 2026-12-28T09:00:00Z 2026-12-18T09:00:00Z ${ISSUED.trustSha256} /etc/fleetseal\n`,
    );
  });

  test('has the certificate with its issuers, the key and the roots where no deployment was sent', () => {
    const printed = withValues(
      ISSUED,
      `one() { printf '%s|' "$1" "$2" "$3" "$4" "$5" "$6" "$7"; echo; }; files one`,
    );
    expect(printed).toBe(
      [
        `certificate|kit|0|0|0644|/etc/fleetseal/agent.crt|${ISSUED.certificate}${ISSUED.chain[0]}|`,
        'private-key|host-key|0|0|0600|/etc/fleetseal/agent.key||',
        `roots|kit|0|0|0644|/etc/fleetseal/ca.crt|${ISSUED.caBundle}|\n`,
      ].join('\n'),
    );
  });

  test('keeps paths below the directory when the directory is another one', () => {
    const printed = withValues(ISSUED, 'directory="/opt/my files"; one() { echo "$6"; }; files one');
    expect(printed).toBe('/opt/my files/agent.crt\n/opt/my files/agent.key\n/opt/my files/ca.crt\n');
  });

  test('gives back the contents, paths and purposes of files, whatever they are', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 }).map((value) => value.replaceAll('\0', ''));
    const nasty = fc.constantFrom(
      "'",
      '$(touch ran)',
      '`touch ran`',
      '\\',
      '\n',
      '\r\n',
      '"',
      '-n',
      'EOF',
      '',
    );
    const contents = fc.array(fc.oneof(text, nasty), { maxLength: 8 }).map((parts) => parts.join(''));
    const file = fc.record({ path: contents, contents, purpose: contents });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 10, maxLength: 10 }), async (texts) => {
        const files = texts.map((some) => ({
          role: 'configuration' as const,
          source: 'kit' as const,
          mode: '0644',
          owner: 'root',
          group: 'root',
          acl: null,
          ...some,
        }));
        const kit = { files, notes: [] };
        withValues(
          { ...ISSUED, kit },
          `n=0; one() { n=$((n + 1)); printf '%s' "$6" >"$n.path"; printf '%s' "$7" >"$n.contents"; printf '%s' "$8" >"$n.purpose"; }; files one; [ ! -e ran ]`,
        );
        texts.forEach((expected, index) => {
          for (const part of ['path', 'contents', 'purpose'] as const)
            expect(readFileSync(join(directory, `${index + 1}.${part}`))).toEqual(
              Buffer.from(expected[part]),
            );
        });
      }),
      { numRuns: 10 },
    );
  });
});
