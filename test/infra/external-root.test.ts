import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../../infra/settings/settings.ts';
import { CompanyCa } from '../support/company-ca.ts';
import { openssl } from '../support/openssl.ts';
import { statements, synthesized, text } from './synthesized.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-external-settings-'));
const ca = (name: string, extensions = {}, key?: readonly string[]) =>
  new CompanyCa(join(directory, name), name, { extensions, ...(key ? { key } : {}) });
const ROOT = ca('Acme Root');
const NEXT = ca('Next Root');

const external = (pem: string) => ({ root: { kind: 'external', certificate: pem } });
const read = (given: object) => () => readSettings({ authority: 'fleet', ...given });

describe('the settings of an external root', () => {
  test('are its kind and certificate', () => {
    expect(read(external(ROOT.pem))().root).toEqual({ kind: 'external', certificate: ROOT.pem });
    const successorRoots = [{ id: 'root-2', kind: 'external', certificate: NEXT.pem }];
    expect(read({ ...external(ROOT.pem), successorRoots })().successorRoots).toEqual(successorRoots);
  });

  test('let issuers live as long as its CA decides', () => {
    const issuers = [{ id: 'issuer-1', lifetimeYears: 20 }];
    expect(read({ ...external(ROOT.pem), issuers })().issuers).toHaveLength(1);
  });

  test.each([
    {
      name: 'no certificate',
      given: { root: { kind: 'external' } },
      says: 'root.certificate: must be the certificate of the root, in PEM',
    },
    {
      name: 'another kind',
      given: { root: { kind: 'hsm' } },
      says: 'root.kind: must be "kms" or "external"',
    },
    {
      name: 'a key spec beside it',
      given: { root: { kind: 'external', certificate: ROOT.pem, keySpec: 'RSA_4096' } },
      says: 'root.keySpec: unknown setting',
    },
    {
      name: 'no certificate in it',
      given: external('acme.crt'),
      says: 'root.certificate: must be one certificate in PEM with line ends "\\n"',
    },
    {
      name: 'an issuer in it',
      given: external(ROOT.certify(csr())),
      says: 'root.certificate: "CN=server" must be a root, signed by its own key, but was issued by "O=Acme, CN=Acme Root": use the root above it instead',
    },
    {
      name: 'no room for issuers',
      given: external(ca('Narrow', { basicConstraints: 'critical, CA:TRUE, pathlen:0' }).pem),
      says: 'root.certificate: "O=Acme, CN=Narrow" lets at most 0 CAs follow (pathLenConstraint), and 1 does: use a CA with room for them',
    },
    {
      name: 'a short key',
      given: external(ca('Short', {}, ['-newkey', 'rsa:1024']).pem),
      says: 'root.certificate: "O=Acme, CN=Short" must have an RSA key of 2,048 to 8,192 bits, or an elliptic one on P-256, P-384 or P-521: use a CA with such a key',
    },
    {
      name: 'constraints of another form',
      given: external(ca('Limited', { nameConstraints: 'critical, permitted;URI:.example.com' }).pem),
      says: 'root.certificate: "O=Acme, CN=Limited" has name constraints of a form that this service does not keep to',
    },
    {
      name: 'a successor in KMS',
      given: { ...external(ROOT.pem), successorRoots: [{ id: 'root-2' }] },
      says: 'successorRoots.0.kind: must be "external", as that of root: roots of both kinds cannot follow each other',
    },
    {
      name: 'an external successor of one in KMS',
      given: { successorRoots: [{ id: 'root-2', kind: 'external', certificate: NEXT.pem }] },
      says: 'successorRoots.0.kind: must be "kms", as that of root: roots of both kinds cannot follow each other',
    },
    {
      name: 'itself as successor',
      given: {
        ...external(ROOT.pem),
        successorRoots: [{ id: 'root-2', kind: 'external', certificate: ROOT.pem }],
      },
      says: 'successorRoots.0.certificate: must be another certificate than that of the roots before root-2',
    },
  ])('are refused: $name', ({ given, says }) => {
    expect(read(given)).toThrow(says);
  });
});

/** Of a server. */
function csr(): string {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'];
  return openssl('req', ...key, '-subj', '/CN=server');
}

describe('the template of an authority below an external root', () => {
  const { authority } = synthesized({
    ...external(ROOT.pem),
    successorRoots: [{ id: 'root-2', kind: 'external', certificate: NEXT.pem }],
    issuers: [{ id: 'issuer-1', keySpec: 'ECC_NIST_P256' }],
  });
  const keys = Object.values(authority.findResources('AWS::KMS::Key'));
  const idOf = ({ Properties }: (typeof keys)[number]) => /key (\S+)/.exec(Properties.Description)?.[1];

  test('has keys of issuers and the responder, and none of a root', () => {
    expect(keys.map(idOf).toSorted()).toEqual(['issuer-1', 'responder-1']);
  });

  test('lets only the function that makes CSRs sign one, and read the public key', () => {
    const issuer = keys.find((one) => idOf(one) === 'issuer-1');
    const policy = statements(issuer?.['Properties'].KeyPolicy);
    const allowed = (action: string) =>
      policy
        .filter(({ effect, actions }) => effect === 'Allow' && actions.includes(action))
        .flatMap(({ principals }) => principals)
        .map((principal) => /([A-Za-z]+Role)/.exec(text(principal))?.[1])
        .toSorted();
    expect(allowed('kms:Sign')).toEqual([
      'CertifyIssuerRole',
      'EnrollRole',
      'MaintainAuthorityRole',
      'PublishCrlsRole',
      'RenewCertificateRole',
    ]);
    expect(allowed('kms:GetPublicKey')).toEqual(['CertifyIssuerRole']);
  });

  test('gives the certificates to the function that records roots', () => {
    const [creation] = Object.values(authority.findResources('Custom::Authority'));
    expect(creation?.['Properties']).toMatchObject({
      root: { id: 'root-1', certificate: ROOT.pem },
      externalRoots: [
        { id: 'root-1', certificate: ROOT.pem },
        { id: 'root-2', certificate: NEXT.pem },
      ],
    });
  });
});
