import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { powershellScript } from '../../../shared/delivery/powershell-script.ts';
import type { Issued } from '../../../shared/delivery/render-issued.ts';
import { ISSUED } from '../../support/issued.ts';
import { PowershellGrammar } from '../../support/powershell-grammar.ts';

let grammar: PowershellGrammar;
beforeAll(async () => {
  grammar = await PowershellGrammar.load();
});
afterAll(() => grammar.close());

/** The one object that the script holds, read as PowerShell reads it. */
function heldBy(script: string, first = 'serialNumber'): unknown {
  const [held] = grammar.literalsOf(script).filter((text) => text.startsWith(`{"${first}"`));
  return JSON.parse(held ?? '');
}

describe('what was issued, as a script of PowerShell', () => {
  test('has the certificate with its issuers and the roots, and the usual directory of Windows', () => {
    const { certificate, chain, caBundle } = ISSUED;
    expect(heldBy(powershellScript(ISSUED, undefined))).toEqual({
      ...{ serialNumber: ISSUED.serialNumber, profile: 'agent', name: 'web-01' },
      ...{ notAfter: ISSUED.notAfter, certificate, chain, caBundle },
      directory: 'C:\\ProgramData\\fleetseal',
      warnings: [],
    });
  });

  test('has the warnings of the kit, and no certificate before one is issued', () => {
    const { profile, name, caBundle } = ISSUED;
    const note = (code: string, message: string) =>
      ({ code, severity: 'warning', message, source: 'fleetseal' }) as const;
    const notes = [note('defend_needs_rsa', 'of a policy'), note('host_deployment', 'look\nhere')];
    const kit = { files: [], notes };
    const script = powershellScript({ profile, name, caBundle, kit }, undefined);
    expect(heldBy(script, 'profile')).toEqual({
      ...{ profile, name, caBundle, warnings: ['look here'], kit: { files: [] } },
      directory: 'C:\\ProgramData\\fleetseal',
    });
    expect(script).toContain(
      '# The kit of agent web-01, whose certificate is not issued yet, from fleetseal. See Get-Help.\n',
    );
  });

  test('begins with what Windows PowerShell and its readers need to know', () => {
    const [requires, certificate, help] = powershellScript(ISSUED, undefined).split('\n');
    expect([requires, certificate, help]).toEqual([
      '#Requires -Version 5.1',
      `# The certificate ${ISSUED.serialNumber} of agent web-01, from fleetseal. See Get-Help.`,
      '<#',
    ]);
  });

  test('is ASCII, and gives back any text as it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', "'", '\u2019', '@answer@'),
        async (text, mark) => {
          const caBundle = text + mark + text;
          const script = powershellScript({ ...ISSUED, caBundle } as Issued, undefined);
          expect(script).toMatch(/^[\n\x20-\x7e]*$/);
          expect(heldBy(script)).toMatchObject({ caBundle });
        },
      ),
      { numRuns: 30 },
    );
  });
});
