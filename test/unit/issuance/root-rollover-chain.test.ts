import { describe, expect, test } from '@jest/globals';
import type { Root, RootState } from '../../../shared/domain/authority.ts';
import { crossCertificates, isActive, isTrusted } from '../../../shared/domain/root-states.ts';
import { certificatePem } from '../../../shared/issuance/certificate-pem.ts';
import { trustBundle } from '../../../shared/issuance/trust-bundle.ts';
import { toPem } from '../../../shared/pki/pem.ts';
import { REVOCATION_URL } from '../../support/ca.ts';
import { NOW, sampleIssuer, sampleRecord, sampleRoot } from '../../support/records.ts';

const CROSS = Uint8Array.of(9);
const { validity, tbsSha256, serialNumber } = sampleRoot();
const cross = {
  rootId: 'root-1',
  revocationUrl: REVOCATION_URL,
  serialNumber,
  validity,
  tbsSha256,
  createdAt: NOW,
};

const first = (state: RootState): Root => ({ ...sampleRoot(), state, certificate: Uint8Array.of(1) });
const second = (state: RootState, signed = true): Root => ({
  ...sampleRoot(),
  id: 'root-2',
  state,
  certificate: Uint8Array.of(2),
  predecessorId: 'root-1',
  cross: { ...cross, ...(signed ? { certificate: CROSS } : {}) },
});

describe('a rollover of roots', () => {
  test.each([
    { name: 'before it', roots: [first('ISSUED')], trusted: ['root-1'], active: ['root-1'], chain: 0 },
    {
      name: 'while the new root is certified',
      roots: [first('ISSUED'), second('ISSUED', false)],
      trusted: ['root-1'],
      active: ['root-1'],
      chain: 0,
    },
    {
      name: 'while it is only trusted',
      roots: [first('ISSUED'), second('TRUSTED')],
      trusted: ['root-1', 'root-2'],
      active: ['root-1'],
      chain: 1,
    },
    {
      name: 'once it is active',
      roots: [first('DRAINING'), second('ACTIVE')],
      trusted: ['root-1', 'root-2'],
      active: ['root-2'],
      chain: 1,
    },
    {
      name: 'once the old one is retired',
      roots: [first('RETIRED'), second('ACTIVE')],
      trusted: ['root-2'],
      active: ['root-2'],
      chain: 0,
    },
  ])('$name: $trusted in the bundle, $active certifies', ({ roots, trusted, active, chain }) => {
    const ids = (some: readonly Root[]) => some.map(({ id }) => id);
    expect(ids(roots.filter(isTrusted))).toEqual(trusted);
    expect(ids(roots.filter(isActive))).toEqual(active);
    expect(crossCertificates(roots, 'root-2')).toHaveLength(chain);
    expect(crossCertificates(roots, 'root-1')).toEqual([]);
  });

  test('chains below the new root end with the cross-certificate', () => {
    const roots = [first('DRAINING'), second('ACTIVE')];
    const issuer = { ...sampleIssuer(), rootId: 'root-2', certificate: Uint8Array.of(3) };
    const record = { ...sampleRecord(), certificate: Uint8Array.of(4) };
    const bundle = trustBundle({ roots, additionalRoots: { version: 0, roots: [] } });
    const { chainPem, caBundlePem } = certificatePem({ record, issuer, roots, bundle });
    expect(chainPem).toEqual([toPem('CERTIFICATE', issuer.certificate), toPem('CERTIFICATE', CROSS)]);
    expect(caBundlePem).toBe(
      roots.map(({ certificate = CROSS }) => toPem('CERTIFICATE', certificate)).join(''),
    );
  });
});
