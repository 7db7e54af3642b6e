import { describe, expect, test } from '@jest/globals';
import { plus } from '../../../shared/domain/instant.ts';
import { trustBundle } from '../../../shared/issuance/trust-bundle.ts';
import { NOW, sampleRoot } from '../../support/records.ts';

const root = (id: string, age: number) => ({
  ...sampleRoot(),
  id,
  createdAt: plus(NOW, -age),
  certificate: Buffer.from(id),
});

describe('the trust bundle', () => {
  test('is the same in whatever order the roots were read: the older first', () => {
    const [first, second] = [root('root-2', 20), root('root-10', 10)];
    const bundle = trustBundle([second, first], '');
    expect(bundle).toEqual(trustBundle([first, second], ''));
    expect(bundle.pem.indexOf(Buffer.from('root-2').toString('base64'))).toBeLessThan(
      bundle.pem.indexOf(Buffer.from('root-10').toString('base64')),
    );
  });

  test('holds no root that is not certified yet, and the additional roots at its end', () => {
    const { certificate: _, ...uncertified } = root('root-1', 1);
    const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----';
    expect(trustBundle([uncertified], ` ${pem}\n\n`).pem).toBe(`${pem}\n`);
  });
});
