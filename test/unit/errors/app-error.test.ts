import { describe, expect, test } from '@jest/globals';
import { AppError, fieldErrors, withInternal } from '../../../shared/errors/app-error.ts';
import { problemDocument } from '../../../shared/http/problem.ts';
import { decodeCsr } from '../../../shared/pki/csr.ts';
import {
  contextPrimitive,
  element,
  NULL,
  objectIdentifier,
  sequence,
  setOfOne,
  utf8String,
} from '../../../shared/pki/der/write.ts';
import { dn, extension, made, san } from '../pki/bad-csrs/requests.ts';

const errors = (count: number, detail = (i: number) => `Rule ${i}.`) =>
  Array.from({ length: count }, (_, i) => ({ pointer: `#/names/${i}`, detail: detail(i) }));

describe('an error says the same amount however much is wrong', () => {
  test.each([
    { count: 1, message: 'Rule 0.' },
    { count: 3, message: 'Rule 0. Rule 1. Rule 2.' },
    { count: 4, message: 'Rule 0. Rule 1. Rule 2. And 1 more.' },
    { count: 500, message: 'Rule 0. Rule 1. Rule 2. And 497 more.' },
  ])('$count fields', ({ count, message }) => {
    const error = fieldErrors('csr_refused', errors(count));
    expect(error.message).toBe(message);
    expect(error.errors).toEqual(errors(Math.min(count, 20)));
    expect(withInternal(error, { tokenId: 'x' })).toMatchObject({ message, errors: error.errors });
  });

  test('long details and messages are cut', () => {
    const error = fieldErrors(
      'csr_refused',
      errors(3, () => 'x'.repeat(5000)),
    );
    expect(error.errors[0]?.detail).toBe(`${'x'.repeat(600)}...`);
    expect(error.message.length).toBeLessThan(2010);
    expect(new AppError('csr_refused', 'y'.repeat(9000)).message).toBe(`${'y'.repeat(2000)}...`);
  });

  test.each([
    { name: 'the direction of what follows', text: 'a\u202eb', shown: 'a\\u{202e}b' },
    { name: 'nothing that is seen', text: 'a\u200bb\u{e0041}', shown: 'a\\u{200b}b\\u{e0041}' },
    { name: 'lines', text: 'a\r\nb\u2028c\u0085', shown: 'a\\u{d}\\u{a}b\\u{2028}c\\u{85}' },
    { name: 'the colours of a terminal', text: '\u001b[31m', shown: '\\u{1b}[31m' },
    { name: 'half of a character', text: 'a\ud800', shown: 'a\ufffd' },
  ])('what changes $name is written out, wherever the text came from', ({ text, shown }) => {
    const error = fieldErrors('csr_refused', [{ pointer: '#/csr', detail: text }]);
    expect([error.message, error.errors[0]?.detail]).toEqual([shown, shown]);
    expect(new AppError('internal', text, { errors: error.errors }).message).toBe(shown);
  });

  test('what is written out is cut all the same', () => {
    const error = fieldErrors(
      'csr_refused',
      errors(1, () => '\u202e'.repeat(600)),
    );
    expect(error.errors[0]?.detail).toHaveLength(603);
  });

  test('no half of a character is left', () => {
    const { errors: cut } = fieldErrors(
      'csr_refused',
      errors(1, () => `x${'\u{1f512}'.repeat(600)}`),
    );
    expect(cut[0]?.detail.isWellFormed()).toBe(true);
  });
});

const oid = (i: number) => `1.2.3.${i}`;
const many = <Item>(count: number, item: (i: number) => Item) =>
  Array.from({ length: count }, (_, i) => item(i));

describe('the answer to a CSR of 5 KB stays below 4 KB', () => {
  test.each([
    {
      name: '480 attributes',
      csr: made({ attributes: many(480, (i) => sequence(objectIdentifier(oid(i)), setOfOne(NULL))) }),
      words: /And 477 more\.$/,
    },
    {
      name: '400 extensions',
      csr: made({ extensions: many(400, (i) => extension(oid(i), NULL)) }),
      words: /And 397 more\.$/,
    },
    {
      name: '300 attributes of a subject',
      csr: made({ subject: sequence(...many(300, (i) => dn(oid(i), utf8String('a')))) }),
      words: /1\.2\.3\.7, and 292 more; it must be empty or CN=<name> only/,
    },
    {
      name: 'an object identifier of 5,000 octets',
      csr: made({ attributes: [sequence(element(6, Buffer.alloc(5000, 1)), setOfOne(NULL))] }),
      words: /\.{3}, which/,
    },
    {
      name: 'a DNS name of 5,000 octets',
      csr: made({ dnsNames: ['\n'.repeat(5000)] }),
      words: /\.{3}" in the CSR contains "\\n"/,
    },
    {
      name: 'a URI of 5,000 octets, twice',
      csr: made({ extensions: [san(...many(2, () => contextPrimitive(6, Buffer.alloc(2500, 'u'))))] }),
      words: /u{80}\.{3} twice/,
    },
    {
      name: 'a label of 5,000 characters',
      csr: `-----BEGIN ${'A'.repeat(5000)}-----\nAAAA\n-----END ${'A'.repeat(5000)}-----`.slice(0, 8000),
      words: /CERTIFICATE REQUEST/,
    },
  ])('$name', ({ csr, words }) => {
    const error = thrownBy(() => decodeCsr(csr));
    expect(error.message).toMatch(words);
    expect(JSON.stringify(problemDocument(error, 'id')).length).toBeLessThan(4096);
  });
});

function thrownBy(action: () => unknown): AppError {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
