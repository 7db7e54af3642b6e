import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { instant } from '../../../shared/domain/instant.ts';
import { prepareIssuer } from '../../../shared/pki/prepare-issuer.ts';
import { prepareLeaf } from '../../../shared/pki/prepare-leaf.ts';
import { NOW, serial, YEAR } from '../../support/ca.ts';
import { leafContents } from '../../support/leaf-contents.ts';

/*
 * What an earlier version recorded and did not finish is finished with the same bytes. The vector was made by the last
 * version whose certificates had no address of revocation data, from the contents below.
 */

const file = new URL('../../vectors/records/without-revocation-url.json', import.meta.url);
interface Vector {
  readonly root: string;
  readonly issuer: string;
  readonly issuerPublicKey: string;
  readonly issuerTbsSha256: string;
  readonly leafPublicKey: string;
  readonly leafTbsSha256: string;
}

const vector: Vector = JSON.parse(readFileSync(file, 'utf8'));
const der = (name: keyof Vector) => Buffer.from(vector[name], 'base64');

test('a leaf that was recorded without address has the bytes that were recorded', () => {
  const { revocationUrl: _, crlShard: __, ...contents } = leafContents('fleet-server');
  const issuer = { certificate: der('issuer'), keySpec: 'ECC_NIST_P256' } as const;
  const prepared = prepareLeaf({ ...contents, publicKey: der('leafPublicKey') }, issuer);
  expect(prepared.tbsSha256).toBe(vector.leafTbsSha256);
});

test('an issuer that was recorded without address has the bytes that were recorded', () => {
  const prepared = prepareIssuer({
    authority: 'prod',
    issuerId: 'issuer-1',
    serialNumber: serial('b1'),
    validity: { notBefore: instant(NOW - 3600), notAfter: instant(NOW + 5 * YEAR) },
    publicKey: der('issuerPublicKey'),
    root: { id: 'root-1', certificate: der('root'), keySpec: 'ECC_NIST_P384' },
  });
  expect(prepared.tbsSha256).toBe(vector.issuerTbsSha256);
});
