import { describe, expect, test } from '@jest/globals';
import { kitOf, SAMPLE } from '../../../../docs/generate/kits/document.ts';
import { EXAMPLES } from '../../../../docs/generate/kits/examples.ts';
import {
  FILE_ROLES,
  FILE_SOURCES,
  type FileSource,
  type KitFile,
} from '../../../../shared/elastic/kit/kit-file.ts';
import { renderKitToCome } from '../../../../shared/elastic/kit-to-come.ts';

const filesOf = (example: (typeof EXAMPLES)[number]): readonly KitFile[] => kitOf(example).kit.files;

describe('the files of a kit', () => {
  test.each(EXAMPLES)(
    '$title: have roles that their sources allow, and contents only from the kit',
    (example) => {
      for (const { path, role, source, contents } of filesOf(example)) {
        const roles: readonly string[] = FILE_SOURCES[source].roles;
        expect([path, roles.includes(role), contents !== null]).toEqual([path, true, source === 'kit']);
      }
    },
  );

  test.each(EXAMPLES)('$title: have one key at most, which others cannot read', (example) => {
    const keys = filesOf(example).filter(({ source }) => source === 'host-key');
    expect(keys.length).toBeLessThanOrEqual(1);
    // The roles that are secrets; null is Windows, where the access control list says it.
    for (const { mode, acl } of filesOf(example).filter(({ role }) => /key|passphrase|token/.test(role)))
      expect(mode === null ? acl : mode).toEqual(
        mode === null ? expect.any(Array) : expect.stringMatching(/^06[04]0$/),
      );
  });

  test.each(EXAMPLES)('$title: end with one line feed where the kit holds them', (example) => {
    for (const { contents } of filesOf(example)) expect(contents ?? 'x\n').toMatch(/[^\n]\n$/);
  });

  test.each(EXAMPLES)(
    '$title: come with the enrollment, before it, if they hold the certificate',
    (example) => {
      const { resolved, kit } = kitOf(example);
      const subject = { name: 'web-01', caBundlePem: SAMPLE.roots };
      const { files } = renderKitToCome(resolved, subject, 'http://pki.example.com');
      const expected = kit.files.map((file) =>
        file.role === 'certificate'
          ? {
              ...file,
              source: 'service',
              contents: null,
              purpose: `${file.purpose}; comes with the enrollment`,
            }
          : file,
      );
      expect(files).toEqual(expected);
    },
  );

  test('take every role and source from the closed lists, and leave none unused', () => {
    const sources = Object.keys(FILE_SOURCES) as readonly FileSource[];
    const used = new Set(sources.flatMap((source) => FILE_SOURCES[source].roles));
    expect([...used].sort()).toEqual(Object.keys(FILE_ROLES).sort());
    const shown = new Set(EXAMPLES.flatMap(filesOf).map(({ role }) => role));
    expect([...shown].sort()).toEqual(Object.keys(FILE_ROLES).sort());
  });
});
