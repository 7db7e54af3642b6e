import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { deploymentDocument, fieldsOf } from '../../../../docs/generate/deployment/document.ts';
import { withWords } from '../../../../docs/generate/openapi/field-words.ts';
import { deploymentSchema } from '../../../../shared/elastic/deployment/deployment.ts';
import { flag, number, secret, text, url } from '../../../../shared/elastic/deployment/fields/field.ts';
import { about, wordsBelow } from '../../../../shared/elastic/deployment/fields/words.ts';

const FILE = new URL('../../../../docs/deployment.md', import.meta.url);

describe('docs/deployment.md', () => {
  test('is what the fields say, line by line; `npm run docs` writes it again', () => {
    expect(readFileSync(FILE, 'utf8').split('\n')).toEqual(deploymentDocument().split('\n'));
  });

  test('has every field, each with its meaning', () => {
    const fields = fieldsOf(deploymentSchema);
    expect(fields.length).toBeGreaterThan(70);
    expect(fields.filter(({ words }) => !words.description.endsWith('.'))).toEqual([]);
  });

  test('says what is recorded, by the kind of the field', () => {
    const kept = Object.fromEntries(
      fieldsOf(deploymentSchema).map(({ place, recorded }) => [place, recorded]),
    );
    expect(kept).toMatchObject({
      model: 'yes',
      fleetUrl: 'without secrets',
      fleetEnrollmentToken: 'no',
      agent: '',
      'agent.headers': 'without secrets',
      'agent.tags': 'yes',
      'fleetServer.port': 'yes',
      'outputs[].hosts': 'without secrets',
      'trust.kafka.pem': 'yes',
    });
  });

  test('shows ranges, values and defaults', () => {
    expect(deploymentDocument()).toContain('| `fleetServer.port` | whole number, 1 to 65535 | `8220` |');
    expect(deploymentDocument()).toContain('| `proxy.kind` | `terminating`, `forward` | `terminating` |');
    expect(deploymentDocument()).toContain(
      '| `trust.proxy` | `fleetseal` or `system` or `{ pem }` or `{ path }` |',
    );
  });
});

describe('the words for fields', () => {
  const meaning = { description: 'What it means.' };

  test('are complete: a field without words does not compile', () => {
    const schema = z.strictObject({ size: number, colour: text });
    // @ts-expect-error `colour` has no words
    about(schema, () => ({ size: meaning }));
    // @ts-expect-error there is no field `weight`
    about(schema, () => ({ size: meaning, colour: meaning }), { weight: 1 });
    expect(fieldsOf(schema).map(({ place }) => place)).toEqual(['size', 'colour']);
  });

  test('are an error where there is no such field', () => {
    const schema = z.strictObject({ size: number });
    about(schema, () => ({ size: meaning, weight: meaning }));
    expect(() => withWords(z.toJSONSchema(schema), wordsBelow(schema))).toThrow(
      'words without a field: weight',
    );
  });

  test('are in the reference for fields of every kind, with a default that is false too', () => {
    const schema = z.strictObject({ size: number, isOpen: flag, key: secret, site: url });
    about(schema, () => ({ size: meaning, isOpen: meaning, key: meaning, site: meaning }), { isOpen: false });
    expect(deploymentDocument(schema)).toContain(
      [
        '| `size` | whole number |  | What it means. | yes |',
        '| `isOpen` | boolean | `false` | What it means. | yes |',
        '| `key` | string |  | What it means. | no |',
        '| `site` | string |  | What it means. | without secrets |',
      ].join('\n'),
    );
  });
});
