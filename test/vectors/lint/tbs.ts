import { instant, toDate } from '../../../shared/domain/instant.ts';
import type { SerialNumber } from '../../../shared/domain/serial-number.ts';
import {
  contextConstructed,
  type Der,
  element,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
  TRUE,
  utf8String,
} from '../../../shared/pki/der/write.ts';
import { keyIdentifier } from '../../../shared/pki/key-identifier.ts';
import type { LintContext } from '../../../shared/pki/lint/rule.ts';
import { leafContents, publicKeyOfKind } from '../../support/leaf-contents.ts';

/*
 * How the vectors of the lint are made: the parts below, put together as they stand, are certificates that pass every
 * rule; each vector exchanges one part. The parts are octets written out by hand from RFC 5280 wherever that is
 * readable, so that a fault of the builder does not hide in the vectors.
 */

export interface Parts {
  readonly version: Der;
  readonly serialNumber: Der;
  readonly signature: Der;
  readonly issuer: Der;
  readonly notBefore: Der;
  readonly notAfter: Der;
  readonly subject: Der;
  readonly publicKey: Der;
  /** By dotted identifier, in order. */
  readonly extensions: readonly Der[];
  /** Between the key and the extensions. */
  readonly surplus: readonly Der[];
}

export const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');

export function extension(oid: string, value: Der, critical = false): Der {
  return sequence(objectIdentifier(oid), ...(critical ? [TRUE] : []), octetString(value));
}

export function commonName(text: string): Der {
  return sequence(setOfOne(sequence(bytes('0603550403'), utf8String(text))));
}

/** UTCTime (0x17) or GeneralizedTime (0x18). */
export function timeOf(tag: number, text: string): Der {
  return element(tag, Buffer.from(text, 'latin1'));
}

export function utcTime(seconds: number): Der {
  const digits = toDate(instant(seconds)).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return timeOf(0x17, `${digits}Z`);
}

export function encode(parts: Parts): Uint8Array {
  return sequence(
    parts.version,
    parts.serialNumber,
    parts.signature,
    parts.issuer,
    sequence(parts.notBefore, parts.notAfter),
    parts.subject,
    parts.publicKey,
    ...parts.surplus,
    contextConstructed(3, sequence(...parts.extensions)),
  );
}

const contents = leafContents('fleet-server');
const issuerKey = publicKeyOfKind('p384');
const serial = '01000000000000000000000000000000000c';

/** What the leaf is meant to be. */
export const CONTEXT = {
  kind: 'leaf',
  serialNumber: serial as string,
  validity: contents.validity,
  commonName: 'web-01',
  publicKey: contents.publicKey,
  issuer: {
    keySpec: 'ECC_NIST_P384',
    subject: commonName('fleetseal prod issuer-1'),
    keyIdentifier: keyIdentifier(issuerKey),
    validity: {
      notBefore: instant(contents.validity.notBefore - 3600),
      notAfter: instant(contents.validity.notAfter + 3600),
    },
    publicKey: issuerKey,
    nameConstraints: undefined,
  },
  contents: { ...contents, serialNumber: serial as SerialNumber },
  revocationPoints: {
    crl: 'http://r.example.com/crl/issuer-1/12.crl',
    ocsp: 'http://r.example.com/ocsp',
    caIssuers: 'http://r.example.com/ca/issuer-1.cer',
  },
} satisfies LintContext;

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');
const text = (tag: number, value: string) => element(tag, Buffer.from(value));

/** CRL distribution points: one with one full name. */
export function distributionPoint(url: string): Der {
  const fullName = element(0xa0, text(0x86, url));
  return extension('2.5.29.31', sequence(sequence(element(0xa0, fullName))));
}

/** Authority information access: OCSP, then the issuer's certificate. */
export function infoAccess(ocsp: string, caIssuers: string): Der {
  return extension(
    '1.3.6.1.5.5.7.1.1',
    sequence(
      sequence(bytes('06082b06010505073001'), text(0x86, ocsp)),
      sequence(bytes('06082b06010505073002'), text(0x86, caIssuers)),
    ),
  );
}

/** Extensions of the leaf, by name. */
export const LEAF = {
  authorityKeyIdentifier: extension('2.5.29.35', bytes(`30168014${hex(CONTEXT.issuer.keyIdentifier)}`)),
  subjectKeyIdentifier: extension('2.5.29.14', bytes(`0414${hex(keyIdentifier(contents.publicKey))}`)),
  basicConstraints: extension('2.5.29.19', bytes('3000'), true),
  keyUsage: extension('2.5.29.15', bytes('03020780'), true),
  extKeyUsage: extension('2.5.29.37', bytes('3014 06082b06010505070301 06082b06010505070302')),
  subjectAltName: extension(
    '2.5.29.17',
    sequence(
      text(0x86, 'spiffe://prod/fleet-server/web-01'),
      text(0x82, 'web-01.example.com'),
      text(0x82, 'metrics.elastic.svc'),
      element(0x87, bytes('c0000207')),
      element(0x87, bytes('20010db8000000000000000000000001')),
    ),
  ),
  cRLDistributionPoints: distributionPoint('http://r.example.com/crl/issuer-1/12.crl'),
  authorityInfoAccess: infoAccess('http://r.example.com/ocsp', 'http://r.example.com/ca/issuer-1.cer'),
};

/** A leaf of the profile fleet-server with a P-256 key. */
export const LEAF_PARTS: Parts = {
  version: bytes('a003020102'),
  serialNumber: bytes(`0212${serial}`),
  signature: bytes('300a06082a8648ce3d040303'),
  issuer: CONTEXT.issuer.subject,
  notBefore: utcTime(contents.validity.notBefore),
  notAfter: utcTime(contents.validity.notAfter),
  subject: commonName('web-01'),
  publicKey: contents.publicKey,
  extensions: Object.values(LEAF),
  surplus: [],
};

export const ISSUER_CONTEXT: LintContext = {
  kind: 'issuer',
  serialNumber: serial,
  validity: CONTEXT.validity,
  commonName: 'fleetseal prod issuer-2',
  publicKey: contents.publicKey,
  issuer: CONTEXT.issuer,
  nameConstraints: { permittedDns: ['example.com'], permittedIp: [] },
  revocationPoints: {
    crl: 'http://r.example.com/crl/root-1/ca.crl',
    ocsp: 'http://r.example.com/ocsp',
    caIssuers: 'http://r.example.com/ca/root-1.cer',
  },
};

export const ISSUER = {
  authorityKeyIdentifier: LEAF.authorityKeyIdentifier,
  subjectKeyIdentifier: LEAF.subjectKeyIdentifier,
  basicConstraints: extension('2.5.29.19', bytes('30060101ff020100'), true),
  keyUsage: extension('2.5.29.15', bytes('03020106'), true),
  nameConstraints: extension(
    '2.5.29.30',
    sequence(
      element(0xa0, sequence(text(0x82, 'example.com'))),
      element(
        0xa1,
        Buffer.concat([
          sequence(element(0x87, new Uint8Array(8))),
          sequence(element(0x87, new Uint8Array(32))),
        ]),
      ),
    ),
    true,
  ),
  cRLDistributionPoints: distributionPoint('http://r.example.com/crl/root-1/ca.crl'),
  authorityInfoAccess: infoAccess('http://r.example.com/ocsp', 'http://r.example.com/ca/root-1.cer'),
};

/** An issuer with a P-256 key whose names are limited to example.com. */
export const ISSUER_PARTS: Parts = {
  ...LEAF_PARTS,
  subject: commonName('fleetseal prod issuer-2'),
  extensions: Object.values(ISSUER),
};
