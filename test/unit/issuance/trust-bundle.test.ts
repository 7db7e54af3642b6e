import { describe, expect, test } from '@jest/globals';
import { NO_ADDITIONAL_ROOTS } from '../../../shared/domain/additional-root.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { trustBundle } from '../../../shared/issuance/trust-bundle.ts';
import { NOW, sampleAdditionalRoot, sampleRoot } from '../../support/records.ts';

const root = (id: string, age: number) => ({
  ...sampleRoot(),
  state: 'ISSUED' as const,
  id,
  createdAt: plus(NOW, -age),
  certificate: Buffer.from(id),
});

describe('the trust bundle', () => {
  test('is the same in whatever order the roots were read: the older first', () => {
    const [first, second] = [root('root-2', 20), root('root-10', 10)];
    const bundle = trustBundle({ roots: [second, first], additionalRoots: NO_ADDITIONAL_ROOTS });
    expect(bundle).toEqual(trustBundle({ roots: [first, second], additionalRoots: NO_ADDITIONAL_ROOTS }));
    expect(bundle.pem.indexOf(Buffer.from('root-2').toString('base64'))).toBeLessThan(
      bundle.pem.indexOf(Buffer.from('root-10').toString('base64')),
    );
  });

  test('holds no root that is not certified yet, and the additional roots at its end', () => {
    const { certificate: _, ...uncertified } = root('root-1', 1);
    const additionalRoots = {
      version: 1,
      roots: [sampleAdditionalRoot({ certificate: Uint8Array.of(0) })],
    };
    expect(trustBundle({ roots: [uncertified], additionalRoots }).pem).toBe(
      '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
    );
  });
});
