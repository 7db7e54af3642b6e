import { describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { PROFILES, type ProfileName } from '../../../shared/domain/profile.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { checkRequestedExtensions } from '../../../shared/pki/check-requested-extensions.ts';
import { decodeCsr } from '../../../shared/pki/csr.ts';
import { type Der, octetString } from '../../../shared/pki/der/write.ts';
import {
  basicConstraints,
  encodeExtension,
  extendedKeyUsage,
  type KeyUsage,
  keyUsage,
} from '../../../shared/pki/extensions.ts';
import { keyIdentifier } from '../../../shared/pki/key-identifier.ts';
import { OID } from '../../../shared/pki/oids.ts';
import { makeCsr, makeKey } from '../../support/csr.ts';

const keys = { rsa: makeKey('rsa'), p256: makeKey('p256') };
const extension = (oid: string, value: Der): Der => encodeExtension({ oid, critical: true, value });
const usage = (...usages: readonly KeyUsage[]) => extension(OID.keyUsage, keyUsage(usages));
const purposes = (...oids: readonly string[]) => extension(OID.extKeyUsage, extendedKeyUsage(oids));
const keyId = (kind: 'rsa' | 'p256') =>
  extension(
    OID.subjectKeyIdentifier,
    octetString(keyIdentifier(makeCsr({ privateKey: keys[kind] }).publicKey)),
  );

/** Messages of the refusal; none where the profile gives all that is asked for. */
function problems(profile: ProfileName, kind: 'rsa' | 'p256', extensions: readonly Der[]): readonly string[] {
  const csr = decodeCsr(makeCsr({ privateKey: keys[kind], extensions }).pem);
  try {
    checkRequestedExtensions(csr, PROFILES[profile]);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('csr_refused');
    expect(error.errors.every(({ pointer }) => pointer === '#/csr')).toBe(true);
    return error.errors.map(({ detail }) => detail);
  }
}

type Row = {
  name: string;
  profile: ProfileName;
  kind: Extract<KeyKind, 'rsa' | 'p256'>;
  ask: readonly Der[];
};

describe('what the profile gives may be asked for', () => {
  test.each<Row>([
    { name: 'nothing', profile: 'agent', kind: 'p256', ask: [] },
    { name: 'its usage', profile: 'agent', kind: 'p256', ask: [usage('digitalSignature')] },
    { name: 'its purpose', profile: 'agent', kind: 'p256', ask: [purposes(OID.clientAuth)] },
    { name: 'one of two purposes', profile: 'proxy', kind: 'p256', ask: [purposes(OID.serverAuth)] },
    {
      name: 'keyEncipherment for RSA servers',
      profile: 'proxy',
      kind: 'rsa',
      ask: [usage('digitalSignature', 'keyEncipherment')],
    },
    {
      name: 'not to be a CA',
      profile: 'agent',
      kind: 'p256',
      ask: [extension(OID.basicConstraints, basicConstraints(false))],
    },
    { name: "its key's identifier", profile: 'agent', kind: 'p256', ask: [keyId('p256')] },
  ])('$name', ({ profile, kind, ask }) => {
    expect(problems(profile, kind, ask)).toEqual([]);
  });
});

describe('what it does not give is refused by name', () => {
  test.each<Row & { words: readonly string[] }>([
    {
      name: 'keyEncipherment for a curve',
      profile: 'proxy',
      kind: 'p256',
      ask: [usage('digitalSignature', 'keyEncipherment')],
      words: ['asks for keyUsage keyEncipherment, which the profile proxy does not allow'],
    },
    {
      name: 'a CA usage and another purpose, both named',
      profile: 'agent',
      kind: 'rsa',
      ask: [usage('keyCertSign'), purposes(OID.serverAuth, '2.5.29.37.0')],
      words: [
        'keyUsage keyCertSign',
        'extendedKeyUsage serverAuth (1.3.6.1.5.5.7.3.1)',
        'anyExtendedKeyUsage (2.5.29.37.0)',
      ],
    },
    {
      name: 'for a CA certificate',
      profile: 'agent',
      kind: 'p256',
      ask: [extension(OID.basicConstraints, basicConstraints(true, 0))],
      words: ['asks for a CA certificate'],
    },
    {
      name: "another key's identifier",
      profile: 'agent',
      kind: 'p256',
      ask: [keyId('rsa')],
      words: ['subjectKeyIdentifier other than the SHA-1 of its key bits'],
    },
  ])('$name', ({ profile, kind, ask, words }) => {
    expect(problems(profile, kind, ask)).toEqual(words.map((part) => expect.stringContaining(part)));
  });
});
