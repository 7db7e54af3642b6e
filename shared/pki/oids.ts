import { excerpt } from '../errors/excerpt.ts';

/** Object identifiers by their names in the standards. */
export const OID = {
  // RFC 5280 appendix A
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  cRLNumber: '2.5.29.20',
  cRLReason: '2.5.29.21',
  issuingDistributionPoint: '2.5.29.28',
  nameConstraints: '2.5.29.30',
  cRLDistributionPoints: '2.5.29.31',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  freshestCRL: '2.5.29.46',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  subjectInfoAccess: '1.3.6.1.5.5.7.1.11',
  ocsp: '1.3.6.1.5.5.7.48.1',
  caIssuers: '1.3.6.1.5.5.7.48.2',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  OCSPSigning: '1.3.6.1.5.5.7.3.9',
  // RFC 6960
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  // RFC 2985
  challengePassword: '1.2.840.113549.1.9.7',
  unstructuredName: '1.2.840.113549.1.9.2',
  extensionRequest: '1.2.840.113549.1.9.14',
  // RFC 5652
  cmsData: '1.2.840.113549.1.7.1',
  cmsSignedData: '1.2.840.113549.1.7.2',
  cmsContentType: '1.2.840.113549.1.9.3',
  cmsMessageDigest: '1.2.840.113549.1.9.4',
  cmsSigningTime: '1.2.840.113549.1.9.5',
  // [MS-WCCE] section 3.1.1.4.3.1.1
  msOsVersion: '1.3.6.1.4.1.311.13.2.3',
  msEnrollmentCsp: '1.3.6.1.4.1.311.13.2.2',
  msClientInformation: '1.3.6.1.4.1.311.21.20',
  // RFC 8017, RFC 4055
  rsaEncryption: '1.2.840.113549.1.1.1',
  md5WithRSAEncryption: '1.2.840.113549.1.1.4',
  sha1WithRSAEncryption: '1.2.840.113549.1.1.5',
  mgf1: '1.2.840.113549.1.1.8',
  rsassaPss: '1.2.840.113549.1.1.10',
  sha256WithRSAEncryption: '1.2.840.113549.1.1.11',
  sha384WithRSAEncryption: '1.2.840.113549.1.1.12',
  sha512WithRSAEncryption: '1.2.840.113549.1.1.13',
  sha224WithRSAEncryption: '1.2.840.113549.1.1.14',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  // RFC 5480, RFC 5758
  ecPublicKey: '1.2.840.10045.2.1',
  secp256r1: '1.2.840.10045.3.1.7',
  secp384r1: '1.3.132.0.34',
  secp521r1: '1.3.132.0.35',
  secp256k1: '1.3.132.0.10',
  ecdsaWithSHA1: '1.2.840.10045.4.1',
  ecdsaWithSHA224: '1.2.840.10045.4.3.1',
  ecdsaWithSHA256: '1.2.840.10045.4.3.2',
  ecdsaWithSHA384: '1.2.840.10045.4.3.3',
  ecdsaWithSHA512: '1.2.840.10045.4.3.4',
  // RFC 8410
  x25519: '1.3.101.110',
  x448: '1.3.101.111',
  ed25519: '1.3.101.112',
  ed448: '1.3.101.113',
  // RFC 3279
  dsa: '1.2.840.10040.4.1',
} as const;

/** Names that only error messages need. */
const MORE_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.4': 'surname',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'countryName (C)',
  '2.5.4.7': 'localityName (L)',
  '2.5.4.8': 'stateOrProvinceName (ST)',
  '2.5.4.10': 'organizationName (O)',
  '2.5.4.11': 'organizationalUnitName (OU)',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '0.9.2342.19200300.100.1.25': 'domainComponent (DC)',
  '0.9.2342.19200300.100.1.1': 'userId (UID)',
  '2.5.29.18': 'issuerAltName',
  '2.5.29.32': 'certificatePolicies',
  '2.5.29.36': 'policyConstraints',
  '2.5.29.54': 'inhibitAnyPolicy',
  '1.3.6.1.5.5.7.1.24': 'tlsFeature (OCSP must-staple)',
  '1.3.6.1.4.1.11129.2.4.3': 'precertificate poison',
  '2.16.840.1.113730.1.1': 'netscapeCertType',
  '2.16.840.1.113730.1.13': 'netscapeComment',
  '1.3.6.1.4.1.311.13.2.1': 'Microsoft enrollment name-value pair',
  '1.2.840.113549.1.9.8': 'unstructuredAddress',
  '1.2.840.113549.1.9.15': 'S/MIME capabilities',
  '1.3.6.1.4.1.311.2.1.14': 'Microsoft certificate extensions',
  '1.3.6.1.4.1.311.13.1': 'Microsoft renewal certificate',
  '1.3.6.1.4.1.311.21.13': 'Microsoft archived key',
  '1.3.6.1.4.1.311.20.2': 'Microsoft certificate template name',
  '1.3.6.1.4.1.311.21.7': 'Microsoft certificate template',
  '1.3.6.1.4.1.311.21.10': 'Microsoft application policies',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.8': 'timeStamping',
  '2.5.29.37.0': 'anyExtendedKeyUsage',
};

const NAMES = new Map([
  ...Object.entries(OID).map(([name, oid]) => [oid as string, name] as const),
  ...Object.entries(MORE_NAMES),
]);

/** The name with the number in parentheses where we know one, else the number alone, which may be any length: cut. */
export function describeOid(oid: string): string {
  const name = NAMES.get(oid);
  return name === undefined ? excerpt(oid) : `${name} (${oid})`;
}
