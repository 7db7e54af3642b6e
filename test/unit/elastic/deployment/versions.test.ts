import { describe, expect, test } from '@jest/globals';
import {
  type Feature,
  formatStackVersion,
  has,
  isNewerThanKnown,
  lacks,
  parseStackVersion,
  releasesWith,
  type StackVersion,
} from '../../../../shared/elastic/deployment/versions.ts';

function version(text: string): StackVersion {
  const parsed = parseStackVersion(text);
  if (parsed === undefined) throw new Error(`not a version: ${text}`);
  return parsed;
}

describe('stack versions', () => {
  test.each(['9.5.2', '8.19.17', '10.0.0', '0.0.0'])('%s is read and written back', (text) => {
    expect(formatStackVersion(version(text))).toBe(text);
  });

  test.each(['9.5.2-SNAPSHOT', '9.5.2-rc1', '9.5.2+build202608011200'])('%s is 9.5.2', (text) => {
    expect(formatStackVersion(version(text))).toBe('9.5.2');
  });

  test.each([
    '',
    '9',
    '9.5',
    'v9.5.2',
    '9.5.2.1',
    '9.5.x',
    ' 9.5.2',
    '9.5.2 ',
    '9.5.2-',
    '9.5.2-a b',
    '-1.0.0',
  ])('refuse %j', (text) => {
    expect(parseStackVersion(text)).toBeUndefined();
  });

  const rows: readonly [Feature, string, boolean][] = [
    ['clientCertificate', '8.12.2', false],
    ['clientCertificate', '8.13.0', true],
    ['unprivileged', '8.14.3', false],
    ['unprivileged', '8.15.0', true],
    ['keyPassphrase', '8.15.5', false],
    ['keyPassphrase', '8.16.0', true],
    ['clientNameIgnored', '8.16.1', false],
    ['clientNameIgnored', '8.16.2', true],
    ['customAccount', '8.16.6', false],
    ['customAccount', '8.17.0', true],
    ['defendEllipticCurves', '9.0.8', false],
    ['defendEllipticCurves', '8.19.19', false],
    ['defendEllipticCurves', '9.1.0', true],
    ['containerHeaders', '9.4.9', false],
    ['containerHeaders', '9.5.0', true],
    ['fleetServerStays', '9.5.1', false],
    ['fleetServerStays', '9.5.2', true],
    ['packageFlavors', '8.19.99', false],
    ['packageFlavors', '9.0.0', true],
    ['replaceToken', '8.18.8', false],
    ['replaceToken', '8.19.0', true],
    ['replaceToken', '9.0.0', true],
    ['elasticsearchOutputSsl', '9.1.4', false],
    ['elasticsearchOutputSsl', '9.1.5', true],
    ['elasticsearchOutputSsl', '9.2.0', true],
    ['fleetServerHostAgentSsl', '9.2.9', false],
    ['fleetServerHostAgentSsl', '9.3.0', true],
    ['reload', '9.4.9', false],
    ['reload', '8.19.30', false],
    ['reload', '9.5.0', true],
    ['reload', '10.0.0', true],
    ['reloadOptIn', '8.19.16', false],
    ['reloadOptIn', '8.19.17', true],
    ['reloadOptIn', '9.0.8', false],
    ['reloadOptIn', '9.2.9', false],
    ['reloadOptIn', '9.3.5', false],
    ['reloadOptIn', '9.3.6', true],
    ['reloadOptIn', '9.4.2', false],
    ['reloadOptIn', '9.4.3', true],
    ['reloadOptIn', '9.6.0', true],
  ];
  test.each(rows)('%s in %s: %s', (feature, text, expected) => {
    expect(has(version(text), feature)).toBe(expected);
    expect(lacks(version(text), feature)).toBe(!expected);
  });

  test.each<[Feature, string]>([
    ['reload', '9.5.0'],
    ['replaceToken', '8.19.0 and 9.0.0'],
    ['containerOverrides', '8.19.17, 9.3.6, 9.4.3 and 9.5.0'],
  ])('a sentence lists the releases that brought %s', (feature, words) => {
    expect(releasesWith(feature)).toBe(words);
  });

  test('an unknown version neither has nor lacks a feature for certain', () => {
    expect([has(undefined, 'reload'), lacks(undefined, 'reload')]).toEqual([false, false]);
  });

  test.each([
    ['9.5.0', false],
    ['9.5.99', false],
    ['9.6.0', true],
    ['10.0.0', true],
    ['8.19.99', false],
  ] as const)('%s is newer than the table: %s', (text, expected) => {
    expect(isNewerThanKnown(version(text))).toBe(expected);
  });
});
