import { describe, expect, test } from '@jest/globals';
import type { CaKeySpec, DraftedIssuer } from '../../../shared/domain/authority.ts';
import { KEY_KINDS, type KeyKind } from '../../../shared/domain/key-kind.ts';
import { activeIssuer } from '../../../shared/issuance/issuers.ts';
import { sampleIssuer } from '../../support/records.ts';

const issuer = (id: string, keySpec: CaKeySpec, changes: Partial<DraftedIssuer> = {}) =>
  sampleIssuer({ id, keySpec, state: 'ACTIVE', certificate: Uint8Array.of(1), ...changes });

const RSA = issuer('issuer-1', 'RSA_3072');
const EC = issuer('issuer-2', 'ECC_NIST_P384');

describe('the active issuer', () => {
  test.each<{ keyKind: KeyKind; id: string }>([
    { keyKind: 'rsa', id: 'issuer-1' },
    { keyKind: 'p256', id: 'issuer-2' },
    { keyKind: 'p384', id: 'issuer-2' },
    { keyKind: 'p521', id: 'issuer-2' },
    { keyKind: 'ed25519', id: 'issuer-2' },
  ])('for a key of kind $keyKind is the one of its family', ({ keyKind, id }) => {
    expect(activeIssuer([RSA, EC], keyKind).id).toBe(id);
    expect(activeIssuer([EC, RSA], keyKind).id).toBe(id);
  });

  test.each(KEY_KINDS.map((keyKind) => ({ keyKind })))(
    'is any, where there is only one: $keyKind',
    ({ keyKind }) => {
      expect(activeIssuer([RSA], keyKind)).toBe(RSA);
      expect(activeIssuer([EC], keyKind)).toBe(EC);
    },
  );

  test('is none that only waits, drains or has no certificate', () => {
    const { certificate: _, ...pending } = RSA;
    const others = [
      issuer('issuer-3', 'RSA_3072', { state: 'READY' }),
      { ...EC, state: 'DRAINING' as const },
    ];
    expect(() => activeIssuer([pending, ...others], 'rsa')).toThrow('No issuer is active at the moment');
    expect(activeIssuer([...others, EC], 'rsa')).toBe(EC);
  });
});
