import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { LEAF_REVOCATION_REASONS, REVOCATION_REASONS } from '../../../shared/domain/revocation.ts';
import {
  BUNDLE_PATH,
  caCertificatePath,
  caListPath,
  crlShardOf,
  fullListPath,
  OCSP_PATH,
  shardPath,
} from '../../../shared/domain/revocation-points.ts';
import { newSerialNumber } from '../../../shared/domain/serial-number.ts';

describe('revocation', () => {
  test('has the reasons of RFC 5280 that are final', () => {
    expect(Object.values(REVOCATION_REASONS)).toEqual([0, 1, 2, 3, 4, 5, 9]);
    expect(LEAF_REVOCATION_REASONS).not.toContain('cACompromise');
  });

  test('is published at addresses that never change, since certificates contain them', () => {
    expect([
      shardPath('issuer-1', 15),
      fullListPath('issuer-1'),
      caListPath('root-1'),
      caCertificatePath('issuer-1'),
      BUNDLE_PATH,
      OCSP_PATH,
    ]).toEqual([
      '/crl/issuer-1/15.crl',
      '/crl/issuer-1/full.crl',
      '/crl/root-1/ca.crl',
      '/ca/issuer-1.cer',
      '/crl/bundle.pem',
      '/ocsp',
    ]);
  });

  test.each([1, 2, 16, 100, 128])('spreads certificates over %i shards', (shards) => {
    const drawn = Array.from({ length: 20 * shards }, () => crlShardOf(newSerialNumber(randomBytes), shards));
    expect(drawn.every((shard) => Number.isInteger(shard) && shard >= 0 && shard < shards)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(shards * 0.9);
  });
});
